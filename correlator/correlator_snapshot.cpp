// The whole state at once, for tests and reports.

#include <algorithm>

#include "correlator/correlator_impl.hpp"
#include "correlator/entities.hpp"

namespace rtcscope::correlator {

Snapshot Correlator::Impl::snapshot() const {
  Snapshot snapshot;
  snapshot.host = host_;
  snapshot.host.last_seen = newest_;
  snapshot.host.media_server = feed_.media_server();
  const RoomBook& rooms = feed_.rooms();
  for (const auto& [id, conference] : rooms.conferences()) snapshot.conferences.push_back(conference);
  for (const auto& [id, participant] : rooms.participants()) snapshot.participants.push_back(participant);
  for (const auto& [id, session] : rooms.sessions()) snapshot.sessions.push_back(session);
  for (const auto& [id, handle] : feed_.handles()) {
    const auto linked = linked_.find(id);
    const bool has_flows = linked != linked_.end() && !linked->second.empty();
    if (handle.negotiated || has_flows) snapshot.connections.push_back(entity(handle));
  }
  for (const auto& [id, flow] : packets_.flows()) {
    snapshot.flows.push_back(flow_entity(host_.id, flow, handle_of(&flow)));
  }
  for (const auto& [id, stream] : packets_.streams()) snapshot.streams.push_back(entity(stream));
  const auto sort = [](auto& list, auto time) {
    std::sort(list.begin(), list.end(), [time](const auto& x, const auto& y) {
      return std::make_pair(x.*time, x.id) < std::make_pair(y.*time, y.id);
    });
  };
  sort(snapshot.conferences, &model::Conference::started_at);
  sort(snapshot.participants, &model::Participant::first_seen);
  sort(snapshot.sessions, &model::Session::joined_at);
  sort(snapshot.connections, &model::Connection::started_at);
  sort(snapshot.flows, &model::Flow::first_packet);
  sort(snapshot.streams, &model::Stream::first_packet);
  return snapshot;
}

}  // namespace rtcscope::correlator
