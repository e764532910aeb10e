// What the rules for issues are shown: connections with everything that belongs to them.

#include "correlator/correlator_impl.hpp"
#include "correlator/entities.hpp"

namespace rtcscope::correlator {
namespace {

constexpr Duration kLookInterval = std::chrono::seconds{1};
/// The feed may be late; what it says of an end is better than what packets show.
constexpr Duration kConclusionDelay = std::chrono::seconds{60};

std::string name_of(const Handle& handle, const model::Participant* person) {
  if (person == nullptr) return "handle " + handle.handle_key;
  return person->display.empty() ? person->user_id : person->display;
}

void add_streams(ConnectionView& view, const PacketSide& packets, const FlowState& flow) {
  if (!flow.server() || packets.is_relay_leg(flow)) return;
  for (const StreamId id : flow.streams) {
    const StreamState& state = *packets.find(id);
    StreamView stream{&state, &flow, stream_format(state, view.handle), false};
    stream.uplink = state.last.sender != *flow.server();
    view.streams.push_back(std::move(stream));
  }
}

}  // namespace

void Correlator::Impl::look(UtcTime now) {
  for (const SessionId presence : feed_.rooms().take_new_presences()) {
    issues_.joined(feed_.rooms(), presence);
  }
  if (now - looked_at_ < kLookInterval) return;
  looked_at_ = now;
  std::vector<ConnectionView> views;
  for (const auto& [id, handle] : feed_.handles()) {
    // What the feed ended is looked at once; what packets ended, until nobody knows it any more.
    if (!handle.negotiated || (handle.ended && issues_.over(id))) continue;
    ConnectionView view;
    view.handle = &handle;
    const auto linked = linked_.find(id);
    if (linked != linked_.end()) {
      for (const FlowId flow : linked->second) view.flows.push_back(packets_.find(flow));
    }
    for (const FlowState* flow : view.flows) add_streams(view, packets_, *flow);
    view.ended = connection_ending(handle, view.flows);
    const model::Session* owner = owner_of(&handle);
    const model::Participant* person =
        owner == nullptr ? nullptr : feed_.rooms().participant(owner->participant);
    if (owner != nullptr) {
      view.conference = owner->conference;
      view.participant = owner->participant;
    }
    view.who = name_of(handle, person);
    views.push_back(std::move(view));
  }
  conclude(now, views);
  issues_.look(now, views);
}

// A leave event that never comes must not keep a conference open: whose connections are all over has left.
void Correlator::Impl::conclude(UtcTime now, const std::vector<ConnectionView>& views) {
  std::set<SessionId> alive;
  for (const ConnectionView& view : views) {
    if (!view.ended || view.ended->time + kConclusionDelay > now) alive.insert(view.handle->presence);
  }
  for (const ConnectionView& view : views) {
    const bool by_packets = view.ended && view.ended->source == model::Source::kPackets;
    if (!by_packets || !view.handle->presence.valid() || alive.count(view.handle->presence) != 0) continue;
    feed_.rooms().end(view.handle->presence,
                      {view.ended->time, "concluded: " + view.ended->reason, model::Source::kPackets});
  }
}

}  // namespace rtcscope::correlator
