#pragma once
// Audio or video, and which RTP clock, from the headers of a stream alone: what is said when no SDP is known,
// with what it is said from.

#include <cstdint>
#include <optional>

#include "base/rtp_meter.h"
#include "flows/report.hpp"

namespace rtcscope::flows {

/// What the packets of one SSRC showed so far. Grows sure once and is kept then: a payload type may change in
/// mid-stream (comfort noise, DTMF), the medium does not.
class MediaTyping {
 public:
  /// Looks at the meter again; `now` is packet time.
  void look(const rtc_rtp_meter& meter, UtcTime now) noexcept;
  /// The stream repeats another one (RFC 4588) or protects it (RFC 8627), and is of its kind and clock.
  /// `ssrc`: whose, where that is known.
  void repeats(const rtc_rtp_meter& meter, std::optional<std::uint32_t> ssrc, MediaRole role,
               const MediaTyping& original, UtcTime now) noexcept;
  /// It was taken for a repetition, and is none after all.
  void stands_alone() noexcept;

  [[nodiscard]] const TypingFacts& facts() const noexcept { return facts_; }

 private:
  void set_kind(MediaKind kind, KnownBy by, const rtc_rtp_meter& meter, UtcTime now) noexcept;
  void set_clock(std::uint32_t rate_hz, KnownBy by) noexcept;

  TypingFacts facts_;
  bool settled_ = false;  // long enough seen: the kind stays
};

/// The primary that `candidate` repeats: its RTP timestamps run on the same line over time (RFC 4588, 4: a
/// retransmission keeps the timestamp of the original), which of two unrelated streams happens by a chance of
/// 1 in 20000, and its payload type is another one.
bool on_the_line_of(const rtc_rtp_meter& candidate, const rtc_rtp_meter& primary) noexcept;
/// Retransmission copies markers, FlexFEC never sets one (RFC 8627, 4.2.2.1); known when six were due.
MediaRole role_beside(const rtc_rtp_meter& candidate, const rtc_rtp_meter& primary) noexcept;

}  // namespace rtcscope::flows
