#pragma once
// Report blocks as they stand in RTCP, for whoever hands them on as they are.

#include <cstdint>
#include <optional>

#include "base/net.hpp"
#include "base/strong_id.hpp"
#include "base/time.hpp"
#include "decoders/rtcp/report_block.hpp"
#include "flows/report.hpp"

namespace rtcscope::flows {

/// What an SR says of its sender (RFC 3550, 6.4.1).
struct SenderInfo {
  std::uint64_t ntp_timestamp = 0;
  std::uint32_t rtp_timestamp = 0;
  std::uint32_t packet_count = 0;
  std::uint32_t octet_count = 0;
};

/// One block of an SR or RR that was clear or could be opened.
struct SeenReportBlock {
  FlowId flow;
  Endpoint source;  // of the datagram, on the outside of TURN
  Endpoint destination;
  Transport transport = Transport::kUdp;
  UtcTime time{};
  std::uint8_t packet_type = 0;   // 200 SR, 201 RR
  std::uint32_t sender_ssrc = 0;  // of the reporter
  /// Of an SR its own; of an RR the one that the source it reports on sent last, as far as the tap saw it.
  std::optional<SenderInfo> sender_info;
  rtcp::ReportBlock block;
};

class RtcpListener {
 public:
  virtual ~RtcpListener() = default;
  virtual void on_report_block(const SeenReportBlock& seen) = 0;
};

}  // namespace rtcscope::flows
