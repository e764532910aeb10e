// What rooms look like, whoever tells it: people, streams and what else a room does.

#include "feeds/owt/translator.hpp"

#include <algorithm>

#include "feeds/owt/speaker.hpp"

namespace rtcscope::feeds::owt {
namespace {

/// A stream is announced when its transport is up and its tracks are known: that long after the handshake at
/// most.
constexpr Duration kAnnouncement = std::chrono::seconds{3};
/// Polls further apart say too little about when something began.
constexpr Duration kMaxWindow = std::chrono::seconds{30};

bool by_webrtc(const Stream& stream) {
  return stream.type == "forward" && stream.kind == "webrtc" && !stream.owner.empty();
}

struct Resource {
  const char* name;
  const char* event;
  const char* subject;
};
constexpr Resource kResources[] = {{"recordings", "recording", "recording"},
                                   {"streaming-outs", "streaming_out", "streaming-out"},
                                   {"streaming-ins", "streaming_in", "streaming-in"},
                                   {"sipcalls", "sip_call", "SIP call"},
                                   {"analytics", "analytics", "analytics"}};

}  // namespace

HandleOwner::Window announced_at(UtcTime time) {
  return {time - kAnnouncement, time};
}

DeliveryCounts Translator::take(const Delivery& delivery, FactSink& sink) {
  const auto* answer = std::get_if<OwtAnswer>(&delivery.what);
  const auto* signal = std::get_if<OwtSignal>(&delivery.what);
  const auto* cast = std::get_if<OwtCast>(&delivery.what);
  const std::string server = answer != nullptr   ? answer->server
                             : signal != nullptr ? signal->server
                                                 : cast->server;
  const auto seen_at = answer != nullptr ? std::optional(answer->asked) : std::nullopt;
  Speaker speaker(server, delivery.received, seen_at, parse_bounded(delivery.json), sink);
  if (delivery.json.size() > kMaxDeliveryBytes) {
    speaker.refuse(EventErrc::kTooLarge);
  } else if (speaker.json().is_discarded()) {
    speaker.refuse(EventErrc::kNotJson);
  } else if (answer != nullptr) {
    take(*answer, speaker);
  } else if (signal != nullptr) {
    take(*signal, speaker);
  } else {
    take(*cast, speaker);
  }
  return speaker.counts;
}

Translator::Room* Translator::room(const std::string& id, Speaker& speaker) {
  const auto known = rooms_.find(id);
  if (known != rooms_.end()) return &known->second;
  if (rooms_.size() >= kMaxRooms) {
    speaker.refuse(EventErrc::kTooManyEvents);
    return nullptr;
  }
  return &rooms_[id];
}

void Translator::forget_if_empty(const std::string& id) {
  const auto known = rooms_.find(id);
  if (known == rooms_.end() || !known->second.people.empty() || !known->second.streams.empty()) return;
  rooms_.erase(known);
}

void Translator::joined(const std::string& room_id, const Participant& who, Speaker& speaker) {
  if (who.user == viewer_) return;
  Room* room = this->room(room_id, speaker);
  if (room == nullptr) return;
  if (people_ >= kMaxPeople && room->people.count(who.id) == 0)
    return speaker.refuse(EventErrc::kTooManyEvents);
  people_ += room->people.try_emplace(who.id, speaker.as_of()).second ? 1 : 0;
  speaker.about_person(who.id, RoomJoined{kConference, room_id, who.id, "", who.user});
}

// The transports of who left go with them, and nobody else says so.
void Translator::left(Room& room, const std::string& id, Speaker& speaker) {
  people_ -= room.people.erase(id);
  std::set<std::string> transports;
  for (auto stream = room.streams.begin(); stream != room.streams.end();) {
    const bool own = stream->second.owner == id;
    if (own && !stream->second.transport.empty()) transports.insert(stream->second.transport);
    stream = own ? room.streams.erase(stream) : std::next(stream);
  }
  for (const std::string& transport : transports) {
    speaker.about_transport(transport, PeerConnectionDown{"its participant left"});
  }
}

void Translator::take_people(const std::string& room_id, const std::vector<Participant>& people,
                             Speaker& speaker) {
  RoomRoster roster{kConference, room_id, {}};
  std::set<std::string> listed;
  for (const Participant& who : people) {
    if (who.user == viewer_) continue;
    joined(room_id, who, speaker);
    listed.insert(who.id);
    roster.users.push_back({who.id, who.user});
  }
  const auto known = rooms_.find(room_id);
  if (known == rooms_.end()) return;
  std::vector<std::string> gone;
  for (const auto& [id, since] : known->second.people) {
    // Who came after the question may be missing from the answer and yet be there.
    if (listed.count(id) == 0 && since < speaker.as_of()) gone.push_back(id);
  }
  for (const std::string& id : gone) left(known->second, id, speaker);
  speaker.about_room(std::move(roster));
  forget_if_empty(room_id);
}

void Translator::take_streams(const std::string& room_id, const std::vector<Stream>& streams, bool guess,
                              Speaker& speaker) {
  Room* room = this->room(room_id, speaker);
  if (room == nullptr) return;
  std::optional<HandleOwner::Window> window;
  if (room->streams_asked && speaker.time() - *room->streams_asked <= kMaxWindow) {
    window = {*room->streams_asked - kAnnouncement, speaker.time()};
  }
  std::set<std::string> listed, ingested;
  for (const Stream& stream : streams) {
    if (stream.kind == "streaming") ingested.insert(stream.id);
    if (!by_webrtc(stream)) continue;
    listed.insert(stream.id);
    published(room_id, stream, guess, window, speaker);
  }
  std::vector<std::string> gone;
  for (const auto& [id, stream] : room->streams) {
    if (listed.count(id) == 0 && stream.since < speaker.as_of()) gone.push_back(id);
  }
  for (const std::string& id : gone) unpublished(room_id, *room, id, guess, speaker);
  take_others(room_id, "streaming-ins", std::move(ingested), speaker);
  room->streams_asked = speaker.as_of();
  forget_if_empty(room_id);
}

void Translator::published(const std::string& room_id, const Stream& stream, bool guess,
                           std::optional<HandleOwner::Window> began, Speaker& speaker) {
  Room* room = this->room(room_id, speaker);
  if (room == nullptr || !by_webrtc(stream)) return;
  const auto known = room->streams.find(stream.id);
  const bool is_new = known == room->streams.end();
  if (is_new && room->streams.size() >= kMaxListed) return speaker.refuse(EventErrc::kTooManyEvents);
  std::string transport = stream.transport;
  if (const std::string* told = transports_.find(stream.id); transport.empty() && told != nullptr)
    transport = *told;
  if (transport.empty() && guess) transport = guessed_transport(*room, stream);
  if (transport.empty() && !is_new) transport = known->second.transport;
  const UtcTime since = is_new ? speaker.as_of() : known->second.since;
  room->streams[stream.id] = {stream.owner, transport, since};
  owners_.put(stream.id, {room_id, stream.owner});
  if (transport.empty()) return;
  const bool first = is_new && began.has_value();
  HandleOwner owner{kConference, room_id, stream.owner, true, first ? began : std::nullopt};
  speaker.about_transport(transport, std::move(owner));
  // Only of somebody who is known to be there: the correlator makes a presence of a publisher.
  if (!speaker.is_event() || room->people.count(stream.owner) == 0) return;
  speaker.about_transport(transport, RoomPublished{kConference, room_id, stream.owner, "", stream.media});
}

// A client has one transport for all it publishes (SDK 5.x), named after its first publication or
// subscription.
std::string Translator::guessed_transport(const Room& room, const Stream& stream) const {
  std::string oldest = stream.id;
  UtcTime since = UtcTime::max();
  for (const auto& [id, other] : room.streams) {
    if (other.owner != stream.owner || other.transport.empty() || other.since >= since) continue;
    oldest = other.transport;
    since = other.since;
  }
  return oldest;
}

void Translator::unpublished(const std::string& room_id, Room& room, const std::string& id, bool guess,
                             Speaker& speaker) {
  const auto known = room.streams.find(id);
  if (known == room.streams.end()) return;
  const Published stream = known->second;
  room.streams.erase(known);
  if (speaker.is_event()) {
    speaker.about_person(stream.owner, RoomUnpublished{kConference, room_id, stream.owner});
  }
  const bool more = std::any_of(room.streams.begin(), room.streams.end(), [&](const auto& entry) {
    return entry.second.transport == stream.transport;
  });
  // A transport that was told may serve subscriptions still; of a guessed one nothing is left.
  if (guess && !more && !stream.transport.empty()) {
    speaker.about_transport(stream.transport, PeerConnectionDown{"no stream of it is left"});
  }
}

void Translator::take_others(const std::string& room_id, const std::string& resource,
                             std::set<std::string> ids, Speaker& speaker) {
  Room* room = this->room(room_id, speaker);
  const auto* known = std::find_if(std::begin(kResources), std::end(kResources),
                                   [&](const Resource& r) { return resource == r.name; });
  if (room == nullptr || known == std::end(kResources)) return;
  const auto before = room->others.find(resource);
  const auto tell = [&](const std::string& id, const char* what) {
    speaker.notice(RoomNotice{kConference, room_id, std::string(known->event) + "_" + what,
                              std::string(known->subject) + " " + id + " " + what});
  };
  if (before != room->others.end()) {
    for (const std::string& id : ids) {
      if (before->second.count(id) == 0) tell(id, "started");
    }
    for (const std::string& id : before->second) {
      if (ids.count(id) == 0) tell(id, "stopped");
    }
  }
  room->others[resource] = std::move(ids);
}

}  // namespace rtcscope::feeds::owt
