#pragma once
// The fullband E-model (ITU-T G.107.2) with constants for Opus: decision record 0003 says whose and why.

#include <optional>

namespace rtcscope::correlator {

struct VoiceInputs {
  double loss_ratio = 0;  // Ppl / 100: lost for the listener, 0..1
  double delay_ms = 0;    // Ta, mouth to ear; 0 for listening quality
};

/// R, 0..148. Random loss (BurstR = 1), no echo (Is = 0), no advantage (A = 0).
double transmission_rating(const VoiceInputs& inputs) noexcept;
/// MOS of an R of the fullband scale, 1..4.5 (G.107.2, annex A, through G.107, annex B).
double mean_opinion(double rating) noexcept;

}  // namespace rtcscope::correlator
