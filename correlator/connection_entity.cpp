#include <algorithm>
#include <set>
#include <utility>

#include "correlator/entities.hpp"
#include "flows/names.hpp"

namespace rtcscope::correlator {
namespace {

std::string ice_state(const Handle& handle, std::span<const FlowState* const> linked) {
  if (handle.ice_state == "failed") return "failed";
  if (handle.ended) return "closed";
  if (handle.ice_state == "ready" || handle.ice_state == "connected") return "connected";
  if (handle.ice_state == "connecting") return "checking";
  if (!handle.ice_state.empty() && handle.ice_state != "gathering") return handle.ice_state;
  flows::IceState best = flows::IceState::kNone;
  for (const FlowState* flow : linked) best = std::max(best, flow->snapshot.ice.state);
  if (best >= flows::IceState::kConnected) return "connected";
  if (best == flows::IceState::kConsentLost || best == flows::IceState::kFailed) return "failed";
  return best == flows::IceState::kChecking ? "checking" : "new";
}

std::string dtls_state(const Handle& handle, std::span<const FlowState* const> linked) {
  if (handle.dtls_state == "failed") return "failed";
  if (handle.ended) return "closed";
  if (handle.dtls_state == "connected") return "connected";
  if (handle.dtls_state == "trying") return "connecting";
  for (const FlowState* flow : linked) {
    const flows::DtlsState state = flow->snapshot.dtls.state;
    if (state == flows::DtlsState::kConnected) return "connected";
    if (state == flows::DtlsState::kHandshaking) return "connecting";
    if (state == flows::DtlsState::kFailed) return "failed";
  }
  return "new";
}

// ICE and DTLS both done on one flow, as the wire shows; else when the media server said "up".
std::optional<UtcTime> connected_at(const Handle& handle, std::span<const FlowState* const> linked) {
  std::optional<UtcTime> earliest;
  for (const FlowState* flow : linked) {
    const auto& ice = flow->snapshot.ice.first_success;
    const auto& dtls = flow->snapshot.dtls.connected;
    if (!ice || !dtls) continue;
    const UtcTime done = std::max(*ice, *dtls);
    if (!earliest || done < *earliest) earliest = done;
  }
  return earliest ? earliest : handle.up;
}

}  // namespace

// The server's word first; else when each flow that carried media or DTLS is over. Of a flow that we gave up
// ourselves (the end of the observation, a clock that was set) nobody knows.
std::optional<model::Ending> connection_ending(const Handle& handle,
                                               std::span<const FlowState* const> linked) {
  if (handle.ended) return handle.ended;
  std::optional<model::Ending> last;
  for (const FlowState* flow : linked) {
    const flows::FlowSnapshot& f = flow->snapshot;
    if (f.dtls.state == flows::DtlsState::kNone &&
        f.rtp_packets.packets == decltype(f.rtp_packets.packets){}) {
      continue;
    }
    model::Ending ending{f.last_packet, "", model::Source::kPackets};
    if (f.dtls.state == flows::DtlsState::kClosed && f.dtls.closed) {
      ending.time = *f.dtls.closed;
      ending.reason = "DTLS close";
    } else if (f.end == flows::FlowEnd::kIdle) {
      ending.reason = "idle";
      if (f.dtls.state == flows::DtlsState::kFailed) ending.reason = "DTLS alert";
      if (f.ice.consent_lost) {  // RFC 7675, 5.1
        ending.reason = "consent lost";
        ending.time = *f.ice.consent_lost;
      }
    } else if (f.end != flows::FlowEnd::kEvicted) {
      return std::nullopt;
    } else {
      ending.reason = "given up: too many flows";
      ending.source = model::Source::kObserver;
    }
    if (!last || last->time < ending.time) last = ending;
  }
  return last;
}

namespace {

// Of its flows the one that tells most: ICE may have left others behind.
void describe_rtcp(model::Connection& entity, std::span<const FlowState* const> linked) {
  const auto* best = std::max_element(linked.data(), linked.data() + linked.size(),
                                      [](const FlowState* a, const FlowState* b) {
                                        return std::pair(a->snapshot.rtcp_access, a->snapshot.last_packet) <
                                               std::pair(b->snapshot.rtcp_access, b->snapshot.last_packet);
                                      });
  if (linked.empty()) return;
  tell_rtcp(entity, (*best)->snapshot);
}

bool has_media(const flows::FlowSnapshot& flow) {
  const auto packets = [](const flows::ClassCounts& counts) { return counts.packets[0] + counts.packets[1]; };
  return packets(flow.rtp_packets) + packets(flow.dtls_packets) != 0;
}

// Seen on the wire, or said by the media server: behind TLS only it knows.
bool turn_used(const Handle& handle, std::span<const FlowState* const> linked) {
  for (const FlowState* flow : linked) {
    const flows::FlowSnapshot& f = flow->snapshot;
    const bool relayed = f.key.encapsulation == flows::Encapsulation::kTurn || f.turn_client.valid();
    if (relayed && has_media(f)) return true;
  }
  if (handle.pairs.empty()) return false;
  const feeds::SelectedPair& pair = handle.pairs.back().pair;
  return pair.local_type == "relay" || pair.remote_type == "relay";
}

bool tcp_used(std::span<const FlowState* const> linked) {
  return std::any_of(linked.begin(), linked.end(), [](const FlowState* flow) {
    return flow->snapshot.key.transport == Transport::kTcp && has_media(flow->snapshot);
  });
}

// RFC 8445, 2.4: each restart has new ufrags on both sides. Only those of the descriptions count: a check
// can be made up.
std::uint64_t ice_restarts(const Handle& handle, std::span<const FlowState* const> linked) {
  std::set<std::pair<std::string, std::string>> generations;
  for (const FlowState* flow : linked) {
    for (const flows::IceUsername& name : flow->snapshot.ice_usernames) {
      const bool to_server = handle.of_server.ufrags.count(name.receiver_ufrag) != 0;
      const std::string& server = to_server ? name.receiver_ufrag : name.sender_ufrag;
      const std::string& client = to_server ? name.sender_ufrag : name.receiver_ufrag;
      if (handle.of_server.ufrags.count(server) == 0 || handle.of_client.ufrags.count(client) == 0) continue;
      generations.emplace(server, client);
    }
  }
  return generations.empty() ? 0 : generations.size() - 1;
}

}  // namespace

model::Connection connection_entity(const Handle& handle, const model::Session* owner,
                                    std::span<const FlowState* const> linked) {
  model::Connection entity;
  entity.id = handle.id;
  if (owner != nullptr) {
    entity.conference = owner->conference;
    entity.participant = owner->participant;
    entity.session = owner->id;
  }
  entity.server = handle.server;
  entity.server_session = handle.session_key;
  entity.server_handle = handle.handle_key;
  entity.opaque_id = handle.opaque_id;
  entity.plugin = handle.plugin;
  entity.role = handle.role;
  entity.ended = connection_ending(handle, linked);
  entity.ice_state = ice_state(handle, linked);
  entity.dtls_state = dtls_state(handle, linked);
  describe_rtcp(entity, linked);
  entity.started_at = handle.negotiated.value_or(handle.first_fact);
  entity.connected_at = connected_at(handle, linked);
  entity.turn_used = turn_used(handle, linked);
  entity.tcp_used = tcp_used(linked);
  entity.ice_restarts = ice_restarts(handle, linked);
  for (const FlowState* flow : linked) entity.pair_switches += flow->pair_switches;
  return entity;
}

}  // namespace rtcscope::correlator
