#pragma once
// Sender report, packet type 200 (RFC 3550, 6.4.1).
//
//  |                         SSRC of sender                        |
//  |              NTP timestamp, most significant word             |
//  |             NTP timestamp, least significant word             |
//  |                         RTP timestamp                         |
//  |                     sender's packet count                     |
//  |                      sender's octet count                     |
//  |                    report blocks (RC times)                   |
//  |                  profile-specific extensions                  |

#include <cstdint>

#include "decoders/rtcp/list_view.hpp"
#include "decoders/rtcp/raw_block.hpp"
#include "decoders/rtcp/report_block.hpp"

namespace rtcscope::rtcp {

struct SenderReportView {
  std::uint32_t sender_ssrc = 0;
  std::uint64_t ntp_timestamp = 0;  // 32.32 fixed point, seconds since 1900
  std::uint32_t rtp_timestamp = 0;  // the same instant on the stream's RTP clock
  std::uint32_t packet_count = 0;
  std::uint32_t octet_count = 0;  // payload only, without header and padding
  ListView<ReportBlock> reports;
  Bytes profile_extension;

  /// What a report block about this sender carries as LSR.
  [[nodiscard]] constexpr std::uint32_t ntp_middle() const noexcept {
    return static_cast<std::uint32_t>(ntp_timestamp >> 16);
  }
};

/// Errors: kTruncatedBody, kBadReportCount.
Result<SenderReportView, RtcpError> parse_sender_report(const RawBlock& block) noexcept;

}  // namespace rtcscope::rtcp
