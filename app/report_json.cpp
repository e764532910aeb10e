// The report as one JSON object, with the shapes of the API; each of its rows is a line.

#include <iterator>
#include <ostream>
#include <string>
#include <string_view>

#include "api/entity_json.hpp"
#include "app/picture_rows.hpp"
#include "app/report.hpp"

namespace rtcscope::app {
namespace {

using api::Json;

/// One row at a time: the whole report as one JSON value would take three times the memory of its rows.
template <class Rows, class ToJson>
void write_list(std::ostream& out, std::string_view name, const Rows& rows, ToJson to_json) {
  out << "  \"" << name << "\": [";
  std::string_view separator = "\n    ";
  for (const auto& row : rows) {
    out << separator << api::to_text(to_json(row));
    separator = ",\n    ";
  }
  out << (std::empty(rows) ? "],\n" : "\n  ],\n");
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
  out << "{\n  \"capture\": " << api::to_text(capture_json(summary)) << ",\n";
  write_list(out, "hosts", picture.hosts.rows(), api::host_json);
  write_list(out, "conferences", rows.conferences, api::conference_json);
  write_list(out, "participants", rows.participants, api::participant_json);
  write_list(out, "sessions", picture.sessions.rows(), api::session_json);
  write_list(out, "connections", rows.connections, api::connection_json);
  write_list(out, "flows", rows.flows, api::flow_json);
  write_list(out, "streams", rows.streams, api::stream_json);
  write_list(out, "issues", picture.issues.rows(), api::issue_json);
  write_list(out, "events", rows.events, api::event_json);
  if (picture.keep_samples) {
    write_list(out, "samples", picture.samples, api::sample_json);
    out << "  \"samples_not_kept\": " << picture.samples_not_kept << ",\n";
  }
  out << "  \"events_not_kept\": " << picture.events_not_kept
      << ",\n  \"states_not_kept\": " << picture.states_not_kept << "\n}\n";
}

}  // namespace rtcscope::app
