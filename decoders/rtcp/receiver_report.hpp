#pragma once
// Receiver report, packet type 201 (RFC 3550, 6.4.2).
//
//  |                     SSRC of packet sender                     |
//  |                    report blocks (RC times)                   |
//  |                  profile-specific extensions                  |

#include <cstdint>

#include "decoders/rtcp/list_view.hpp"
#include "decoders/rtcp/raw_block.hpp"
#include "decoders/rtcp/report_block.hpp"

namespace rtcscope::rtcp {

struct ReceiverReportView {
  std::uint32_t sender_ssrc = 0;
  ListView<ReportBlock> reports;
  Bytes profile_extension;
};

/// Errors: kTruncatedBody, kBadReportCount.
Result<ReceiverReportView, RtcpError> parse_receiver_report(const RawBlock& block) noexcept;

}  // namespace rtcscope::rtcp
