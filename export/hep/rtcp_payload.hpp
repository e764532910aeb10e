#pragma once
// One RTCP report block as the JSON that Homer and its kin read (type 5): the values are those of the wire.

#include <cstdint>
#include <optional>
#include <string>

#include "base/net.hpp"
#include "base/strong_id.hpp"
#include "base/time.hpp"

namespace rtcscope::export_hep {

/// RFC 3550, 6.4.1.
struct RtcpSenderInfo {
  std::uint64_t ntp_timestamp = 0;  // 32.32
  std::uint32_t rtp_timestamp = 0;
  std::uint32_t packets = 0;
  std::uint32_t octets = 0;
};

struct RtcpReport {
  FlowId flow;
  Endpoint source;  // of the datagram
  Endpoint destination;
  Transport transport = Transport::kUdp;
  UtcTime time{};
  std::uint8_t packet_type = 0;   // 200, 201
  std::uint32_t sender_ssrc = 0;  // of the reporter
  /// Of an SR its own; of an RR the last one of the source that it reports on. Absent: none was seen.
  std::optional<RtcpSenderInfo> sender_info;
  std::uint32_t source_ssrc = 0;
  std::uint8_t fraction_lost = 0;
  std::int32_t cumulative_lost = 0;
  std::uint32_t highest_sequence = 0;
  std::uint32_t jitter_ticks = 0;
  std::uint32_t lsr = 0, dlsr = 0;
};

/// The members of captagent's JSON, with one report block, because Homer draws the first only, and a signed
/// packets_lost. sender_information is there only with packets and octets that are not zero: Homer takes a
/// message without them for none. In an RR it is the reported source's, and sender_information_ssrc says so.
[[nodiscard]] std::string rtcp_report_json(const RtcpReport& report);

}  // namespace rtcscope::export_hep
