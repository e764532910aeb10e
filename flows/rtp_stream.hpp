#pragma once
// One SSRC in one direction of a flow: the shared meter plus what a report needs around it.

#include <cstdint>
#include <optional>
#include <string>

#include "base/meter_reading.hpp"
#include "base/rtp_meter.h"
#include "base/time.hpp"
#include "decoders/rtp/rtp_packet.hpp"
#include "flows/media_typing.hpp"
#include "flows/report.hpp"

namespace rtcscope::flows {

class RtpStream {
 public:
  RtpStream(StreamId id, std::uint32_t ssrc, Side sender, UtcTime first_packet) noexcept
      : id_(id), ssrc_(ssrc), sender_(sender), report_start_(first_packet) {}

  /// Adds one packet. `wire_bytes` is the UDP payload size on the wire.
  void add(UtcTime time, const rtp::RtpPacketView& packet, std::uint32_t wire_bytes) noexcept;

  /// One packet that the tap meters: counts only until the first reading comes, which holds it too.
  void preview(UtcTime time, const rtp::RtpPacketView& packet, std::uint32_t wire_bytes) noexcept;
  struct Growth {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
  };
  /// Takes over the state that the tap has of this stream. What was counted elsewhere before (here, or on
  /// another interface) stays in the totals. Returns what the tap counted since it was asked last.
  Growth adopt(const MeterReading& reading) noexcept;
  /// The end of an interval that a report at `boundary` can speak for: a reading's own time, if there is one.
  [[nodiscard]] UtcTime measured_until(UtcTime boundary) const noexcept {
    return origin_ == Origin::kTap ? read_at_ : boundary;
  }

  /// The figures of [start of the interval, end) and of the whole stream; starts the next interval at
  /// `end`. `capture_drops` is what our own capture lost meanwhile.
  StreamReport report(FlowId flow, UtcTime end, bool final, std::uint64_t capture_drops) noexcept;

  /// Looks at what the headers say about medium and clock.
  void classify(UtcTime now) noexcept { typing_.look(meter_, now); }
  /// True when the stream may repeat `primary`: it runs on its line.
  [[nodiscard]] bool runs_beside(const RtpStream& primary) const noexcept {
    return on_the_line_of(meter_, primary.meter_);
  }
  /// It repeats `primary`, or one beside which that runs, too: then it is not told which.
  void pair_with(const RtpStream& primary, bool the_only_one, UtcTime now) noexcept;
  /// It is known to retransmit `primary`, packet by packet.
  void repeat(const RtpStream& primary, UtcTime now) noexcept;
  /// It is known to repair `primary`; how, its markers tell.
  void repair(const RtpStream& primary, UtcTime now) noexcept;
  void unpair(UtcTime now) noexcept;

  /// Starts an interval at `start` when packets come again after a pause without reports. Packets of which no
  /// report has told (a lone one that proved no stream) keep the interval open: they belong into it.
  void resume(UtcTime start) noexcept;

  [[nodiscard]] StreamFacts facts() const;
  [[nodiscard]] StreamId id() const noexcept { return id_; }
  [[nodiscard]] std::uint32_t ssrc() const noexcept { return ssrc_; }
  [[nodiscard]] Side sender() const noexcept { return sender_; }
  [[nodiscard]] UtcTime first_packet() const noexcept;
  [[nodiscard]] UtcTime last_packet() const noexcept;
  [[nodiscard]] std::uint64_t packets() const noexcept { return meter_.packets; }
  /// Without those of padding only.
  [[nodiscard]] std::uint64_t media_packets() const noexcept {
    return meter_.packets - meter_.padding_packets;
  }
  /// Packets in strict sequence so far (RFC 3550, A.1 probation counts two).
  [[nodiscard]] std::uint32_t sequential() const noexcept { return meter_.sequential; }
  [[nodiscard]] const TypingFacts& typing() const noexcept { return typing_.facts(); }
  [[nodiscard]] UtcTime report_start() const noexcept { return report_start_; }

 private:
  /// Who counted what meter_ holds.
  enum class Origin : std::uint8_t { kNone, kHere, kPreview, kTap };
  /// Which of the tap's meters: one stream may be seen on several interfaces.
  struct Place {
    std::uint32_t interface_index = 0;
    std::uint32_t path = 0;
    PacketDirection direction = PacketDirection::kUnknown;
    bool operator==(const Place&) const = default;
  };

  void count(UtcTime time, const rtp::RtpPacketView& packet, std::uint32_t wire_bytes) noexcept;
  void put_aside() noexcept;
  [[nodiscard]] StreamFigures total() const noexcept;
  [[nodiscard]] BurstFigures bursts() const noexcept;

  StreamId id_;
  std::uint32_t ssrc_;
  Side sender_;
  UtcTime report_start_;
  StreamFigures reported_;
  rtc_rtp_meter meter_{};
  Origin origin_ = Origin::kNone;
  Place place_;
  UtcTime read_at_{};
  StreamFigures aside_;           // of meters that this one replaced
  std::optional<UtcTime> first_;  // of them
  MediaTyping typing_;
};

}  // namespace rtcscope::flows
