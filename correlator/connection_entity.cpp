#include <algorithm>
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

// The server's word first; else when each flow that carried media or DTLS is over.
std::optional<model::Ending> connection_ending(const Handle& handle,
                                               std::span<const FlowState* const> linked) {
  if (handle.ended) return handle.ended;
  std::optional<model::Ending> last;
  for (const FlowState* flow : linked) {
    const flows::FlowSnapshot& f = flow->snapshot;
    if (f.dtls.state == flows::DtlsState::kNone) continue;
    model::Ending ending{f.last_packet, "", model::Source::kPackets};
    if (f.dtls.state == flows::DtlsState::kClosed && f.dtls.closed) {
      ending.time = *f.dtls.closed;
      ending.reason = "DTLS close";
    } else if (f.end == flows::FlowEnd::kIdle) {
      ending.reason = "idle";
    } else if (f.end == flows::FlowEnd::kNone) {
      return std::nullopt;
    } else {
      ending.reason = "observation ended";
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
  const flows::FlowSnapshot& flow = (*best)->snapshot;
  entity.rtcp = flows::to_string(flow.rtcp_access);
  if (flow.rtcp_access == flows::RtcpAccess::kOpaque)
    entity.rtcp_reason = flows::to_string(flow.opaque_reason);
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
  return entity;
}

}  // namespace rtcscope::correlator
