// What the feed side gives up: for want of room, and because it is long over.

#include <algorithm>
#include <tuple>

#include "correlator/feed_side.hpp"

namespace rtcscope::correlator {

namespace {

/// What a flood of names makes has never negotiated anything: it goes before whoever is or was connected.
int worth(const Handle& handle) {
  if (!handle.negotiated) return 0;
  return handle.ended ? 1 : 2;
}

}  // namespace

// A sixteenth at once, so that a full table does not look for its oldest entry at every new one.
void FeedSide::evict_connections() {
  std::vector<std::tuple<int, UtcTime, ConnectionId>> order;
  for (const auto& [id, handle] : handles_) order.emplace_back(worth(handle), handle.first_fact, id);
  const std::size_t count = std::max<std::size_t>(1, order.size() / 16);
  std::nth_element(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count) - 1, order.end());
  for (std::size_t i = 0; i < count; ++i) erase(std::get<ConnectionId>(order[i]));
  connections_evicted_ += count;
}

std::set<SessionId> FeedSide::connected() const {
  std::set<SessionId> presences;
  for (const auto& [id, handle] : handles_) {
    if (handle.negotiated && !handle.ended && handle.presence.valid()) presences.insert(handle.presence);
  }
  return presences;
}

void FeedSide::erase(ConnectionId id) {
  const Handle& handle = handles_.at(id);
  for (const Token token : handle.tokens()) tokens_.remove(token, id);
  const auto current = current_.find({{handle.server, handle.session_key}, handle.handle_key});
  if (current != current_.end() && current->second == id) current_.erase(current);
  changed_.insert(id);
  handles_.erase(id);
}

void FeedSide::forget_ended_before(UtcTime time) {
  std::vector<ConnectionId> over;
  for (const auto& [id, handle] : handles_) {
    if (handle.ended && handle.ended->time < time) over.push_back(id);
  }
  for (const ConnectionId id : over) erase(id);
  rooms_.forget_ended_before(time);
}

}  // namespace rtcscope::correlator
