#include "feeds/janus/admin_sweep.hpp"

#include <charconv>

#include "base/json_depth.hpp"
#include "feeds/janus/event_parser.hpp"
#include "feeds/wire/json_fields.hpp"

namespace rtcscope::feeds::janus {
namespace {

constexpr const char* kVideoRoom = "janus.plugin.videoroom";
constexpr std::size_t kMaxRooms = 10'000;
// Error codes of Janus (apierror.h) that say no more than "gone meanwhile" or "not here".
constexpr std::int64_t kUnauthorizedPlugin = 405, kSessionNotFound = 458, kHandleNotFound = 459,
                       kPluginNotFound = 460;

Json parse(std::string_view json) {
  const bool bad = json.size() > kMaxDeliveryBytes || deeper_than(json, kMaxDepth);
  return bad ? Json(Json::value_t::discarded) : Json::parse(json, nullptr, /*allow_exceptions=*/false);
}

/// Janus wants ids as it gives them: as numbers.
Json number(const std::string& id) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), value);
  return error == std::errc{} && end == id.data() + id.size() ? Json(value) : Json(id);
}

std::vector<std::string> ids(const Json& answer, const char* key) {
  std::vector<std::string> list;
  const auto found = answer.find(key);
  if (found == answer.end() || !found->is_array()) return list;
  for (const Json& id : *found) {
    std::string text = id_text(id);
    if (!text.empty()) list.push_back(std::move(text));
  }
  return list;
}

/// The rooms of a VideoRoom `list` in which somebody is, each as JSON text.
std::vector<std::string> used_rooms(const Json& answer) {
  std::vector<std::string> rooms;
  Fields fields(answer);
  if (!fields.has("response")) return rooms;
  Fields response(fields.object("response"));
  if (!response.has("list")) return rooms;
  for (const Json& json : response.array("list")) {
    Fields room(json);
    const bool used = room.optional_integer("num_participants").value_or(0) > 0;
    if (!used || !room.has("room") || rooms.size() >= kMaxRooms) continue;
    rooms.push_back(json["room"].dump(-1, ' ', false, Json::error_handler_t::replace));
  }
  return rooms;
}

bool connection_is_up(const Json& answer) {
  static const Json::json_pointer kState("/info/webrtc/dtls/dtls-state");
  return answer.is_object() && answer.contains(kState) && answer.at(kState) == "connected";
}

}  // namespace

void AdminSweep::begin(UtcTime now) {
  now_ = now;
  failure_.clear();
  handles_.clear();
  handle_count_ = 0;
  steps_ = {{Kind::kInfo, "", "", ""}, {Kind::kSessions, "", "", ""}};
}

std::optional<std::string> AdminSweep::next(const std::string& transaction, const std::string& secret) {
  if (steps_.empty() || !failure_.empty()) return std::nullopt;
  asked_ = std::move(steps_.front());
  steps_.pop_front();
  Json request{{"transaction", transaction}};
  if (!secret.empty()) request["admin_secret"] = secret;
  if (!asked_.session.empty()) request["session_id"] = number(asked_.session);
  if (!asked_.handle.empty()) request["handle_id"] = number(asked_.handle);
  switch (asked_.kind) {
    case Kind::kInfo:
      request["janus"] = "info";
      break;
    case Kind::kSessions:
      request["janus"] = "list_sessions";
      break;
    case Kind::kHandles:
      request["janus"] = "list_handles";
      break;
    case Kind::kHandleInfo:
      request["janus"] = "handle_info";
      break;
    case Kind::kRooms:
      request.update(
          {{"janus", "message_plugin"}, {"plugin", kVideoRoom}, {"request", {{"request", "list"}}}});
      break;
    case Kind::kRoster:
      request.update({{"janus", "message_plugin"},
                      {"plugin", kVideoRoom},
                      {"request", {{"request", "listparticipants"}, {"room", Json::parse(asked_.room)}}}});
      break;
  }
  return request.dump();
}

bool AdminSweep::fail(std::string why) {
  failure_ = std::move(why);
  return false;
}

bool AdminSweep::answer(std::string_view text, UtcTime asked) {
  const Json json = parse(text);
  if (!json.is_object()) return fail("the answer is no JSON object: this is no Janus Admin API");
  Fields fields(json);
  if (fields.optional_text("janus") == "error" && fields.has("error")) {
    Fields error(fields.object("error"));
    const std::int64_t code = error.optional_integer("code").value_or(0);
    const bool elsewhere = code == kSessionNotFound || code == kHandleNotFound || code == kPluginNotFound ||
                           code == kUnauthorizedPlugin;
    return elsewhere ? false : fail(std::to_string(code) + " " + error.optional_text("reason"));
  }
  switch (asked_.kind) {
    case Kind::kInfo:
      return take_info(text);
    case Kind::kSessions:
      take_sessions(ids(json, "sessions"));
      return false;
    case Kind::kHandles:
      take_handles(ids(json, "handles"));
      return false;
    case Kind::kHandleInfo:
      if (connection_is_up(json)) settled_[asked_.handle] = asked;
      return true;
    case Kind::kRooms:
      for (std::string& room : used_rooms(json)) steps_.push_back({Kind::kRoster, "", "", std::move(room)});
      return false;
    case Kind::kRoster:
      return true;
  }
  return false;
}

bool AdminSweep::take_info(std::string_view text) {
  const Json json = parse(text);
  Fields fields(json);
  server_ = fields.optional_text("server-name");
  if (server_.empty()) return fail("the answer to info names no server: this is no Janus Admin API");
  has_video_room_ = json.contains("plugins") && json["plugins"].contains(kVideoRoom);
  return true;
}

void AdminSweep::take_sessions(const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    handles_[id];
    steps_.push_back({Kind::kHandles, id, "", ""});
  }
  // Rooms behind the handles: a roster is newer than what it is held against.
  if (has_video_room_) steps_.push_back({Kind::kRooms, "", "", ""});
  std::erase_if(settled_, [&](const auto& entry) { return now_ - entry.second > 2 * kSettledInterval; });
}

void AdminSweep::take_handles(const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    if (handle_count_ >= kMaxHandles) {
      fail("the server has more than " + std::to_string(kMaxHandles) + " handles");
      return;
    }
    if (handles_[asked_.session].insert(id).second) handle_count_ += 1;
    const auto settled = settled_.find(id);
    if (settled != settled_.end() && now_ - settled->second < kSettledInterval) continue;
    steps_.push_front({Kind::kHandleInfo, asked_.session, id, ""});
  }
}

std::string AdminSweep::inventory() const {
  return Json{{"janus", "inventory"}, {"handles", handles_}}.dump(-1, ' ', false,
                                                                  Json::error_handler_t::replace);
}

}  // namespace rtcscope::feeds::janus
