#include "app/rtcp_export.hpp"

namespace rtcscope::app {

void RtcpExport::on_report_block(const flows::SeenReportBlock& seen) {
  export_hep::RtcpReport report;
  report.flow = seen.flow;
  report.source = seen.source;
  report.destination = seen.destination;
  report.transport = seen.transport;
  report.time = seen.time;
  report.packet_type = seen.packet_type;
  report.sender_ssrc = seen.sender_ssrc;
  if (const auto& info = seen.sender_info) {
    report.sender_info = {info->ntp_timestamp, info->rtp_timestamp, info->packet_count, info->octet_count};
  }
  report.source_ssrc = seen.block.ssrc;
  report.fraction_lost = seen.block.fraction_lost;
  report.cumulative_lost = seen.block.cumulative_lost;
  report.highest_sequence = seen.block.extended_highest_sequence_number;
  report.jitter_ticks = seen.block.interarrival_jitter;
  report.lsr = seen.block.lsr;
  report.dlsr = seen.block.dlsr;
  hep_.on_rtcp(report);
}

}  // namespace rtcscope::app
