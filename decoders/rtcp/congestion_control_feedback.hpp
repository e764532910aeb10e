#pragma once
// Congestion control feedback, packet type 205, FMT 11 (RFC 8888, 3.1).
//
//  |                 SSRC of RTCP packet sender                    |
//  |                   SSRC of 1st RTP stream                      |  any number of streams
//  |          begin_seq            |          num_reports          |
//  |R|ECN|  Arrival time offset    | ...  num_reports times, padded to 32 bits
//  |                 Report timestamp (32 bits)                    |

#include <cstdint>
#include <optional>

#include "decoders/rtcp/list_view.hpp"
#include "decoders/rtcp/raw_block.hpp"

namespace rtcscope::rtcp {

struct ArrivalMetric {
  static constexpr std::size_t kWireSize = 2;
  static constexpr std::uint16_t kOverRange = 0x1ffe;    // 8.189 s or more before the report
  static constexpr std::uint16_t kUnavailable = 0x1fff;  // came after the report timestamp

  bool received = false;
  std::uint8_t ecn = 0;                   // the packet's ECN bits; 0 when it was not received
  std::uint16_t arrival_time_offset = 0;  // 1/1024 s before the report timestamp

  static constexpr ArrivalMetric read(ByteReader& reader) noexcept {
    const std::uint16_t bits = reader.u16();
    return {(bits & 0x8000) != 0, static_cast<std::uint8_t>(bits >> 13 & 3),
            static_cast<std::uint16_t>(bits & 0x1fff)};
  }
};

struct StreamArrivals {
  std::uint32_t ssrc = 0;
  std::uint16_t begin_sequence_number = 0;  // of metrics[0]; one more for each next
  ListView<ArrivalMetric> metrics;
};

struct CongestionControlFeedbackView {
  std::uint32_t sender_ssrc = 0;
  std::uint32_t report_timestamp = 0;  // 1/65536 s, middle 32 bits of an NTP timestamp
  Bytes streams;                       // well-formed: parse_congestion_control_feedback() has walked them
};

/// Errors: kTruncatedBody, kTruncatedCcReport.
Result<CongestionControlFeedbackView, RtcpError> parse_congestion_control_feedback(
    const RawBlock& block) noexcept;

/// Walks the streams reported on.
class StreamArrivalsReader {
 public:
  explicit StreamArrivalsReader(Bytes streams) noexcept : reader_(streams) {}
  std::optional<StreamArrivals> next() noexcept;
  /// False when a stream ran past the octets.
  [[nodiscard]] bool ok() const noexcept { return reader_.ok(); }
  [[nodiscard]] std::uint32_t offset() const noexcept { return reader_.offset32(); }

 private:
  ByteReader reader_;
};

}  // namespace rtcscope::rtcp
