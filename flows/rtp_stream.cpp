#include "flows/rtp_stream.hpp"

#include <cmath>

namespace rtcscope::flows {
namespace {

constexpr std::uint32_t kClockRates[RTC_CLOCKS] = RTC_CLOCK_RATES_HZ;
static_assert(RTC_CLOCKS == kClockHypotheses);

constexpr Duration nanoseconds(std::uint64_t ns) {
  return Duration{static_cast<std::int64_t>(ns)};
}

/// RFC 3551, tables 4 and 5: payload types whose clock is fixed.
std::optional<std::uint32_t> static_clock_rate(std::uint32_t payload_type) {
  switch (payload_type) {
    case 0:   // PCMU
    case 3:   // GSM
    case 8:   // PCMA
    case 9:   // G722: 8000 by RFC 3551, 4.5.2, although it samples at 16 kHz
    case 13:  // CN
    case 18:  // G729
      return 8000;
    case 26:  // JPEG
    case 31:  // H261
    case 34:  // H263
      return 90000;
    default:
      return std::nullopt;
  }
}

StreamFigures sum(const StreamFigures& a, const StreamFigures& b) {
  StreamFigures s = a;
  s.packets += b.packets;
  s.bytes += b.bytes;
  s.expected += b.expected;
  s.lost += b.lost;
  s.duplicates += b.duplicates;
  s.reordered += b.reordered;
  s.frames += b.frames;
  s.markers += b.markers;
  return s;
}

StreamFigures difference(const StreamFigures& now, const StreamFigures& before) {
  StreamFigures d;
  d.packets = now.packets - before.packets;
  d.bytes = now.bytes - before.bytes;
  d.expected = now.expected - before.expected;
  d.lost = now.lost - before.lost;
  d.duplicates = now.duplicates - before.duplicates;
  d.reordered = now.reordered - before.reordered;
  d.frames = now.frames - before.frames;
  d.markers = now.markers - before.markers;
  return d;
}

}  // namespace

void RtpStream::add(UtcTime time, const rtp::RtpPacketView& packet, std::uint32_t wire_bytes) noexcept {
  // The tap had no room for it any more, or has not had it so far.
  if (origin_ == Origin::kTap) put_aside();
  origin_ = Origin::kHere;
  count(time, packet, wire_bytes);
}

void RtpStream::preview(UtcTime time, const rtp::RtpPacketView& packet, std::uint32_t wire_bytes) noexcept {
  if (origin_ != Origin::kNone && origin_ != Origin::kPreview) return;
  origin_ = Origin::kPreview;
  count(time, packet, wire_bytes);
}

RtpStream::Growth RtpStream::adopt(const MeterReading& reading) noexcept {
  const Place place{reading.interface_index, reading.path, reading.direction};
  const bool goes_on = origin_ == Origin::kTap && place == place_ && reading.meter.packets >= meter_.packets;
  const Growth growth{reading.meter.packets - (goes_on ? meter_.packets : 0),
                      reading.meter.bytes - (goes_on ? meter_.bytes : 0)};
  if (!goes_on && origin_ != Origin::kPreview) put_aside();
  origin_ = Origin::kTap;
  place_ = place;
  read_at_ = reading.time;
  first_timestamp_ = reading.first_timestamp;
  meter_ = reading.meter;
  return growth;
}

void RtpStream::put_aside() noexcept {
  if (meter_.packets == 0) return;
  if (!first_) first_ = first_packet();
  aside_ = total();
  meter_ = {};
}

void RtpStream::count(UtcTime time, const rtp::RtpPacketView& packet, std::uint32_t wire_bytes) noexcept {
  if (meter_.packets == 0) first_timestamp_ = packet.rtp_timestamp;
  rtc_meter_add(&meter_, static_cast<rtc_u64>(ns_since_epoch(time)), packet.sequence_number,
                packet.rtp_timestamp, packet.marker ? 1 : 0, packet.payload_type, wire_bytes);
}

StreamFigures RtpStream::total() const noexcept {
  StreamFigures t;
  t.packets = meter_.packets;
  t.bytes = meter_.bytes;
  t.expected = rtc_meter_expected(&meter_);
  t.lost = static_cast<std::int64_t>(t.expected) - static_cast<std::int64_t>(meter_.distinct);
  t.duplicates = meter_.duplicates;
  t.reordered = meter_.reordered;
  t.frames = meter_.frames;
  t.markers = meter_.markers;
  return sum(aside_, t);
}

StreamReport RtpStream::report(FlowId flow, UtcTime end, bool final, std::uint64_t capture_drops) noexcept {
  StreamReport r;
  r.stream = id_;
  r.flow = flow;
  r.ssrc = ssrc_;
  r.sender = sender_;
  r.payload_type = static_cast<std::uint8_t>(meter_.payload_type);
  r.start = report_start_;
  r.end = end;
  r.first_packet = first_packet();
  r.last_packet = last_packet();
  r.final = final;
  r.total = total();
  r.interval = difference(r.total, reported_);
  for (std::size_t i = 0; i < kClockHypotheses; ++i) {
    const rtc_clock_jitter& j = meter_.jitter[i];
    ClockJitter& out = r.jitter[i];
    out.clock_rate_hz = kClockRates[i];
    out.rfc3550 = nanoseconds(j.rfc3550_q4 >> 4);
    out.rfc3550_max = nanoseconds(j.rfc3550_q4_max >> 4);
    out.rfc3550_mean = nanoseconds(meter_.jitter_samples == 0 ? 0 : j.rfc3550_sum / meter_.jitter_samples);
    out.frame_based = nanoseconds(j.frame_q4 >> 4);
  }
  r.max_gap = nanoseconds(meter_.max_gap_ns);
  observe_clock_rate();
  r.observed_clock_rate_hz = observed_clock_rate_hz_;
  r.capture_drops = capture_drops;
  reported_ = r.total;
  report_start_ = end;
  return r;
}

// The slope of timestamps over arrival, snapped to a known rate: only after two seconds and thirty frames,
// and only within 5 %, because shorter looks were measured wrong by up to 4 % (DTX, bursts). Found once,
// kept.
void RtpStream::observe_clock_rate() noexcept {
  if (observed_clock_rate_hz_) return;
  observed_clock_rate_hz_ = static_clock_rate(meter_.payload_type);
  if (observed_clock_rate_hz_ || meter_.restarts != 0 || meter_.frames < 30) return;
  const std::uint64_t elapsed_ns = meter_.in_order_ns - meter_.first_ns;
  const std::uint32_t ticks = meter_.in_order_timestamp - first_timestamp_;
  if (meter_.in_order_ns < meter_.first_ns || elapsed_ns < 2'000'000'000 || ticks >= 0x8000'0000U) return;
  const double slope = static_cast<double>(ticks) * 1e9 / static_cast<double>(elapsed_ns);
  for (const std::uint32_t rate : kClockRates) {
    if (std::abs(slope / rate - 1.0) <= 0.05) observed_clock_rate_hz_ = rate;
  }
}

StreamFacts RtpStream::facts() const {
  StreamFacts f;
  f.id = id_;
  f.ssrc = ssrc_;
  f.sender = sender_;
  f.payload_type = static_cast<std::uint8_t>(meter_.payload_type);
  f.first_packet = first_packet();
  f.last_packet = last_packet();
  return f;
}

UtcTime RtpStream::first_packet() const noexcept {
  if (first_) return *first_;
  return utc_from_ns(static_cast<std::int64_t>(meter_.first_ns));
}
UtcTime RtpStream::last_packet() const noexcept {
  return utc_from_ns(static_cast<std::int64_t>(meter_.last_ns));
}

}  // namespace rtcscope::flows
