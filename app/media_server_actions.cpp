#include "app/media_server_actions.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace rtcscope::app {
namespace {

using api::owt::Deed;
using api::owt::DeedAnswer;
using Json = nlohmann::ordered_json;

DeedAnswer failed(std::string why) {
  return {500, 1301, std::move(why), ""};
}

/// An id that goes into a path as it is (RFC 3986, 2.3).
bool is_plain(const std::string& id) {
  return !id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  });
}

/// Janus has numbers for ids, or texts if it was told to (string_ids).
Json id_json(const std::string& id) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  return error == std::errc{} && end == id.data() + id.size() ? Json(number) : Json(id);
}

/// One Admin API, for as long as a deed takes.
class JanusAdmin {
 public:
  JanusAdmin(const feeds::janus::AdminAddress& address, const std::string& secret, const std::string& ca_file)
      : secret_(secret), transport_(connect_admin(address, ca_file)) {}

  Json ask(Json request) {
    const std::string transaction = "rtcscope-deed-" + std::to_string(++transactions_);
    request["transaction"] = transaction;
    if (!secret_.empty()) request["admin_secret"] = secret_;
    return Json::parse(transport_->exchange(request.dump(), transaction), nullptr, false);
  }

 private:
  const std::string& secret_;
  std::unique_ptr<feeds::janus::AdminTransport> transport_;
  std::uint64_t transactions_ = 0;
};

std::vector<Json> janus_requests(const Deed& deed) {
  Json request{{"request", "kick"}, {"room", id_json(deed.room.room)}, {"id", id_json(deed.person)}};
  if (deed.kind == Deed::Kind::kDropParticipant) return {request};
  std::vector<Json> requests;
  request["request"] = "moderate";
  for (const api::owt::Mute& mute : deed.mutes) {
    for (const std::string& mid : mute.mids) {
      request["mid"] = mid;
      request["mute"] = mute.mute;
      requests.push_back(request);
    }
  }
  return requests;
}

/// Faults are in the envelope, or in what the plugin answers (janus_videoroom.c).
DeedAnswer outcome_of(const Json& answer) {
  constexpr int kNoSuchRoom = 426, kNoSuchFeed = 428, kUnauthorized = 433;
  if (!answer.is_object()) return failed("Janus answers with something else than JSON");
  const auto text = [](const Json& json, const char* name) {
    const auto found = json.find(name);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const auto response = answer.find("response");
  if (text(answer, "janus") != "success" || response == answer.end() || !response->is_object()) {
    const auto error = answer.find("error");
    const bool told = error != answer.end() && error->is_object();
    return failed("Janus refuses: " + (told ? text(*error, "reason") : text(answer, "janus")));
  }
  const auto code = response->find("error_code");
  if (code == response->end() || !code->is_number_integer()) return {200, 0, "", ""};
  const std::string why = text(*response, "error");
  if (*code == kNoSuchRoom) return {404, 1003, "Room not found", ""};
  if (*code == kNoSuchFeed) return {404, 1005, "Participant not found", ""};
  if (*code == kUnauthorized) return {403, 1102, "Permission denied: " + why, ""};
  return failed("Janus refuses: " + why);
}

}  // namespace

MediaServerActions::MediaServerActions(const std::optional<OwtOptions>& owt,
                                       const std::vector<AdminFeedOptions>& janus) {
  if (owt) {
    const feeds::owt::RestAddress address = feeds::owt::parse_rest_address(owt->url);
    owt_name_ = address.name();
    owt_.emplace(address, owt->service, owt->ca_file);
  }
  for (const AdminFeedOptions& one : janus) {
    janus_.push_back({feeds::janus::parse_admin_address(one.url), one.secret, one.ca_file});
  }
}

DeedAnswer MediaServerActions::act(const Deed& deed) {
  const std::lock_guard lock(mutex_);
  try {
    if (deed.room.plugin == "conference") return act_in_owt(deed);
    if (deed.room.plugin == "videoroom") return act_in_janus(deed);
    return {403, 1102, "Permission denied: rooms of " + deed.room.plugin + " have no way to do this", ""};
  } catch (const std::exception& error) {
    return failed(std::string("the media server does not answer: ") + error.what());
  }
}

DeedAnswer MediaServerActions::act_in_owt(const Deed& deed) {
  if (!owt_ || deed.room.server != owt_name_)
    return {403, 1102, "Permission denied: no way to " + deed.room.server, ""};
  const bool drops = deed.kind == Deed::Kind::kDropParticipant;
  const std::string& id = drops ? deed.person : deed.stream;
  if (!is_plain(id)) return {404, drops ? 1005 : 1004, "not found", ""};
  Json updates = Json::array();
  for (const api::owt::Mute& mute : deed.mutes) {
    updates.push_back({{"op", "replace"},
                       {"path", "/media/" + mute.kind + "/status"},
                       {"value", mute.mute ? "inactive" : "active"}});
  }
  const std::string path = "/v1.1/rooms/" + deed.room.room + (drops ? "/participants/" : "/streams/") + id;
  const feeds::owt::RestAnswer answer = drops ? owt_->remove(path) : owt_->patch(path, updates.dump());
  // In its own words, whatever it says.
  return {answer.status, 0, "", answer.body};
}

DeedAnswer MediaServerActions::act_in_janus(const Deed& deed) {
  for (const Janus& one : janus_) {
    JanusAdmin admin(one.address, one.secret, one.ca_file);
    const Json info = admin.ask({{"janus", "info"}});
    // Not in the room of that number of another server.
    if (!info.is_object() || info.value("server-name", Json()) != Json(deed.room.server)) continue;
    DeedAnswer outcome{200, 0, "", ""};
    for (const Json& request : janus_requests(deed)) {
      outcome = outcome_of(admin.ask(
          {{"janus", "message_plugin"}, {"plugin", "janus.plugin.videoroom"}, {"request", request}}));
      if (outcome.status != 200) break;
    }
    return outcome;
  }
  return {403, 1102, "Permission denied: no Admin API of " + deed.room.server + " (--janus-admin)", ""};
}

}  // namespace rtcscope::app
