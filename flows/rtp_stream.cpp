#include "flows/rtp_stream.hpp"

namespace rtcscope::flows {
namespace {

constexpr std::uint32_t kClockRates[RTC_CLOCKS] = RTC_CLOCK_RATES_HZ;
static_assert(RTC_CLOCKS == kClockHypotheses);

constexpr Duration nanoseconds(std::uint64_t ns) {
  return Duration{static_cast<std::int64_t>(ns)};
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
  s.padding_packets += b.padding_packets;
  s.padding_bytes += b.padding_bytes;
  s.stalls += b.stalls;
  s.stalled += b.stalled;
  s.frame_interval_us += b.frame_interval_us;
  s.frame_interval_us2 += b.frame_interval_us2;
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
  d.padding_packets = now.padding_packets - before.padding_packets;
  d.padding_bytes = now.padding_bytes - before.padding_bytes;
  d.stalls = now.stalls - before.stalls;
  d.stalled = now.stalled - before.stalled;
  d.frame_interval_us = now.frame_interval_us - before.frame_interval_us;
  d.frame_interval_us2 = now.frame_interval_us2 - before.frame_interval_us2;
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
  const unsigned flags = (packet.marker ? RTC_MARKER : 0U) | (packet.has_padding ? RTC_PADDING : 0U);
  rtc_meter_add(&meter_, static_cast<rtc_u64>(ns_since_epoch(time)), packet.sequence_number,
                packet.rtp_timestamp, static_cast<rtc_u8>(flags), packet.payload_type, wire_bytes);
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
  t.padding_packets = meter_.padding_packets;
  t.padding_bytes = meter_.padding_bytes;
  t.stalls = meter_.stalls;
  t.stalled = std::chrono::milliseconds{meter_.stalled_ms};
  t.frame_interval_us = meter_.frame_interval_us;
  t.frame_interval_us2 = meter_.frame_interval_us2;
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
  r.highest_sequence = static_cast<std::uint16_t>(meter_.highest_seq);
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
  r.lost_rfc3550 = r.total.lost - static_cast<std::int64_t>(meter_.duplicates);
  r.bursts = bursts();
  r.largest_frame_bytes = meter_.frame_bytes_max;
  r.typing = typing_.facts();
  r.sampled = origin_ == Origin::kTap || origin_ == Origin::kPreview;
  r.capture_drops = capture_drops;
  reported_ = r.total;
  report_start_ = end;
  return r;
}

BurstFigures RtpStream::bursts() const noexcept {
  rtc_rtp_meter settled = meter_;
  rtc_settle_rest(&settled);
  BurstFigures b;
  b.bursts = settled.bursts;
  b.burst_packets = settled.burst_packets;
  b.burst_lost = settled.burst_lost;
  b.gap_packets = settled.settled - settled.burst_packets;
  b.gap_lost = settled.settled_lost - settled.burst_lost;
  b.longest_loss = settled.loss_run_max;
  return b;
}

void RtpStream::unpair(UtcTime now) noexcept {
  typing_.stands_alone();
  classify(now);
}

void RtpStream::pair_with(const RtpStream& primary, bool the_only_one, UtcTime now) noexcept {
  const auto ssrc = the_only_one ? std::optional(primary.ssrc_) : std::nullopt;
  typing_.repeats(meter_, ssrc, role_beside(meter_, primary.meter_), primary.typing_, now);
}

void RtpStream::repeat(const RtpStream& primary, UtcTime now) noexcept {
  typing_.repeats(meter_, primary.ssrc_, MediaRole::kRetransmission, primary.typing_, now);
}

void RtpStream::repair(const RtpStream& primary, UtcTime now) noexcept {
  typing_.repeats(meter_, primary.ssrc_, role_beside(meter_, primary.meter_), primary.typing_, now);
}

void RtpStream::resume(UtcTime start) noexcept {
  if (total().packets == reported_.packets) report_start_ = start;
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
