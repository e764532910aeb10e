#include <algorithm>
#include <array>

#include "api/peermetrics/connections.hpp"
#include "api/peermetrics/marks.hpp"
#include "api/peermetrics/negotiation.hpp"
#include "api/peermetrics/sessions.hpp"

namespace rtcscope::api::peermetrics {
namespace {

constexpr std::size_t kNameCharacters = 64;
constexpr std::size_t kEventCharacters = 32;
constexpr std::size_t kMaxBatch = 500;

bool is_one_of(const Json& value, std::initializer_list<const char*> words) {
  return value.is_string() &&
         std::any_of(words.begin(), words.end(), [&](const char* word) { return value == word; });
}

/// The states of the W3C's RTCPeerConnection.
bool fits_its_name(const std::string& name, const Json& data) {
  if (name == "oniceconnectionstatechange") {
    return is_one_of(data, {"new", "checking", "connected", "completed", "failed", "disconnected", "closed"});
  }
  if (name == "onicegatheringstatechange") return is_one_of(data, {"new", "gathering", "complete"});
  if (name == "onconnectionstatechange") {
    return is_one_of(data, {"new", "connecting", "connected", "disconnected", "failed", "closed"});
  }
  if (name != "onsignalingstatechange") return true;
  return is_one_of(member(data, "signalingState"), {"stable", "have-local-offer", "have-remote-offer",
                                                    "have-local-pranswer", "have-remote-pranswer", "closed"});
}

Json kept_candidate(const Json& data) {
  if (!data.is_object()) return data;
  Json kept = Json::object();
  for (const char* name :
       {"address", "candidate", "component", "foundation", "port", "priority", "protocol", "relatedAddress",
        "relatedPort", "sdpMLineIndex", "sdpMid", "tcpType", "type", "usernameFragment"}) {
    kept[name] = member(data, name);
  }
  return kept;
}

Answer add_connection(Scope& scope, const Json& body, const std::string& peer_id) {
  const auto peer_name = text_field(body, "peerName", kNameCharacters);
  const auto state = text_field(body, "connectionState", kEventCharacters);
  if (!peer_name || !state) return refused(Code::kInvalidParameters);
  if (scope.rows().connections_of(scope.session().id) >= kMaxConnectionsOfSession) {
    return refused(Code::kQuotaExceeded);
  }
  client::Participant peer = participant_of(scope.rows(), scope.app().id, peer_id, *peer_name, scope.time());
  if (peer.id == scope.session().participant) return refused(Code::kParticipantEqualPeer);
  if (member(body, "isSfu") == true && !peer.is_sfu) {
    peer.is_sfu = true;
    scope.rows().save(peer);
  }
  scope.rows().add_presence(scope.conference().id, peer.id);
  client::Connection connection;
  connection.id = new_uuid();
  connection.created_at = scope.time();
  connection.app = scope.app().id;
  connection.session = scope.session().id;
  connection.conference = scope.conference().id;
  connection.participant = scope.session().participant;
  connection.peer = peer.id;
  connection.state = state->empty() ? "new" : *state;
  connection.start_time = scope.time();
  connection.established = *state == "connected";
  if (!connection.established) begin_negotiation(connection, "initial", scope.time());
  scope.begin_call();
  scope.rows().save(connection);
  client::Event event = scope.event("connection", "addConnection", &connection);
  event.data = Json{{"peerId", peer_id},
                    {"peerName", *peer_name},
                    {"connectionState", connection.state},
                    {"isSfu", peer.is_sfu}}
                   .dump();
  scope.store(std::move(event));
  return Json{{"peer_id", peer.id}, {"connection_id", connection.id}};
}

void on_signaling(client::Connection& connection, const Json& data, UtcTime time) {
  const std::string state = text_member(data, "signalingState");
  if (state == "stable") {
    end_negotiation(connection, "stable", time);
  } else if (state == "have-local-offer" || state == "have-remote-offer") {
    begin_negotiation(connection, "renegotiation", time);
  }
}

void on_connection_state(Scope& scope, client::Connection& connection, const std::string& state) {
  // Requests of one client overtake each other; a connection that is set up anew was disconnected or failed
  // before.
  const bool overtaken = connection.state == "connected" && (state == "new" || state == "connecting");
  if (!overtaken) connection.state = state;
  if (state == "connected") {
    connection.established = true;
    end_negotiation(connection, "connected", scope.time());
  } else if (state == "failed") {
    end_negotiation(connection, "failed", scope.time());
    scope.raise("connection_failed", &connection);
  } else if (state == "disconnected") {
    scope.raise("connection_disconnected", &connection);
  } else if (state == "closed") {
    scope.end(connection);
  }
}

void on_ice_state(Scope& scope, client::Connection& connection, const std::string& state) {
  if (state == "connected" || state == "completed") {
    connection.state = "connected";
    connection.established = true;
  } else if (state == "failed") {
    scope.raise("ice_failed", &connection);
  }
}

void apply(Scope& scope, client::Connection& connection, const std::string& name, const Json& data) {
  const std::string state = data.is_string() ? data.get<std::string>() : std::string();
  if (name == "onsignalingstatechange") {
    on_signaling(connection, data, scope.time());
    mark_descriptions(scope.rows(), connection.id, data);
  } else if (name == "onnegotiationneeded") {
    begin_negotiation(connection, "renegotiation", scope.time());
  } else if (name == "onconnectionstatechange") {
    on_connection_state(scope, connection, state);
  } else if (name == "oniceconnectionstatechange") {
    on_ice_state(scope, connection, state);
  } else if (name == "onicecandidateerror") {
    scope.raise("icecandidateerror", &connection, data.dump(), true);
  } else if (name == "removeConnection") {
    scope.end(connection);
  }
  scope.rows().save(connection);
}

Answer later_event(Scope& scope, const Json& body, const std::string& name, const std::string& peer_id) {
  const auto peer = scope.peer(peer_id);
  if (!peer) return Unexpected{peer.error()};
  const auto connection_id = text_field(body, "connectionId", kNameCharacters);
  if (!connection_id) return Unexpected{connection_id.error()};
  const Json& data = member(body, "data");
  if (!fits_its_name(name, data)) return refused(Code::kInvalidParameters);
  client::Event event = scope.event("connection", name);
  event.peer = peer->id;
  event.data = name == "onicecandidate" ? kept_candidate(data).dump() : data.dump();
  if (!connection_id->empty()) {
    auto connection = scope.connection(*connection_id);
    if (!connection) return Unexpected{connection.error()};
    event.connection = connection->id;
    apply(scope, *connection, name, data);
  }
  scope.store(std::move(event));
  return Json("");
}

}  // namespace

Answer take_connection_event(Scope& scope, const Json& body) {
  const auto name = required_text(body, "eventName", kEventCharacters);
  if (!name) return Unexpected{name.error()};
  const auto peer_id = required_text(body, "peerId", kNameCharacters);
  if (!peer_id) return Unexpected{peer_id.error()};
  if (*name == "addConnection") return add_connection(scope, body, *peer_id);
  return later_event(scope, body, *name, *peer_id);
}

Answer take_connection_events(Desk& desk, client::Rows& rows, const Json& body, UtcTime now) {
  const Json& list = member(body, "data");
  if (!list.is_array() || list.size() > kMaxBatch) return refused(Code::kInvalidParameters);
  const auto delta = delta_field(body);
  if (!delta) return Unexpected{delta.error()};
  for (const Json& item : list) {
    if (text_member(item, "eventName").empty() || text_member(item, "peerId").empty()) continue;
    Json one = item;
    one["token"] = member(body, "token");
    auto scope = Scope::open(desk, rows, one, now - *delta);
    if (!scope) return Unexpected{scope.error()};
    if (auto answer = take_connection_event(*scope, one); !answer) return answer;
    scope->finish();
  }
  return Json("");
}

}  // namespace rtcscope::api::peermetrics
