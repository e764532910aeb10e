// The report as one JSON object, with the shapes of the API.

#include <ostream>

#include "api/entity_json.hpp"
#include "app/picture_rows.hpp"
#include "app/report.hpp"

namespace rtcscope::app {
namespace {

using api::Json;

template <class Rows, class ToJson>
Json list(const Rows& rows, ToJson to_json) {
  Json array = Json::array();
  for (const auto& row : rows) array.push_back(to_json(row));
  return array;
}

Json capture_json(const CaptureSummary& s) {
  Json refusals = Json::array();
  for (const flows::RefusalCount& r : s.refusals) {
    refusals.push_back({{"protocol", r.protocol}, {"reason", r.reason}, {"count", r.count}});
  }
  const bool any = s.packets != 0;
  Json json{{"path", s.path}, {"packets", s.packets}, {"bytes", s.bytes}, {"capture_drops", s.capture_drops}};
  json["first_packet"] = any ? Json(to_rfc3339(s.first)) : Json(nullptr);
  json["last_packet"] = any ? Json(to_rfc3339(s.last)) : Json(nullptr);
  json["ended_early"] = s.ended_early.empty() ? Json(nullptr) : Json(s.ended_early);
  json["read_s"] = s.read_seconds;
  json["packets_per_s"] =
      s.read_seconds > 0 ? Json(static_cast<double>(s.packets) / s.read_seconds) : Json(nullptr);
  json["rtp_packets"] = s.counters.rtp;
  json["rtcp_packets"] = s.counters.rtcp;
  json["stun_packets"] = s.counters.stun;
  json["dtls_packets"] = s.counters.dtls;
  json["refusals"] = std::move(refusals);
  json["feed_events"] = s.feed_events;
  json["feed_refused"] = s.feed_refused;
  json["feed_fault"] = s.feed_fault.empty() ? Json(nullptr) : Json(s.feed_fault);
  return json;
}

}  // namespace

void write_json_report(std::ostream& out, const Picture& picture, const CaptureSummary& summary) {
  const PictureRows rows = rows_of(picture);
  Json report{{"capture", capture_json(summary)}};
  report["hosts"] = list(picture.hosts.rows(), api::host_json);
  report["conferences"] = list(rows.conferences, api::conference_json);
  report["participants"] = list(rows.participants, api::participant_json);
  report["sessions"] = list(picture.sessions.rows(), api::session_json);
  report["connections"] = list(rows.connections, api::connection_json);
  report["flows"] = list(rows.flows, api::flow_json);
  report["streams"] = list(rows.streams, api::stream_json);
  report["events"] = list(rows.events, api::event_json);
  report["events_not_kept"] = picture.events_not_kept;
  out << report.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
}

}  // namespace rtcscope::app
