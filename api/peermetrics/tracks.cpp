#include "api/peermetrics/connections.hpp"
#include "api/peermetrics/shapes.hpp"

namespace rtcscope::api::peermetrics {
namespace {

constexpr std::size_t kTrackIdCharacters = 40;
constexpr std::size_t kLabelCharacters = 128;
constexpr std::size_t kEventCharacters = 32;

Json info_of(const Json& data) {
  return {{"muted", member(data, "muted") == true},
          {"enabled", member(data, "enabled")},
          {"capabilities", member(data, "capabilities")},
          {"constraints", Json::array({member(data, "constraints")})},
          {"settings", member(data, "settings")},
          {"ended", false},
          {"readyState", member(data, "readyState")},
          {"contentHint", member(data, "contentHint")}};
}

client::Track new_track(Scope& scope, const client::Connection& connection, const std::string& id,
                        const Json& data) {
  client::Track track;
  track.id = new_uuid();
  track.created_at = scope.time();
  track.session = scope.session().id;
  track.connection = connection.id;
  track.track_id = id;
  track.kind = text_member(data, "kind") == "video" ? "video" : "audio";
  track.direction = text_member(data, "direction") == "outbound" ? "outbound" : "inbound";
  track.label = cut(text_member(data, "label"), kLabelCharacters);
  track.track_info = info_of(data).dump();
  scope.session().kept_rows += 1;
  scope.rows().save(track);
  return track;
}

void apply(client::Track& track, const std::string& event) {
  Json info = stored_json(track.track_info);
  if (!info.is_object()) info = Json::object();
  if (event == "mute" || event == "unmute") info["muted"] = event == "mute";
  if (event == "ended") info["ended"] = true;
  if (event == "ended") info["readyState"] = "ended";
  track.track_info = info.dump();
}

void store_event(Scope& scope, const std::string& name, const Json& data, const client::Track* track) {
  client::Event event = scope.event("track", name);
  if (track != nullptr) event.track = track->id;
  if (track != nullptr) event.connection = track->connection;
  event.data = data.dump();
  scope.store(std::move(event));
}

}  // namespace

Answer take_track(Scope& scope, const Json& body) {
  const auto name = text_field(body, "event", kEventCharacters);
  if (!name) return Unexpected{name.error()};
  const auto track_id = required_text(body, "trackId", kTrackIdCharacters);
  if (!track_id) return Unexpected{track_id.error()};
  const auto connection_id = required_text(body, "connectionId", 64);
  if (!connection_id) return Unexpected{connection_id.error()};
  const Json& data = member(body, "data");
  if (!data.is_object()) return refused(Code::kInvalidParameters);
  const auto connection = scope.connection(*connection_id);
  if (!connection) return Unexpected{connection.error()};
  auto known = scope.rows().track(scope.session().id, *track_id);
  const client::Track track = known ? *known : new_track(scope, *connection, *track_id, data);
  store_event(scope, name->empty() ? "ontrack" : *name, data, &track);
  return Json{{"data", track_json(track)}};
}

Answer take_track_event(Scope& scope, const Json& body) {
  const auto name = required_text(body, "event", kEventCharacters);
  if (!name) return Unexpected{name.error()};
  const auto track_id = required_text(body, "trackId", kTrackIdCharacters);
  if (!track_id) return Unexpected{track_id.error()};
  auto track = scope.rows().track(scope.session().id, *track_id);
  store_event(scope, *name, member(body, "data"), track ? &*track : nullptr);
  if (!track) return refused(Code::kTrackNotFound, true);
  apply(*track, *name);
  scope.rows().save(*track);
  return Json{{"data", track_json(*track)}};
}

}  // namespace rtcscope::api::peermetrics
