#include "correlator/feed_side.hpp"

#include <algorithm>

#include "base/stable_hash.hpp"
#include "correlator/timeline.hpp"

namespace rtcscope::correlator {
namespace {

constexpr const char* kPublisher = "publisher";
constexpr const char* kSubscriber = "subscriber";
constexpr const char* kEcho = "echo";

model::Ending by_feed(UtcTime time, std::string reason) {
  return {time, std::move(reason), model::Source::kFeed};
}

bool has_new_ufrag(const Handle& handle, const feeds::Description& description) {
  const SideFacts& side =
      description.owner == feeds::DescriptionOwner::kClient ? handle.of_client : handle.of_server;
  const auto is_new = [&](const sdp::TransportAttributes& transport) {
    return !transport.ice_ufrag.empty() && side.ufrags.count(transport.ice_ufrag) == 0;
  };
  return is_new(description.sdp.transport) ||
         std::any_of(description.sdp.media.begin(), description.sdp.media.end(),
                     [&](const sdp::Media& media) { return is_new(media.transport); });
}

}  // namespace

/// Applies one fact. What identifies nothing (statistics) is passed over.
class FeedSide::Reader {
 public:
  Reader(FeedSide& feed, const feeds::FactOrigin& origin) : feed_(feed), origin_(origin) {}

  void operator()(const feeds::ServerStarted& f) {
    const model::Ending ending = by_feed(origin_.time, "the media server restarted");
    feed_.end_handles(origin_.server, nullptr, ending);
    feed_.rooms_.end_server(origin_.server, ending);
    feed_.media_server_ = f.product + (f.version.empty() ? "" : " " + f.version);
  }
  void operator()(const feeds::ServerStopped&) {
    const model::Ending ending = by_feed(origin_.time, "the media server stopped");
    feed_.end_handles(origin_.server, nullptr, ending);
    feed_.rooms_.end_server(origin_.server, ending);
  }
  void operator()(const feeds::ServerSeen& f) {
    feed_.media_server_ = f.product + (f.version.empty() ? "" : " " + f.version);
  }
  void operator()(const feeds::ServerInventory& f) { feed_.end_absent(origin_, f); }
  void operator()(const feeds::RoomRoster& f) { feed_.rooms_.reconcile(origin_, f); }
  void operator()(const feeds::SessionCreated& f) {
    const SessionKey session{origin_.server, origin_.session_key};
    feed_.transport_of_session_.put(session, f.transport_key);
    feed_.name_signalling(session);
  }
  void operator()(const feeds::SignallingPeer& f) {
    if (f.admin) return;
    feed_.address_of_transport_.put({origin_.server, f.transport_key}, to_string(f.address));
  }
  void operator()(const feeds::SessionEnded& f) {
    const model::Ending ending = by_feed(origin_.time, "session " + f.reason);
    feed_.end_handles(origin_.server, &origin_.session_key, ending);
    feed_.rooms_.end_server_session(origin_.server, origin_.session_key, ending);
  }
  void operator()(const feeds::HandleAttached& f) { handle().plugin = f.plugin; }
  void operator()(const feeds::HandleDetached&) {
    Handle& handle = this->handle();
    feed_.end(handle, by_feed(origin_.time, "detached"));
    if (handle.role != kSubscriber) feed_.rooms_.end(handle.presence, by_feed(origin_.time, "detached"));
  }
  void operator()(const feeds::Description& f) {
    Handle& handle = feed_.negotiating(origin_, f);
    negotiated(handle);
    feed_.post(handle, handle.add(f, feed_.facts_refused_));
  }
  void operator()(const feeds::Candidate& f) {
    if (f.owner == feeds::DescriptionOwner::kClient) return;
    Handle& handle = this->handle();
    feed_.post(handle, handle.add(f, feed_.facts_refused_));
  }
  void operator()(const feeds::SelectedPair& f) {
    Handle& handle = this->handle();
    negotiated(handle);
    feed_.post(handle, handle.add(origin_.time, f, feed_.facts_refused_));
  }
  void operator()(const feeds::MediaSsrcs& f) {
    Handle& handle = this->handle();
    feed_.post(handle, handle.add(f, feed_.facts_refused_));
  }
  void operator()(const feeds::IceStateChanged& f) {
    Handle& handle = this->handle();
    negotiated(handle);
    if (handle.ended) return;  // it is taken down
    handle.ice_state = f.state;
    if (f.state == "failed" && handle.up) handle.ice_failed = origin_.time;
  }
  void operator()(const feeds::DtlsStateChanged& f) {
    Handle& handle = this->handle();
    negotiated(handle);
    handle.dtls_state = f.state;
  }
  void operator()(const feeds::PeerConnectionUp&) {
    Handle& handle = this->handle();
    negotiated(handle);
    if (handle.up) return;
    handle.up = origin_.time;
    handle.up_is_seen = origin_.seen_at.has_value();
  }
  void operator()(const feeds::PeerConnectionDown& f) {
    Handle& handle = this->handle();
    feed_.end(handle, by_feed(origin_.time, f.reason));
    if (handle.role == kEcho) feed_.rooms_.end(handle.presence, by_feed(origin_.time, f.reason));
  }
  void operator()(const feeds::RoomDestroyed& f) {
    feed_.rooms_.end_room({origin_.server, f.plugin, f.room}, by_feed(origin_.time, "room destroyed"));
  }
  void operator()(const feeds::RoomJoined& f) { join(f); }
  void operator()(const feeds::RoomPublished& f) {
    const Handle& handle = this->handle();
    // Whoever publishes has joined, even when that was before we listened.
    const model::Session* presence = feed_.rooms_.session(handle.presence);
    if (presence == nullptr || presence->left) join({f.plugin, f.room, f.user_id, "", f.display});
    feed_.rooms_.name(handle.presence, f.display);
  }
  void operator()(const feeds::RoomSubscribed& f) { feed_.subscribe(origin_, f); }
  void operator()(const feeds::RoomSwitched& f) {
    this->handle().sources.clear();
    feed_.subscribe(origin_, {f.plugin, f.room, "", f.streams});
  }
  void operator()(const feeds::RoomLeft& f) {
    feeds::RoomLeft left = f;
    if (left.user_id.empty()) left.user_id = origin_.handle_key;
    feed_.rooms_.leave(origin_, left);
  }
  void operator()(const feeds::HandleOwner& f) { feed_.own(origin_, f); }
  void operator()(const feeds::SoloActivity& f) {
    Handle& handle = this->handle();
    if (handle.plugin.empty()) handle.plugin = f.plugin;
    if (handle.presence.valid()) return;
    handle.role = kEcho;
    feed_.own(handle, feed_.rooms_.solo(origin_, f.plugin, f.name).id);
  }
  template <class Unused>
  void operator()(const Unused&) {}

 private:
  Handle& handle() {
    Handle& handle = feed_.handle(origin_);
    feed_.changed(handle);
    return handle;
  }
  void negotiated(Handle& handle) const {
    if (!handle.negotiated) handle.negotiated = origin_.time;
  }
  void join(feeds::RoomJoined joined) {
    if (joined.user_id.empty()) joined.user_id = origin_.handle_key;
    const RoomKey room{origin_.server, joined.plugin, joined.room};
    if (origin_.seen_at &&
        feed_.rooms_.left_after(room, joined.user_id, origin_.session_key, *origin_.seen_at)) {
      return;
    }
    if (origin_.handle_key.empty()) {  // the feed tells people and connections apart
      feed_.rooms_.join(origin_, joined);
      return feed_.resolve(room, "owner", joined.user_id);
    }
    Handle& handle = this->handle();
    // A mountpoint sends to its viewers, and they publish nothing.
    if (joined.plugin != "streaming") handle.role = kPublisher;
    handle.room = joined.room;
    if (handle.plugin.empty()) handle.plugin = joined.plugin;
    feed_.own(handle, feed_.rooms_.join(origin_, joined).id);
    feed_.own_subscriptions(origin_, joined.room);
    feed_.resolve(room, "feed", joined.user_id);
    if (!joined.private_id.empty()) feed_.resolve(room, "private_id", joined.private_id);
  }

  FeedSide& feed_;
  const feeds::FactOrigin& origin_;
};

FeedSide::FeedSide(HostId host, Bounds bounds, TokenIndex& tokens)
    : host_(host),
      bounds_(bounds),
      tokens_(tokens),
      rooms_(host, bounds.max_sessions, bounds.cascade_rooms, [this] { return connected(); }),
      transport_of_session_(2 * bounds.max_sessions),
      address_of_transport_(2 * bounds.max_sessions),
      awaiting_(2 * bounds.max_connections) {}

void FeedSide::take(const feeds::Fact& fact) {
  if (stale(fact)) return;
  std::visit(Reader(*this, fact.origin), fact.body);
  note(fact);
}

void FeedSide::finish(const model::Ending& ending) {
  rooms_.end_all(ending);
  for (auto& [id, handle] : handles_) {
    if (handle.negotiated) changed_.insert(id);
  }
}

const Handle* FeedSide::find(ConnectionId id) const {
  const auto found = handles_.find(id);
  return found == handles_.end() ? nullptr : &found->second;
}

Handle& FeedSide::handle(const feeds::FactOrigin& origin) {
  const HandleKey key{{origin.server, origin.session_key}, origin.handle_key};
  const auto known = current_.find(key);
  Handle& handle = known == current_.end() ? fresh_handle(origin, 0) : handles_.at(known->second);
  if (handle.opaque_id.empty()) handle.opaque_id = origin.opaque_id;
  return handle;
}

Handle& FeedSide::fresh_handle(const feeds::FactOrigin& origin, std::uint64_t generation) {
  if (handles_.size() >= bounds_.max_connections) evict_connections();
  const ConnectionId id{StableHash{}
                            .add(host_.value)
                            .add(origin.server)
                            .add(origin.session_key)
                            .add(origin.handle_key)
                            .add(generation)
                            .value()};
  Handle& handle = handles_[id];
  handle.id = id;
  handle.generation = generation;
  handle.server = origin.server;
  handle.session_key = origin.session_key;
  handle.handle_key = origin.handle_key;
  handle.first_fact = origin.time;
  current_[{{origin.server, origin.session_key}, origin.handle_key}] = id;
  return handle;
}

// A handle that was hung up may negotiate again: with new ICE credentials that is another PeerConnection.
Handle& FeedSide::negotiating(const feeds::FactOrigin& origin, const feeds::Description& description) {
  Handle& current = handle(origin);
  changed(current);
  if (!current.ended || !has_new_ufrag(current, description)) return current;
  const Handle before = current;
  Handle& next = fresh_handle(origin, before.generation + 1);
  next.opaque_id = before.opaque_id;
  next.plugin = before.plugin;
  next.role = before.role;
  next.room = before.room;
  next.private_id = before.private_id;
  next.sources = before.sources;
  if (before.role != kEcho) next.presence = before.presence;
  changed(next);
  return next;
}

void FeedSide::post(const Handle& handle, const std::vector<Token>& tokens) {
  for (const Token token : tokens) tokens_.add(token, handle.id);
}

void FeedSide::end(Handle& handle, const model::Ending& ending) {
  if (handle.ended) return;
  handle.ended = ending;
  if (handle.may_be_leaving(ending.time) && ending.reason != "ICE failed") handle.ice_state = "closed";
  changed(handle);
}

void FeedSide::end_handles(const std::string& server, const std::string* session,
                           const model::Ending& ending) {
  const auto first = current_.lower_bound({{server, session == nullptr ? "" : *session}, ""});
  for (auto entry = first; entry != current_.end(); ++entry) {
    const SessionKey& key = entry->first.first;
    if (key.first != server || (session != nullptr && key.second != *session)) break;
    end(handles_.at(entry->second), ending);
  }
}

void FeedSide::own(Handle& handle, SessionId presence) {
  handle.presence = presence;
  changed(handle);
  name_signalling({handle.server, handle.session_key});
}

void FeedSide::name_signalling(const SessionKey& session) {
  const std::string* transport = transport_of_session_.find(session);
  if (transport == nullptr) return;
  const std::string* address = address_of_transport_.find({session.first, *transport});
  if (address == nullptr) return;
  rooms_.signalling_address(rooms_.presence_of(session.first, session.second, ""), *address);
}

void FeedSide::subscribe(const feeds::FactOrigin& origin, const feeds::RoomSubscribed& subscribed) {
  Handle* handle = subscriber_of(origin, subscribed);
  if (handle == nullptr) {
    facts_refused_ += 1;
    return;
  }
  handle->role = kSubscriber;
  handle->room = subscribed.room;
  if (handle->plugin.empty()) handle->plugin = subscribed.plugin;
  if (!subscribed.private_id.empty()) handle->private_id = subscribed.private_id;
  handle->paused = subscribed.paused.value_or(handle->paused);
  const RoomKey room{origin.server, subscribed.plugin, subscribed.room};
  for (const feeds::RoomStream& stream : subscribed.streams) {
    // An inactive medium names no feed any more; whose it was stays true of the packets that came.
    const auto known = handle->sources.find(stream.mid);
    if (stream.feed_id.empty() && known != handle->sources.end()) known->second.active = false;
    if (stream.feed_id.empty() || handle->sources.size() >= Handle::kMaxMids) continue;
    handle->sources[stream.mid] = {stream.feed_id,
                                   stream.feed_display.empty() ? stream.feed_id : stream.feed_display,
                                   rooms_.participant(room, stream.feed_id)};
    if (!handle->sources[stream.mid].participant.valid()) await(room, "feed", stream.feed_id, handle->id);
  }
  changed(*handle);
  const SessionId by_private_id = rooms_.presence_of_private_id(room, handle->private_id);
  const SessionId presence = by_private_id.valid()
                                 ? by_private_id
                                 : rooms_.presence_of(origin.server, origin.session_key, subscribed.room);
  if (presence.valid()) own(*handle, presence);
  if (!presence.valid() && !handle->private_id.empty()) {
    await(room, "private_id", handle->private_id, handle->id);
  }
}

// Somebody who subscribed before joining in our sight: the join names the subscriptions, too.
void FeedSide::own_subscriptions(const feeds::FactOrigin& origin, const std::string& room) {
  const SessionKey session{origin.server, origin.session_key};
  for (auto entry = current_.lower_bound({session, ""});
       entry != current_.end() && entry->first.first == session; ++entry) {
    Handle& handle = handles_.at(entry->second);
    if (handle.role != kSubscriber || handle.room != room || handle.presence.valid()) continue;
    own(handle, rooms_.presence_of(session.first, session.second, room));
  }
}

Handle* FeedSide::subscriber_of(const feeds::FactOrigin& origin, const feeds::RoomSubscribed& subscribed) {
  if (!subscribed.is_update) {
    Handle& own = handle(origin);
    return own.role == kPublisher ? nullptr : &own;
  }
  const auto matches = [&](const Handle& handle) {
    return handle.role == kSubscriber && handle.room == subscribed.room && !handle.ended &&
           handle.private_id == subscribed.private_id && handle.server == origin.server;
  };
  const auto named = current_.find({{origin.server, origin.session_key}, origin.handle_key});
  if (named != current_.end() && matches(handles_.at(named->second))) return &handles_.at(named->second);
  Handle* only = nullptr;
  for (auto& [id, handle] : handles_) {
    if (!matches(handle)) continue;
    if (only != nullptr) return nullptr;
    only = &handle;
  }
  return only;
}

SessionId FeedSide::presence_in(const feeds::Fact& fact) const {
  const auto by_user = [&](const auto& body) {
    return rooms_.presence({fact.origin.server, body.plugin, body.room}, body.user_id);
  };
  const auto* left = std::get_if<feeds::RoomLeft>(&fact.body);
  if (left != nullptr && !left->user_id.empty()) return by_user(*left);
  if (const auto* unpublished = std::get_if<feeds::RoomUnpublished>(&fact.body)) return by_user(*unpublished);
  const HandleKey key{{fact.origin.server, fact.origin.session_key}, fact.origin.handle_key};
  const auto handle = current_.find(key);
  if (handle != current_.end()) return handles_.at(handle->second).presence;
  return rooms_.presence_of(fact.origin.server, fact.origin.session_key, "");
}

void FeedSide::note(const feeds::Fact& fact) {
  // What is found to be so is no event.
  if (fact.origin.seen_at) return;
  const bool about_nobody = fact.origin.session_key.empty() && fact.origin.handle_key.empty();
  if (about_nobody && std::holds_alternative<feeds::OtherEvent>(fact.body)) return;
  const SessionId presence = presence_in(fact);
  const model::Session* session = rooms_.session(presence);
  const model::Participant* who = session == nullptr ? nullptr : rooms_.participant(session->participant);
  const auto line = describe(fact.body, who == nullptr ? "" : who->display);
  if (!line) return;
  model::Event event;
  event.time = fact.origin.time;
  event.host = host_;
  event.source = model::Source::kFeed;
  event.kind = line->kind;
  event.text = line->text;
  event.detail = line->detail;
  if (const auto* notice = std::get_if<feeds::RoomNotice>(&fact.body)) {
    event.conference = rooms_.conference({fact.origin.server, notice->plugin, notice->room});
  }
  if (session != nullptr) {
    event.session = presence;
    event.conference = session->conference;
    event.participant = session->participant;
  }
  const auto handle = current_.find({{fact.origin.server, fact.origin.session_key}, fact.origin.handle_key});
  if (handle != current_.end() && handles_.at(handle->second).negotiated) event.connection = handle->second;
  events_.push_back(std::move(event));
}

}  // namespace rtcscope::correlator
