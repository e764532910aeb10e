#include <algorithm>

#include "api/answers.hpp"
#include "api/owt/handlers.hpp"
#include "api/owt/shapes.hpp"
#include "base/text.hpp"

namespace rtcscope::api::owt {
namespace {

http::Response of_fault(const AuthFault& fault) {
  return error_response(fault.status, fault.code, fault.message);
}

http::Response of_answer(const DeedAnswer& answer) {
  if (answer.code != 0) return error_response(answer.status, answer.code, answer.message);
  http::Response response;
  response.status = answer.status;
  response.body = answer.body;
  if (!answer.body.empty()) response.media_type = "application/json";
  return response;
}

/// Who asks, and what was found for it.
struct Asked {
  std::string service;
  model::Conference room;
};

Result<Asked, http::Response> admit(const Services& services, const Call& call) {
  if (services.owt == nullptr) return Unexpected{error_response(404, 1001, "Resource not found")};
  const auto service = services.owt->admit_change(call.request);
  if (!service) return Unexpected{of_fault(service.error())};
  const auto room = room_in_use(services.store, call.arguments.text("{room}").value_or(""));
  if (!room) return Unexpected{error_response(500, 2001, "the store cannot answer")};
  if (!room->has_value()) return Unexpected{error_response(404, 1003, "Room not found")};
  return Asked{*service, **room};
}

/// Has it done, and says so to the audit.
http::Response perform(const Services& services, const Call& call, const Asked& asked, const Deed& deed,
                       const std::string& what) {
  const DeedAnswer answer = services.owt->act(deed);
  if (services.audit) {
    services.audit(
        {deed.kind == Deed::Kind::kDropParticipant ? "owt_participant_dropped" : "owt_stream_muted",
         "OWT service " + asked.service, "", call.request.peer,
         what + " in " + deed.room.plugin + ' ' + deed.room.room + " on " + deed.room.server + ": " +
             std::to_string(answer.status)});
  }
  return of_answer(answer);
}

/// "audio", "video"; "" for anything else.
std::string kind_of(const std::string& path) {
  if (path == "/media/audio/status") return "audio";
  return path == "/media/video/status" ? "video" : "";
}

/// The updates of a stream that are passed on. Errors: 400 for what is no update, 403 for another one.
Result<std::vector<Mute>, http::Response> mutes_of(const std::string& body, const Publication& stream) {
  constexpr int kDepth = 4;
  const auto shallow = [](int depth, Json::parse_event_t, Json&) { return depth <= kDepth; };
  const Json updates = Json::parse(body, shallow, false);
  if (!updates.is_array() || updates.empty()) {
    return Unexpected{error_response(400, 1201, "Failed to parse JSON body")};
  }
  std::vector<Mute> mutes;
  for (const Json& update : updates) {
    const auto text = [&](const char* name) {
      const auto found = update.is_object() ? update.find(name) : update.end();
      return found != update.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    const std::string kind = kind_of(text("path")), value = text("value");
    const bool known = text("op") == "replace" && !kind.empty() && (value == "active" || value == "inactive");
    if (!known || mutes.size() == 2) {
      return Unexpected{error_response(403, 1102, "Permission denied: only a medium's status is passed on")};
    }
    Mute mute{kind, value == "inactive", {}};
    for (const store::StreamRow& row : kind == "audio" ? stream.audio : stream.video) {
      const bool known_mid = std::count(mute.mids.begin(), mute.mids.end(), row.stream.mid) > 0;
      if (!known_mid && !row.stream.mid.empty()) mute.mids.push_back(row.stream.mid);
    }
    mutes.push_back(std::move(mute));
  }
  return mutes;
}

}  // namespace

http::Response drop_participant(const Services& services, const Call& call) {
  const auto asked = admit(services, call);
  if (!asked) return asked.error();
  const auto people = people_in(services.store, asked->room.id);
  if (!people) return error_response(500, 2001, "the store cannot answer");
  const std::string id = call.arguments.text("{participant}").value_or("");
  const bool there = std::any_of(people->begin(), people->end(),
                                 [&](const Person& person) { return person.participant.user_id == id; });
  if (id.empty() || !there) return error_response(404, 1005, "Participant not found");
  return perform(services, call, *asked, {Deed::Kind::kDropParticipant, asked->room, id, "", {}},
                 "dropped participant " + clean_utf8(id, 64));
}

http::Response update_stream(const Services& services, const Call& call) {
  const auto asked = admit(services, call);
  if (!asked) return asked.error();
  const auto published = publications_in(services.store, asked->room.id);
  if (!published) return error_response(500, 2001, "the store cannot answer");
  const auto found = std::find_if(published->begin(), published->end(), [&](const Publication& one) {
    return one.id == call.arguments.text("{stream}");
  });
  if (found == published->end()) return error_response(404, 1004, "Stream not found");
  auto mutes = mutes_of(call.request.body, *found);
  if (!mutes) return mutes.error();
  std::string what;
  for (const Mute& mute : *mutes) {
    what += (what.empty() ? "" : " and ") + std::string(mute.mute ? "muted " : "unmuted ") + mute.kind;
  }
  return perform(services, call, *asked,
                 {Deed::Kind::kMuteStream, asked->room, found->owner, found->id, *std::move(mutes)},
                 what + " of stream " + clean_utf8(found->id, 64));
}

}  // namespace rtcscope::api::owt
