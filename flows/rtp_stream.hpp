#pragma once
// One SSRC in one direction of a flow: the shared meter plus what a report needs around it.

#include <cstdint>
#include <optional>
#include <string>

#include "base/rtp_meter.h"
#include "base/time.hpp"
#include "decoders/rtp/rtp_packet.hpp"
#include "flows/report.hpp"

namespace rtcscope::flows {

class RtpStream {
 public:
  RtpStream(StreamId id, std::uint32_t ssrc, Side sender, UtcTime first_packet) noexcept
      : id_(id), ssrc_(ssrc), sender_(sender), report_start_(first_packet) {}

  /// Adds one packet. `wire_bytes` is the UDP payload size on the wire.
  void add(UtcTime time, const rtp::RtpPacketView& packet, std::uint32_t wire_bytes) noexcept;

  /// The figures of [start of the interval, end) and of the whole stream; starts the next interval at
  /// `end`. `capture_drops` is what our own capture lost meanwhile.
  StreamReport report(FlowId flow, UtcTime end, bool final, std::uint64_t capture_drops) noexcept;

  /// Starts an interval at `start` when packets come again after a pause without reports.
  void resume(UtcTime start) noexcept { report_start_ = start; }

  [[nodiscard]] StreamFacts facts() const;
  [[nodiscard]] StreamId id() const noexcept { return id_; }
  [[nodiscard]] std::uint32_t ssrc() const noexcept { return ssrc_; }
  [[nodiscard]] Side sender() const noexcept { return sender_; }
  [[nodiscard]] UtcTime first_packet() const noexcept;
  [[nodiscard]] UtcTime last_packet() const noexcept;
  [[nodiscard]] std::uint64_t packets() const noexcept { return meter_.packets; }
  /// Packets in strict sequence so far (RFC 3550, A.1 probation counts two).
  [[nodiscard]] std::uint32_t sequential() const noexcept { return meter_.sequential; }
  [[nodiscard]] UtcTime report_start() const noexcept { return report_start_; }

 private:
  [[nodiscard]] StreamFigures total() const noexcept;
  void observe_clock_rate() noexcept;

  StreamId id_;
  std::uint32_t ssrc_;
  Side sender_;
  UtcTime report_start_;
  StreamFigures reported_;
  rtc_rtp_meter meter_{};
  std::uint32_t first_timestamp_ = 0;
  std::optional<std::uint32_t> observed_clock_rate_hz_;
};

}  // namespace rtcscope::flows
