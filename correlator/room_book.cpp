#include "correlator/room_book.hpp"

#include <algorithm>
#include <tuple>

#include "base/stable_hash.hpp"

namespace rtcscope::correlator {
namespace {

// "leaving" carries no session and may come just after the session's own end: it still names the reason.
constexpr Duration kLeaveAfterEnd = std::chrono::seconds{10};

std::uint64_t room_hash(HostId host, const RoomKey& key) {
  return StableHash{}.add(host.value).add(key.server).add(key.plugin).add(key.room).value();
}

}  // namespace

RoomBook::Room& RoomBook::open_room(const RoomKey& key, UtcTime time) {
  Room& room = rooms_[key];
  if (!room.present.empty()) return room;
  room = Room{};
  const auto cascade = cascade_of_.find({key.plugin, key.room});
  const bool goes_on = cascade != cascade_of_.end() && present_in_.count(cascade->second) != 0;
  room.conference = goes_on ? cascade->second : new_conference(key, time);
  if (cascades_ && !goes_on) cascade_of_[{key.plugin, key.room}] = room.conference;
  return room;
}

ConferenceId RoomBook::new_conference(const RoomKey& key, UtcTime time) {
  const ConferenceId id{StableHash{}.add(room_hash(host_, key)).add(ns_since_epoch(time)).value()};
  model::Conference conference;
  conference.id = id;
  conference.host = host_;
  conference.server = key.server;
  conference.plugin = key.plugin;
  conference.room = key.room;
  conference.started_at = time;
  conferences_[id] = conference;
  changed_conferences_[id] = conference;
  return id;
}

const model::Session& RoomBook::add_presence(const RoomKey& key, const feeds::FactOrigin& origin,
                                             const std::string& user_id, const std::string& display) {
  if (sessions_.size() >= max_presences_) evict_oldest();
  Room& room = open_room(key, origin.time);
  StableHash who;
  who.add(room.conference.value).add(user_id);
  if (cascades_) who.add(key.server);  // servers number their users each for itself
  const ParticipantId participant_id{who.value()};
  const auto [participant, is_new] = participants_.try_emplace(participant_id);
  if (is_new) {
    participant->second = {participant_id, room.conference, user_id, display, origin.time};
    changed_participants_[participant_id] = participant->second;
  }
  model::Session session;
  StableHash hash;
  hash.add(participant_id.value).add(origin.session_key).add(ns_since_epoch(origin.time));
  // A feed may repeat itself to the microsecond: the second one is still another presence.
  do session.id = SessionId{hash.value()};
  while (sessions_.count(session.id) != 0 && (hash.add(std::uint64_t{1}), true));
  session.conference = room.conference;
  session.participant = participant_id;
  session.server_session = origin.session_key;
  session.joined_at = origin.time;
  room.by_user[user_id] = session.id;
  room.present.insert(session.id);
  present_in_[room.conference] += 1;
  room_of_[session.id] = key;
  by_server_session_[{key.server, origin.session_key}].push_back(session.id);
  presences_of_participant_[participant_id] += 1;
  presences_of_conference_[room.conference] += 1;
  changed_sessions_[session.id] = session;
  new_presences_.push_back(session.id);
  return sessions_[session.id] = session;
}

const model::Session& RoomBook::join(const feeds::FactOrigin& origin, const feeds::RoomJoined& joined) {
  const RoomKey key{origin.server, joined.plugin, joined.room};
  const auto room = rooms_.find(key);
  if (room != rooms_.end()) {
    const auto known = room->second.by_user.find(joined.user_id);
    if (known != room->second.by_user.end() && room->second.present.count(known->second) != 0 &&
        sessions_.at(known->second).server_session == origin.session_key) {
      name(known->second, joined.display);
      return sessions_.at(known->second);
    }
  }
  const model::Session& session = add_presence(key, origin, joined.user_id, joined.display);
  name(session.id, joined.display);
  if (!joined.private_id.empty()) rooms_[key].by_private_id[joined.private_id] = session.id;
  return session;
}

const model::Session& RoomBook::solo(const feeds::FactOrigin& origin, const std::string& plugin,
                                     const std::string& name) {
  // The handle stands in for the room; the room's name stays empty because there is none.
  const RoomKey key{origin.server, plugin, "handle " + origin.handle_key};
  const model::Session& session = add_presence(key, origin, origin.handle_key, name);
  model::Conference& conference = conferences_.at(session.conference);
  conference.room.clear();
  changed_conferences_[conference.id] = conference;
  return session;
}

void RoomBook::leave(const feeds::FactOrigin& origin, const feeds::RoomLeft& left) {
  const auto room = rooms_.find({origin.server, left.plugin, left.room});
  if (room == rooms_.end()) return;
  const auto presence = room->second.by_user.find(left.user_id);
  if (presence == room->second.by_user.end()) return;
  model::Session& session = sessions_.at(presence->second);
  const model::Ending ending{origin.time, left.reason, model::Source::kFeed};
  if (session.left && session.left->source == model::Source::kFeed &&
      origin.time - session.left->time < kLeaveAfterEnd) {
    session.left->reason = left.reason;
    changed_sessions_[session.id] = session;
    return;
  }
  end(session.id, ending);
}

void RoomBook::reconcile(const feeds::FactOrigin& origin, const feeds::RoomRoster& roster) {
  const auto room = rooms_.find({origin.server, roster.plugin, roster.room});
  if (room == rooms_.end()) return;
  std::map<std::string, std::string> display_of;
  for (const feeds::RoomRoster::User& user : roster.users) display_of[user.user_id] = user.display;
  const UtcTime as_of = origin.seen_at.value_or(origin.time);
  for (const auto& [user_id, presence] : std::map<std::string, SessionId>(room->second.by_user)) {
    const auto listed = display_of.find(user_id);
    if (listed != display_of.end()) {
      name(presence, listed->second);
    } else if (sessions_.at(presence).joined_at < as_of) {
      end(presence, {as_of, "not in the room any more", model::Source::kFeed});
    }
  }
}

bool RoomBook::left_after(const RoomKey& key, const std::string& user_id, const std::string& session_key,
                          UtcTime time) const {
  const model::Session* newest = session(presence(key, user_id));
  return newest != nullptr && newest->left && newest->server_session == session_key &&
         newest->left->time >= time;
}

void RoomBook::end(SessionId presence, const model::Ending& ending) {
  const auto found = sessions_.find(presence);
  if (found == sessions_.end()) return;
  // What was concluded from packets gives way to what the feed says later.
  const std::optional<model::Ending>& left = found->second.left;
  const bool better =
      left && left->source == model::Source::kPackets && ending.source == model::Source::kFeed;
  if (left && !better) return;
  found->second.left = ending;
  changed_sessions_[presence] = found->second;
  const auto room = rooms_.find(room_of_.at(presence));
  if (room == rooms_.end()) return;
  if (room->second.present.erase(presence) != 0) close_if_empty(found->second.conference, ending);
}

void RoomBook::close_if_empty(ConferenceId id, const model::Ending& ending) {
  if (--present_in_[id] != 0) return;
  present_in_.erase(id);
  const auto conference = conferences_.find(id);
  if (conference == conferences_.end() || conference->second.ended) return;
  conference->second.ended = model::Ending{ending.time, "last participant left", ending.source};
  changed_conferences_[conference->first] = conference->second;
}

void RoomBook::end_server_session(const std::string& server, const std::string& session_key,
                                  const model::Ending& ending) {
  const auto found = by_server_session_.find({server, session_key});
  if (found == by_server_session_.end()) return;
  for (const SessionId presence : std::vector<SessionId>(found->second)) end(presence, ending);
}

void RoomBook::end_room(const RoomKey& key, const model::Ending& ending) {
  const auto room = rooms_.find(key);
  if (room == rooms_.end()) return;
  for (const SessionId presence : std::set<SessionId>(room->second.present)) end(presence, ending);
}

void RoomBook::end_server(const std::string& server, const model::Ending& ending) {
  for (auto& [key, room] : rooms_) {
    if (key.server != server) continue;
    for (const SessionId presence : std::set<SessionId>(room.present)) end(presence, ending);
  }
}

void RoomBook::end_all(const model::Ending& ending) {
  for (auto& [key, room] : rooms_) {
    for (const SessionId presence : std::set<SessionId>(room.present)) end(presence, ending);
  }
}

void RoomBook::name(SessionId presence, const std::string& display) {
  const auto found = sessions_.find(presence);
  if (found == sessions_.end() || display.empty()) return;
  const auto participant = participants_.find(found->second.participant);
  if (participant == participants_.end() || participant->second.display == display) return;
  participant->second.display = display;
  changed_participants_[participant->first] = participant->second;
}

void RoomBook::signalling_address(SessionId presence, const std::string& address) {
  const auto found = sessions_.find(presence);
  if (found == sessions_.end() || found->second.signalling_address == address) return;
  found->second.signalling_address = address;
  changed_sessions_[presence] = found->second;
}

SessionId RoomBook::presence_of(const std::string& server, const std::string& session_key,
                                const std::string& room) const {
  const auto found = by_server_session_.find({server, session_key});
  if (found == by_server_session_.end()) return {};
  for (auto presence = found->second.rbegin(); presence != found->second.rend(); ++presence) {
    if (room.empty() || room_of_.at(*presence).room == room) return *presence;
  }
  return {};
}

SessionId RoomBook::presence_of_private_id(const RoomKey& key, const std::string& private_id) const {
  const auto room = rooms_.find(key);
  if (room == rooms_.end()) return {};
  const auto found = room->second.by_private_id.find(private_id);
  return found == room->second.by_private_id.end() ? SessionId{} : found->second;
}

SessionId RoomBook::presence(const RoomKey& key, const std::string& user_id) const {
  const auto room = rooms_.find(key);
  if (room == rooms_.end()) return {};
  const auto found = room->second.by_user.find(user_id);
  return found == room->second.by_user.end() ? SessionId{} : found->second;
}

ParticipantId RoomBook::participant(const RoomKey& key, const std::string& user_id) const {
  const model::Session* found = session(presence(key, user_id));
  return found == nullptr ? ParticipantId{} : found->participant;
}

ConferenceId RoomBook::conference(const RoomKey& key) const {
  const auto room = rooms_.find(key);
  return room == rooms_.end() ? ConferenceId{} : room->second.conference;
}

const model::Session* RoomBook::session(SessionId id) const {
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? nullptr : &found->second;
}

const model::Participant* RoomBook::participant(ParticipantId id) const {
  const auto found = participants_.find(id);
  return found == participants_.end() ? nullptr : &found->second;
}

const RoomKey* RoomBook::room_of(SessionId presence) const {
  const auto found = room_of_.find(presence);
  return found == room_of_.end() ? nullptr : &found->second;
}

void RoomBook::flush(model::ChangeSink& sink) {
  for (const auto& [id, conference] : changed_conferences_) sink.on_change(conference);
  for (const auto& [id, participant] : changed_participants_) sink.on_change(participant);
  for (const auto& [id, session] : changed_sessions_) sink.on_change(session);
  changed_conferences_.clear();
  changed_participants_.clear();
  changed_sessions_.clear();
}

void RoomBook::forget_ended_before(UtcTime time) {
  std::vector<SessionId> over;
  for (const auto& [id, session] : sessions_) {
    if (session.left && session.left->time < time) over.push_back(id);
  }
  for (const SessionId id : over) forget(id);
}

void RoomBook::forget(SessionId presence) {
  const model::Session session = sessions_.at(presence);
  const RoomKey key = room_of_.at(presence);
  const auto listed = by_server_session_.find({key.server, session.server_session});
  if (listed != by_server_session_.end()) {
    auto& ids = listed->second;
    ids.erase(std::remove(ids.begin(), ids.end(), presence), ids.end());
    if (ids.empty()) by_server_session_.erase(listed);
  }
  room_of_.erase(presence);
  sessions_.erase(presence);
  if (--presences_of_participant_[session.participant] == 0) {
    presences_of_participant_.erase(session.participant);
    participants_.erase(session.participant);
  }
  const bool last = --presences_of_conference_[session.conference] == 0;
  if (last) {
    presences_of_conference_.erase(session.conference);
    conferences_.erase(session.conference);
    const auto cascade = cascade_of_.find({key.plugin, key.room});
    if (cascade != cascade_of_.end() && cascade->second == session.conference) cascade_of_.erase(cascade);
  }
  const auto room = rooms_.find(key);
  if (room == rooms_.end() || room->second.conference != session.conference) return;
  if (last) {
    rooms_.erase(room);
    return;
  }
  std::erase_if(room->second.by_user, [&](const auto& entry) { return entry.second == presence; });
  std::erase_if(room->second.by_private_id, [&](const auto& entry) { return entry.second == presence; });
}

// A feed that only ever joins people must not grow memory, nor push out who is really there: those who left
// go first, then those without a connection, then those who joined first. A sixteenth at once, so that a full
// book is not searched at every join.
void RoomBook::evict_oldest() {
  const std::set<SessionId> connected = connected_();
  std::vector<std::tuple<bool, bool, UtcTime, SessionId>> order;
  for (const auto& [id, session] : sessions_) {
    order.emplace_back(!session.left, connected.count(id) != 0, session.joined_at, id);
  }
  const std::size_t count = std::min(order.size(), std::max<std::size_t>(1, order.size() / 16));
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end());
  for (std::size_t i = 0; i < count; ++i) {
    const SessionId id = std::get<SessionId>(order[i]);
    end(id, {std::get<UtcTime>(order[i]), "given up: too many participants", model::Source::kObserver});
    forget(id);
  }
  evicted_ += count;
}

}  // namespace rtcscope::correlator
