#include "export/hep/rtcp_payload.hpp"

#include <nlohmann/json.hpp>

namespace rtcscope::export_hep {
namespace {

constexpr std::uint8_t kSenderReport = 200;  // RFC 3550, 12.1

}  // namespace

std::string rtcp_report_json(const RtcpReport& report) {
  nlohmann::ordered_json json;
  const auto& info = report.sender_info;
  if (info && info->packets != 0 && info->octets != 0) {
    // Everybody's ntp_timestamp_usec is the raw fraction.
    json["sender_information"] = {{"ntp_timestamp_sec", info->ntp_timestamp >> 32U},
                                  {"ntp_timestamp_usec", info->ntp_timestamp & 0xffff'ffff},
                                  {"rtp_timestamp", info->rtp_timestamp},
                                  {"packets", info->packets},
                                  {"octets", info->octets}};
    json["sender_information_ssrc"] =
        report.packet_type == kSenderReport ? report.sender_ssrc : report.source_ssrc;
  }
  json["ssrc"] = report.sender_ssrc;
  json["type"] = report.packet_type;
  json["report_count"] = 1;
  json["report_blocks"] = {{{"source_ssrc", report.source_ssrc},
                            {"fraction_lost", report.fraction_lost},
                            {"packets_lost", report.cumulative_lost},
                            {"highest_seq_no", report.highest_sequence},
                            {"ia_jitter", report.jitter_ticks},
                            {"lsr", report.lsr},
                            {"dlsr", report.dlsr}}};
  return json.dump();
}

}  // namespace rtcscope::export_hep
