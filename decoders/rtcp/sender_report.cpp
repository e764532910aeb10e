#include "decoders/rtcp/sender_report.hpp"

namespace rtcscope::rtcp {

Result<SenderReportView, RtcpError> parse_sender_report(const RawBlock& block) noexcept {
  ByteReader reader(block.body);
  SenderReportView report;
  report.sender_ssrc = reader.u32();
  report.ntp_timestamp = reader.u64();
  report.rtp_timestamp = reader.u32();
  report.packet_count = reader.u32();
  report.octet_count = reader.u32();
  if (!reader.ok()) return fail_in(block, RtcpErrc::kTruncatedBody, reader.offset32());
  report.reports = ListView<ReportBlock>(reader.take(block.count * ReportBlock::kWireSize));
  if (!reader.ok()) return fail_in(block, RtcpErrc::kBadReportCount, reader.offset32());
  report.profile_extension = reader.rest();
  return report;
}

}  // namespace rtcscope::rtcp
