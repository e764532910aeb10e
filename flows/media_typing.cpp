#include "flows/media_typing.hpp"

#include <cmath>

namespace rtcscope::flows {
namespace {

constexpr std::uint32_t kClockRates[RTC_CLOCKS] = RTC_CLOCK_RATES_HZ;

/// RFC 3551, tables 4 and 5: payload types whose medium and clock are fixed. 0 Hz: not such a type.
struct StaticFormat {
  MediaKind kind = MediaKind::kUnknown;
  std::uint32_t clock_rate_hz = 0;
};

StaticFormat static_format(std::uint32_t payload_type) noexcept {
  switch (payload_type) {
    case 0:   // PCMU
    case 3:   // GSM
    case 8:   // PCMA
    case 9:   // G722: 8000 by RFC 3551, 4.5.2, although it samples at 16 kHz
    case 13:  // CN
    case 18:  // G729
      return {MediaKind::kAudio, 8000};
    case 26:  // JPEG
    case 31:  // H261
    case 34:  // H263
      return {MediaKind::kVideo, 90000};
    default:
      return {};
  }
}

/// Numbers that every offer of Chrome gives to audio, and no known stack to video: opus (111) and its RED
/// (63). Firefox's opus, 109, is a retransmission's of Chrome (H264).
bool audio_by_convention(std::uint32_t payload_type) noexcept {
  return payload_type == 111 || payload_type == 63;
}

struct Slope {
  double seconds = 0;
  double ticks_per_second = 0;
};

std::optional<Slope> slope_of(const rtc_rtp_meter& m) noexcept {
  const std::uint32_t ticks = m.in_order_timestamp - m.first_timestamp;
  if (m.restarts != 0 || m.in_order_ns <= m.first_ns || ticks == 0 || ticks >= 0x8000'0000U) return {};
  const double seconds = static_cast<double>(m.in_order_ns - m.first_ns) / 1e9;
  return Slope{seconds, ticks / seconds};
}

std::optional<std::uint32_t> nearest_rate(double ticks_per_second, double tolerance) noexcept {
  for (const std::uint32_t rate : kClockRates) {
    if (std::abs(ticks_per_second / rate - 1.0) <= tolerance) return rate;
  }
  return std::nullopt;
}

/// More than half of the steps so far must agree with the one that leads.
bool one_step_leads(const rtc_rtp_meter& m) noexcept {
  return m.frames >= 10 && m.step_votes * 2U >= m.frames;
}

/// A step this short would be more than 75 frames of video a second.
bool no_video_has(std::uint32_t step) noexcept {
  return step < 1200;
}

/// Audio codecs cut time into packets of 2.5 to 120 ms, multiples of 2.5 ms.
bool is_packet_time(std::uint32_t step, std::uint32_t rate_hz) noexcept {
  return step * 400ULL % rate_hz == 0 && step * 1000ULL <= rate_hz * 120ULL;
}

// Between the audio clocks and 90 kHz the border is their geometric mean, 65.7 kHz: a third off either.
constexpr double kVideoBorder = 65'700;
constexpr double kSlowest = 5'000;
constexpr double kFastest = 130'000;
constexpr double kEnoughSeconds = 0.3;
constexpr std::uint32_t kEnoughFrames = 5;
constexpr double kSettledSeconds = 2;
constexpr std::uint32_t kSettledFrames = 30;

}  // namespace

void MediaTyping::set_kind(MediaKind kind, KnownBy by, const rtc_rtp_meter& meter, UtcTime now) noexcept {
  if (facts_.kind != kind) {
    facts_.kind_after = now - utc_from_ns(static_cast<std::int64_t>(meter.first_ns));
  }
  facts_.kind = kind;
  facts_.kind_by = by;
}

void MediaTyping::set_clock(std::uint32_t rate_hz, KnownBy by) noexcept {
  facts_.clock_rate_hz = rate_hz;
  facts_.clock_by = by;
}

void MediaTyping::look(const rtc_rtp_meter& m, UtcTime now) noexcept {
  if (settled_ || facts_.role != MediaRole::kPrimary) return;
  const StaticFormat fixed = static_format(m.payload_type);
  if (fixed.clock_rate_hz != 0) {
    set_kind(fixed.kind, KnownBy::kStaticPayloadType, m, now);
    set_clock(fixed.clock_rate_hz, KnownBy::kStaticPayloadType);
    settled_ = m.frames >= kSettledFrames;
    return;
  }
  const auto slope = slope_of(m);
  const bool enough = slope && slope->seconds >= kEnoughSeconds && m.frames >= kEnoughFrames;
  if (!enough || slope->ticks_per_second < kSlowest || slope->ticks_per_second > kFastest) {
    if (facts_.kind != MediaKind::kUnknown) return;
    // Only senders of video fill up with padding, mostly on the stream of its retransmissions.
    const bool only_padding = m.padding_packets == m.packets && m.payload_type >= 96;
    if (audio_by_convention(m.payload_type)) {
      set_kind(MediaKind::kAudio, KnownBy::kConvention, m, now);
    } else if (only_padding) {
      set_kind(MediaKind::kVideo, KnownBy::kConvention, m, now);
    }
    return;
  }
  const bool one_step = one_step_leads(m);
  const bool video = slope->ticks_per_second > kVideoBorder && !(one_step && no_video_has(m.step_ticks));
  const bool settled = slope->seconds >= kSettledSeconds && m.frames >= kSettledFrames;
  // The step decides before the slope is straight enough: measured slopes of less than two seconds were wrong
  // by up to 4 %, and by much more where a sender starts with a burst.
  const auto rate = nearest_rate(slope->ticks_per_second, 0.15);
  if (!video && one_step && rate && is_packet_time(m.step_ticks, *rate)) {
    set_kind(MediaKind::kAudio, KnownBy::kTimestampStep, m, now);
    set_clock(*rate, KnownBy::kTimestampStep);
  } else {
    const bool by_step = !video && one_step && no_video_has(m.step_ticks);
    set_kind(video ? MediaKind::kVideo : MediaKind::kAudio,
             by_step ? KnownBy::kTimestampStep : KnownBy::kSlope, m, now);
    const auto straight = nearest_rate(slope->ticks_per_second, 0.05);
    if (settled && straight) set_clock(*straight, KnownBy::kSlope);
  }
  settled_ = settled && facts_.clock_rate_hz != 0;
}

void MediaTyping::repeats(const rtc_rtp_meter& meter, std::optional<std::uint32_t> ssrc, MediaRole role,
                          const MediaTyping& original, UtcTime now) noexcept {
  facts_.role = role;
  facts_.repeats_ssrc = ssrc;
  set_kind(original.facts_.kind, KnownBy::kPairing, meter, now);
  facts_.clock_rate_hz = original.facts_.clock_rate_hz;
  facts_.clock_by = facts_.clock_rate_hz == 0 ? KnownBy::kNothing : KnownBy::kPairing;
}

void MediaTyping::stands_alone() noexcept {
  facts_ = {};
  settled_ = false;
}

bool on_the_line_of(const rtc_rtp_meter& candidate, const rtc_rtp_meter& primary) noexcept {
  if (candidate.payload_type == primary.payload_type) return false;
  // What repeats is less than what it repeats; a second of the original shows that.
  const bool known = primary.frames >= 8 && primary.last_ns - primary.first_ns >= 900'000'000;
  if (!known || (candidate.packets - candidate.padding_packets) * 2 > primary.packets) return false;
  // Video only: its clock gives the line. A repetition is late by round trips, seldom early.
  constexpr double kTicksPerNs = 90'000 / 1e9;
  const auto ns = static_cast<double>(static_cast<std::int64_t>(candidate.in_order_ns - primary.in_order_ns));
  const auto line = static_cast<std::int64_t>(ns * kTicksPerNs);
  const auto step = candidate.in_order_timestamp - primary.in_order_timestamp;
  const auto off = static_cast<std::int32_t>(step - static_cast<std::uint32_t>(line));
  return off > -2 * 90'000 && off < 90'000 / 2;
}

MediaRole role_beside(const rtc_rtp_meter& candidate, const rtc_rtp_meter& primary) noexcept {
  const std::uint64_t full = candidate.packets - candidate.padding_packets;
  // As many markers as repetitions of packets at random would have, if they had any.
  const bool markers_due = full >= 20 && full * primary.markers >= 6 * primary.packets;
  return markers_due && candidate.markers == 0 ? MediaRole::kFec : MediaRole::kRetransmission;
}

}  // namespace rtcscope::flows
