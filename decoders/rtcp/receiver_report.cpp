#include "decoders/rtcp/receiver_report.hpp"

namespace rtcscope::rtcp {

Result<ReceiverReportView, RtcpError> parse_receiver_report(const RawBlock& block) noexcept {
  ByteReader reader(block.body);
  ReceiverReportView report;
  report.sender_ssrc = reader.u32();
  if (!reader.ok()) return fail_in(block, RtcpErrc::kTruncatedBody, reader.offset32());
  report.reports = ListView<ReportBlock>(reader.take(block.count * ReportBlock::kWireSize));
  if (!reader.ok()) return fail_in(block, RtcpErrc::kBadReportCount, reader.offset32());
  report.profile_extension = reader.rest();
  return report;
}

}  // namespace rtcscope::rtcp
