// What the feed side learns from a look at the server's state: names that were waited for, and what is gone.

#include <algorithm>

#include "correlator/feed_side.hpp"

namespace rtcscope::correlator {

bool FeedSide::stale(const feeds::Fact& fact) const {
  if (!fact.origin.seen_at || fact.origin.handle_key.empty()) return false;
  const auto known = current_.find({{fact.origin.server, fact.origin.session_key}, fact.origin.handle_key});
  if (known == current_.end()) return false;
  const auto& ended = handles_.at(known->second).ended;
  return ended && *fact.origin.seen_at <= ended->time;
}

void FeedSide::await(const RoomKey& room, const char* kind, const std::string& name, ConnectionId handle) {
  const std::pair<RoomKey, std::string> key{room, std::string(kind) + " " + name};
  std::vector<ConnectionId>* waiting = awaiting_.find(key);
  if (waiting == nullptr) {
    awaiting_.put(key, {handle});
    return;
  }
  const bool listed = std::find(waiting->begin(), waiting->end(), handle) != waiting->end();
  if (!listed && waiting->size() < bounds_.max_connections) waiting->push_back(handle);
}

void FeedSide::resolve(const RoomKey& room, const char* kind, const std::string& name) {
  const std::pair<RoomKey, std::string> key{room, std::string(kind) + " " + name};
  std::vector<ConnectionId>* waiting = awaiting_.find(key);
  if (waiting == nullptr) return;
  for (const ConnectionId id : std::exchange(*waiting, {})) {
    const auto handle = handles_.find(id);
    if (handle != handles_.end()) resolve(handle->second, room);
  }
}

void FeedSide::resolve(Handle& handle, const RoomKey& room) {
  for (auto& [mid, source] : handle.sources) {
    if (!source.participant.valid()) source.participant = rooms_.participant(room, source.feed_id);
  }
  if (!handle.presence.valid() && !handle.owner.empty()) {
    const SessionId presence = rooms_.presence(room, handle.owner);
    if (presence.valid()) own(handle, presence);
  }
  if (!handle.presence.valid()) {
    const SessionId presence = rooms_.presence_of_private_id(room, handle.private_id);
    if (presence.valid()) own(handle, presence);
  }
  changed(handle);
}

void FeedSide::own(const feeds::FactOrigin& origin, const feeds::HandleOwner& owner) {
  Handle& handle = this->handle(origin);
  changed(handle);
  handle.plugin = owner.plugin;
  if (!owner.room.empty()) handle.room = owner.room;
  // One connection may do both; that it publishes is what tells it from a viewer's.
  if (handle.role != "publisher") handle.role = owner.publishes ? "publisher" : "subscriber";
  if (!handle.negotiated) handle.negotiated = origin.time;
  if (owner.began) post(handle, handle.add(*owner.began, facts_refused_));
  if (owner.user_id.empty()) return;
  handle.owner = owner.user_id;
  const RoomKey room{origin.server, owner.plugin, owner.room};
  resolve(handle, room);
  if (!handle.presence.valid()) await(room, "owner", owner.user_id, handle.id);
}

// What began after the server was asked may be missing from its answer and yet be there.
void FeedSide::end_absent(const feeds::FactOrigin& origin, const feeds::ServerInventory& inventory) {
  const UtcTime as_of = origin.seen_at.value_or(origin.time);
  const model::Ending ending{as_of, "gone from the media server", model::Source::kFeed};
  const auto first = current_.lower_bound({{origin.server, ""}, ""});
  for (auto entry = first; entry != current_.end() && entry->first.first.first == origin.server; ++entry) {
    const auto& [session, handle_key] = entry->first;
    Handle& handle = handles_.at(entry->second);
    const auto listed = inventory.handles.find(session.second);
    const bool there = listed != inventory.handles.end() && listed->second.count(handle_key) != 0;
    if (there || handle.ended || handle_key.empty() || handle.first_fact >= as_of) continue;
    end(handle, ending);
    if (handle.role != "subscriber") rooms_.end(handle.presence, ending);
  }
}

}  // namespace rtcscope::correlator
