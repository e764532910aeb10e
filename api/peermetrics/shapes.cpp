#include "api/peermetrics/shapes.hpp"

#include <algorithm>

namespace rtcscope::api::peermetrics {

Json organization_json(const client::Organization& o) {
  return {{"id", o.id}, {"created_at", to_text(o.created_at)}, {"name", o.name}};
}

Json app_json(const client::App& a) {
  return {{"id", a.id},
          {"created_at", to_text(a.created_at)},
          {"name", a.name},
          {"api_key", a.api_key},
          {"domain", a.domain},
          {"organization", a.organization},
          {"interval", a.interval_ms},
          {"recording", a.recording},
          {"durations_days", Json::object()}};
}

Json conference_json(const client::Conference& c) {
  return {{"id", c.id},
          {"created_at", to_text(c.created_at)},
          {"conference_id", c.conference_id},
          {"conference_name", text_or_null(c.conference_name)},
          {"conference_info", Json::object()},
          {"start_time", to_json(c.start_time)},
          {"call_start", to_json(c.call_start)},
          {"end_time", to_json(c.end_time)},
          {"ongoing", c.ongoing},
          {"duration", c.duration_s},
          {"app", c.app}};
}

Json conference_row_json(const client::ConferenceRow& row) {
  Json json = conference_json(row.conference);
  json["has_errors"] = row.has_errors;
  json["has_warnings"] = row.has_warnings;
  json["participants_count"] = row.participants == 0 ? Json(nullptr) : Json(row.participants);
  return json;
}

Json participant_json(const client::Participant& p) {
  return {{"id", p.id},
          {"created_at", to_text(p.created_at)},
          {"participant_id", p.participant_id},
          {"participant_name", text_or_null(p.participant_name)},
          {"is_sfu", p.is_sfu},
          {"app", p.app}};
}

Json session_json(const client::Session& s) {
  return {{"id", s.id},
          {"created_at", to_text(s.created_at)},
          {"conference", s.conference},
          {"participant", s.participant},
          {"constraints", stored_json(s.constraints)},
          {"devices", stored_json(s.devices)},
          {"platform", stored_json(s.platform)},
          {"metadata", stored_json(s.metadata)},
          {"geo_ip", Json::object()},
          {"app_version", text_or_null(s.app_version)},
          {"webrtc_sdk", text_or_null(s.webrtc_sdk)},
          {"session_info", Json::object()},
          {"duration", s.duration_s},
          {"end_time", to_json(s.end_time)},
          {"call_start", to_json(s.call_start)}};
}

Json connection_json(const client::Connection& c) {
  return {{"id", c.id},
          {"created_at", to_text(c.created_at)},
          {"session", c.session},
          {"conference", c.conference},
          {"participant", c.participant},
          {"peer", text_or_null(c.peer)},
          {"type", text_or_null(c.type)},
          {"state", c.state},
          {"connection_info", stored_json(c.connection_info)},
          {"start_time", to_json(c.start_time)},
          {"end_time", to_json(c.end_time)},
          {"duration", c.duration_s}};
}

Json track_json(const client::Track& t) {
  return {{"id", t.id},
          {"created_at", to_text(t.created_at)},
          {"session", t.session},
          {"connection", text_or_null(t.connection)},
          {"kind", t.kind},
          {"direction", t.direction},
          {"track_id", t.track_id},
          {"label", t.label},
          {"track_info", stored_json(t.track_info)}};
}

Json event_json(const client::Event& e) {
  return {{"id", e.id},
          {"created_at", to_text(e.created_at)},
          {"conference", text_or_null(e.conference)},
          {"participant", text_or_null(e.participant)},
          {"peer", text_or_null(e.peer)},
          {"session", text_or_null(e.session)},
          {"connection", text_or_null(e.connection)},
          {"track", text_or_null(e.track)},
          {"app", e.app},
          {"type", e.type},
          {"category", e.category},
          {"data", stored_json(e.data)}};
}

Json issue_json(const client::Issue& i) {
  return {{"id", i.id},
          {"created_at", to_text(i.created_at)},
          {"session", text_or_null(i.session)},
          {"conference", text_or_null(i.conference)},
          {"participant", text_or_null(i.participant)},
          {"connection", text_or_null(i.connection)},
          {"track", text_or_null(i.track)},
          {"type", i.type},
          {"code", i.code},
          {"data", stored_json(i.data)}};
}

namespace {

Json picked(const Json& from, std::initializer_list<const char*> names) {
  Json json = Json::object();
  for (const char* name : names) {
    if (from.contains(name)) json[name] = from[name];
  }
  return json;
}

Json shown_report(const Json& report, bool video, bool inbound) {
  Json json =
      inbound ? picked(report, {"id", "mediaType", "kind", "headerBytesReceived", "bytesReceived",
                                "packetsReceived", "packetsLost", "jitter", "emos"})
              : picked(report, {"id", "mediaType", "kind", "packetsSent", "headerBytesSent", "bytesSent"});
  if (!video) return json;
  json.update(inbound ? picked(report, {"frameWidth", "frameHeight", "framesReceived", "framesDecoded",
                                        "totalDecodeTime"})
                      : picked(report, {"frameWidth", "frameHeight", "framesSent", "framesEncoded",
                                        "totalEncodeTime"}));
  return json;
}

void add_report(Json& data, const Json& report, const std::string& kind, bool inbound) {
  data[kind][inbound ? "inbound" : "outbound"].push_back(shown_report(report, kind == "video", inbound));
}

/// An event that stands for one track alone.
void add_track_event(Json& data, const Json& report) {
  std::string kind = text_member(report, "kind");
  if (kind.empty()) kind = text_member(report, "mediaType");
  if (kind != "audio" && kind != "video") return;
  add_report(data, report, kind, !number_member(report, "packetsSent"));
}

void add_inline(Json& data, const Json& stats) {
  for (const char* kind : {"audio", "video"}) {
    for (const char* direction : {"inbound", "outbound"}) {
      const Json& list = member(member(stats, kind), direction);
      for (const Json& report : list.is_array() ? list : Json::array()) {
        add_report(data, report, kind, direction == std::string_view("inbound"));
      }
    }
  }
}

Json empty_snapshot(const client::Event& event) {
  Json json = event_json(event);
  json.erase("category");
  json.erase("track");
  const Json sides{{"inbound", Json::array()}, {"outbound", Json::array()}};
  json["data"] = {
      {"connection", Json::object()}, {"remote", Json::object()}, {"audio", sides}, {"video", sides}};
  return json;
}

}  // namespace

Json graph_json(const std::vector<client::Event>& events) {
  Json list = Json::array();
  const client::Event* last = nullptr;
  for (const client::Event& event : events) {
    // The events of one report have one time.
    const bool same =
        last != nullptr && last->created_at == event.created_at && last->connection == event.connection;
    if (!same) list.push_back(empty_snapshot(event));
    last = &event;
    Json& data = list.back()["data"];
    const Json stats = stored_json(event.data);
    if (!event.track.empty()) {
      add_track_event(data, stats);
      continue;
    }
    list.back()["id"] = event.id;
    data["connection"] = picked(member(stats, "connection"), {"id", "bytesSent", "packetsSent",
                                                              "responsesReceived", "totalRoundTripTime"});
    if (stats.contains("remote")) data["remote"] = stats["remote"];
    add_inline(data, stats);
  }
  return list;
}

}  // namespace rtcscope::api::peermetrics
