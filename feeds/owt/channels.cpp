// The three ways in which OWT tells: answers of the management API, signals of the portal, casts of the
// broker.

#include <string_view>

#include "decoders/sdp/session_description.hpp"
#include "feeds/owt/speaker.hpp"
#include "feeds/owt/translator.hpp"

namespace rtcscope::feeds::owt {
namespace {

std::set<std::string> to_set(const std::vector<std::string>& ids) {
  return {ids.begin(), ids.end()};
}

}  // namespace

void Translator::take(const OwtAnswer& answer, Speaker& speaker) {
  if (answer.path == "inventory") return take_inventory(speaker);
  if (answer.path.starts_with("/services/")) return speaker.about_room(ServerSeen{"owt", ""});
  const RoomPath path = parse_room_path(answer.path);
  if (path.room.empty()) return;
  if (path.resource == "participants") {
    const auto people = parse_list<Participant>(speaker.json(), parse_participant);
    if (!people) return speaker.refuse(EventErrc::kBadMember);
    return take_people(path.room, *people, speaker);
  }
  if (path.resource == "streams") {
    const auto streams = parse_list<Stream>(speaker.json(), parse_stream);
    if (!streams) return speaker.refuse(EventErrc::kBadMember);
    return take_streams(path.room, *streams, answer.guess, speaker);
  }
  const auto ids = parse_list<std::string>(speaker.json(), parse_id);
  if (!ids) return speaker.refuse(EventErrc::kBadMember);
  take_others(path.room, path.resource, to_set(*ids), speaker);
}

// A room that was deleted is asked for no more: nobody says otherwise that its people are gone.
void Translator::take_inventory(Speaker& speaker) {
  if (!speaker.json().is_array()) return speaker.refuse(EventErrc::kBadMember);
  std::set<std::string> listed;
  for (const Json& id : speaker.json()) listed.insert(id_text(id));
  std::vector<std::string> gone;
  for (const auto& [id, room] : rooms_) {
    if (listed.count(id) == 0) gone.push_back(id);
  }
  for (const std::string& id : gone) {
    take_people(id, {}, speaker);
    take_streams(id, {}, /*guess=*/true, speaker);
  }
}

void Translator::take(const OwtSignal& signal, Speaker& speaker) {
  Fields fields(speaker.json());
  const std::string event = fields.text("event");
  if (!fields.ok()) return speaker.refuse(EventErrc::kBadEnvelope);
  if (event == "participant") return take_participant_event(signal.room, speaker);
  if (event == "stream") return take_stream_event(signal.room, speaker);
  if (event != "login") return;
  Fields data(fields.object("data"));
  Fields room(data.object("room"));
  const auto people = parse_list<Participant>(room.array("participants"), parse_participant);
  const auto streams = parse_list<Stream>(room.array("streams"), parse_stream);
  if (!room.ok() || !people || !streams) return speaker.refuse(EventErrc::kBadMember);
  // Who is found to be there did not come now.
  speaker.look_back();
  take_people(signal.room, *people, speaker);
  take_streams(signal.room, *streams, /*guess=*/false, speaker);
}

void Translator::take_participant_event(const std::string& room_id, Speaker& speaker) {
  Fields fields(speaker.json());
  Fields event(fields.object("data"));
  const std::string action = event.text("action");
  if (action == "join") {
    const auto who = parse_participant(event.object("data"));
    if (!event.ok() || !who) return speaker.refuse(EventErrc::kBadMember);
    return joined(room_id, *who, speaker);
  }
  const std::string id = event.optional_text("data");
  if (!event.ok() || action != "leave") return speaker.refuse(EventErrc::kBadMember);
  const auto known = rooms_.find(room_id);
  if (known == rooms_.end() || known->second.people.count(id) == 0) return;
  left(known->second, id, speaker);
  speaker.about_person(id, RoomLeft{kConference, room_id, id, "left"});
  forget_if_empty(room_id);
}

void Translator::take_stream_event(const std::string& room_id, Speaker& speaker) {
  Fields fields(speaker.json());
  Fields event(fields.object("data"));
  const std::string id = event.text("id");
  const std::string status = event.text("status");
  if (!event.ok()) return speaker.refuse(EventErrc::kBadMember);
  if (status == "add") {
    const auto stream = parse_stream(event.object("data"));
    if (!stream) return speaker.refuse(EventErrc::kBadMember);
    return published(room_id, *stream, /*guess=*/false, announced_at(speaker.as_of()), speaker);
  }
  const auto known = rooms_.find(room_id);
  if (status != "remove" || known == rooms_.end()) return;
  unpublished(room_id, known->second, id, /*guess=*/false, speaker);
}

void Translator::take(const OwtCast& cast, Speaker& speaker) {
  Fields fields(speaker.json());
  // Replies of calls come the same way and have no method.
  if (!fields.has("method")) return;
  const std::string method = fields.text("method");
  const Json& arguments = fields.array("args");
  const bool ours = method == "onTransportProgress" || method == "onTrackUpdate";
  if (!fields.ok()) return speaker.refuse(EventErrc::kBadEnvelope);
  if (!ours) return;
  const bool formed = arguments.size() >= 2 && arguments[0].is_string() && arguments[1].is_object();
  if (!formed) return speaker.refuse(EventErrc::kBadMember);
  const std::string id = clean_utf8(arguments[0].get_ref<const std::string&>());
  if (method == "onTransportProgress") return take_progress(id, speaker);
  take_track(cast.room, id, speaker);
}

void Translator::take_progress(const std::string& transport, Speaker& speaker) {
  const Json& status = speaker.json()["args"][1];
  Fields fields(status);
  const std::string type = fields.text("type");
  if (!fields.ok() || transport.empty()) return speaker.refuse(EventErrc::kBadMember);
  if (type == "answer" || type == "offer") {
    const Json* text = fields.find("sdp");
    if (text == nullptr || !text->is_string()) return speaker.refuse(EventErrc::kBadMember);
    auto sdp = sdp::parse_sdp(text->get_ref<const std::string&>());
    if (!sdp) return speaker.refuse(EventErrc::kBadSdp);
    return speaker.about_transport(transport, Description{DescriptionOwner::kServer, type, *std::move(sdp)});
  }
  if (type == "candidate") {
    // The text of a=candidate, or the object of the W3C's RTCIceCandidateInit around it.
    const Json* found = fields.find("candidate");
    if (found != nullptr && found->is_object()) found = Fields(*found).find("candidate");
    if (found == nullptr || !found->is_string()) return speaker.refuse(EventErrc::kBadMember);
    std::string_view line = found->get_ref<const std::string&>();
    if (line.starts_with("a=")) line.remove_prefix(2);
    auto candidate = sdp::parse_candidate(line);
    if (!candidate) return speaker.refuse(EventErrc::kBadCandidate);
    return speaker.about_transport(transport, Candidate{DescriptionOwner::kServer, *std::move(candidate)});
  }
  if (type == "ready") return speaker.about_transport(transport, PeerConnectionUp{});
  if (type != "failed") return;
  speaker.about_transport(transport, IceStateChanged{"failed"});
  speaker.about_transport(transport, PeerConnectionDown{fields.optional_text("reason")});
}

void Translator::take_track(const std::string& room, const std::string& id, Speaker& speaker) {
  Fields update(speaker.json()["args"][1]);
  const std::string type = update.text("type");
  const std::string track = update.optional_text("trackId");
  if (!update.ok() || id.empty()) return speaker.refuse(EventErrc::kBadMember);
  // When a transport is destroyed its tracks are removed in their own name (webrtc agent, destroyTransport).
  if (type == "track-removed" && track == id) {
    const std::string transport = transport_of_track(track);
    if (!transport.empty()) speaker.about_transport(transport, PeerConnectionDown{"destroyed"});
    return;
  }
  if (type != "track-added") return;
  const std::string operation = update.text("operationId");
  const bool publishes = update.optional_text("direction") == "in";
  if (!update.ok()) return speaker.refuse(EventErrc::kBadMember);
  transports_.put(operation, id);
  HandleOwner owner{kConference, room, "", publishes, std::nullopt};
  if (const Place* place = owners_.find(operation); place != nullptr) {
    owner.room = place->room;
    owner.user_id = place->owner;
    const auto known = rooms_.find(place->room);
    if (known != rooms_.end() && known->second.streams.count(operation) != 0) {
      known->second.streams[operation].transport = id;
    }
  }
  speaker.about_transport(id, std::move(owner));
}

}  // namespace rtcscope::feeds::owt
