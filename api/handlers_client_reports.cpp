// What a connection's own client said of it, beside what the tap saw of it.

#include <map>

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/peermetrics/desk.hpp"
#include "api/peermetrics/scope.hpp"

namespace rtcscope::api {
namespace {

namespace client = store::client;
using peermetrics::member;
using peermetrics::number_member;
using peermetrics::stored_json;

Json number_or_null(const Json& object, const char* name, double factor = 1) {
  const auto number = number_member(object, name);
  return number ? Json(*number * factor) : Json(nullptr);
}

/// One RTP stream of a report: W3C webrtc-stats, inbound-rtp and outbound-rtp.
Json report_json(const Json& report) {
  const std::string kind = peermetrics::text_member(report, "kind");
  return {{"kind", kind.empty() ? Json(nullptr) : Json(kind)},
          {"ssrc", number_or_null(report, "ssrc")},
          {"packets_received", number_or_null(report, "packetsReceived")},
          {"packets_lost", number_or_null(report, "packetsLost")},
          {"packets_sent", number_or_null(report, "packetsSent")},
          {"jitter_ms", number_or_null(report, "jitter", 1000)},
          {"emos", number_or_null(report, "emos")}};
}

void add_reports(const client::Event& event, Json& sample) {
  const Json stats = stored_json(event.data);
  if (!event.track.empty()) {
    sample["streams"].push_back(report_json(stats));
    return;
  }
  const Json& pair = member(stats, "connection");
  sample["round_trip_ms"] = number_or_null(pair, "currentRoundTripTime", 1000);
  sample["bytes_sent"] = number_or_null(pair, "bytesSent");
  sample["bytes_received"] = number_or_null(pair, "bytesReceived");
  for (const char* kind : {"audio", "video"}) {
    for (const char* direction : {"inbound", "outbound"}) {
      const Json& list = member(member(stats, kind), direction);
      for (const Json& one : list.is_array() ? list : Json::array()) {
        sample["streams"].push_back(report_json(one));
      }
    }
  }
}

Json samples_json(const std::vector<client::Event>& events) {
  Json samples = Json::array();
  const client::Event* last = nullptr;
  for (const client::Event& event : events) {
    // The events of one report have one time.
    if (last == nullptr || last->created_at != event.created_at) {
      samples.push_back({{"time", to_rfc3339(event.created_at)},
                         {"round_trip_ms", nullptr},
                         {"bytes_sent", nullptr},
                         {"bytes_received", nullptr},
                         {"streams", Json::array()}});
    }
    last = &event;
    add_reports(event, samples.back());
  }
  return samples;
}

Json issues_json(const std::vector<client::Issue>& issues) {
  Json json = Json::array();
  for (const client::Issue& issue : issues) {
    json.push_back({{"time", to_rfc3339(issue.created_at)},
                    {"code", issue.code},
                    {"type", issue.type},
                    {"title", peermetrics::words_of_issue(issue.code).title}});
  }
  return json;
}

Json evidence_of(const std::vector<client::TapLink>& links) {
  Json json = Json::array();
  for (const client::TapLink& link : links) json.push_back({{"kind", link.kind}, {"detail", link.value}});
  return json;
}

Json time_or_null(const std::optional<UtcTime>& time) {
  return time ? Json(to_rfc3339(*time)) : Json(nullptr);
}

Json client_connection_json(client::Rows& rows, const std::string& id,
                            const std::vector<client::TapLink>& links) {
  const auto connection = rows.find<client::Connection>(id);
  if (!connection) return nullptr;
  const auto participant = rows.find<client::Participant>(connection->participant);
  const auto conference = rows.find<client::Conference>(connection->conference);
  client::Filter filter;
  filter.connection = id;
  const Json issues = issues_json(rows.list<client::Issue>(filter));
  filter.conference = connection->conference;
  filter.category = "stats";
  return {{"id", id},
          {"participant_id", participant ? participant->participant_id : ""},
          {"participant_name", participant ? participant->participant_name : ""},
          {"conference_id", conference ? conference->conference_id : ""},
          {"state", connection->state},
          {"started_at", time_or_null(connection->start_time)},
          {"ended_at", time_or_null(connection->end_time)},
          {"evidence", evidence_of(links)},
          {"issues", issues},
          {"samples", samples_json(rows.list<client::Event>(filter))}};
}

Json client_connections_json(client::Rows& rows, ConnectionId id) {
  std::map<std::string, std::vector<client::TapLink>> by_connection;
  for (client::TapLink& link : rows.client_links(id))
    by_connection[link.connection].push_back(std::move(link));
  Json items = Json::array();
  for (const auto& [connection, links] : by_connection) {
    Json json = client_connection_json(rows, connection, links);
    if (!json.is_null()) items.push_back(std::move(json));
  }
  return items;
}

}  // namespace

http::Response show_client_reports(const Services& services, const Call& call) {
  const auto id = call.arguments.path_id<ConnectionId>();
  const auto known = services.store.connection(id);
  if (!known) return store_failure(services, call, known.error());
  if (!*known) return not_found(call, "connection");
  Json items = Json::array();
  if (services.peermetrics != nullptr) {
    const auto done = services.peermetrics->reports().read(
        [&](client::Rows& rows) { items = client_connections_json(rows, id); });
    if (!done) return store_failure(services, call, done.error());
  }
  return json_answer({{"items", std::move(items)}}, http::Caching::kRevalidate);
}

}  // namespace rtcscope::api
