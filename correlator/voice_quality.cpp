#include "correlator/voice_quality.hpp"

#include <algorithm>
#include <cmath>

namespace rtcscope::correlator {
namespace {

constexpr double kBasicSignalToNoise = 148;    // Ro,FB, G.107.2, 7.2
constexpr double kScale = 1.48;                // of the fullband scale against the narrowband one
constexpr double kGreatestImpairment = 132;    // G.107.2, 7.5
constexpr double kEquipmentImpairment = 10.2;  // Ie,FB of Opus
constexpr double kLossRobustness = 4.3;        // Bpl of Opus
constexpr double kFreeDelayMs = 100;

// G.107, 7.4: Idd, on the fullband scale.
double delay_impairment(double delay_ms) noexcept {
  if (delay_ms <= kFreeDelayMs) return 0;
  const double x = std::log2(delay_ms / kFreeDelayMs);
  const double sixth = 1.0 / 6;
  return kScale * 25 *
         (std::pow(1 + std::pow(x, 6), sixth) - 3 * std::pow(1 + std::pow(x / 3, 6), sixth) + 2);
}

}  // namespace

double transmission_rating(const VoiceInputs& inputs) noexcept {
  const double percent = std::clamp(inputs.loss_ratio, 0.0, 1.0) * 100;
  const double impairment = kEquipmentImpairment + (kGreatestImpairment - kEquipmentImpairment) * percent /
                                                       (percent + kLossRobustness);
  return std::max(0.0, kBasicSignalToNoise - delay_impairment(inputs.delay_ms) - impairment);
}

// G.107, annex B.
double mean_opinion(double rating) noexcept {
  const double r = rating / kScale;
  if (r <= 0) return 1;
  if (r >= 100) return 4.5;
  return std::max(1.0, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6);
}

}  // namespace rtcscope::correlator
