#include "feeds/owt/rest_sweep.hpp"

#include <algorithm>

#include "feeds/owt/rest_answers.hpp"

namespace rtcscope::feeds::owt {
namespace {

constexpr const char* kRooms = "/v1/rooms";
constexpr const char* kOfUsedRooms[] = {"streams", "streaming-outs", "recordings", "sipcalls", "analytics"};

/// A room's id goes into paths: only what a server makes ids of may.
bool plain(const std::string& id) {
  return std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  });
}

/// {"error": {"code": 1101, "message": "..."}} as "1101 ..."; "" when it is none.
std::string error_text(std::string_view body) {
  const Json json = parse_bounded(body);
  if (!json.is_object() || !json.contains("error")) return {};
  Fields error(json["error"]);
  const auto code = error.optional_integer("code");
  return (code ? std::to_string(*code) + " " : "") + error.optional_text("message");
}

}  // namespace

void RestSweep::begin() {
  failure_.clear();
  unanswered_ = 0;
  page_ = 1;
  rooms_.clear();
  used_.clear();
  steps_ = {"/services/" + service_, kRooms};
}

std::optional<std::string> RestSweep::next() {
  if (steps_.empty() || !failure_.empty()) return std::nullopt;
  asked_ = std::move(steps_.front());
  steps_.pop_front();
  if (asked_ != kRooms) return asked_;
  return asked_ + "?page=" + std::to_string(page_) + "&per_page=" + std::to_string(kPageSize);
}

bool RestSweep::answer(int status, std::string_view body) {
  const RoomPath path = parse_room_path(asked_);
  if (status != 200) {
    if (path.room.empty()) return fail(status, body);
    if (status == 401) return fail(status, body);
    unanswered_ += status == 404 ? 0 : 1;
    return false;
  }
  if (asked_ == kRooms) return take_rooms(body);
  if (path.resource == "participants") return take_participants(path.room, body);
  return true;
}

bool RestSweep::fail(int status, std::string_view body) {
  failure_ = "HTTP status " + std::to_string(status) + " " + error_text(body);
  if (status == 401) failure_ += ": is it the right service and key?";
  if (status == 404) failure_ += ": there is no such service, or this is no OWT management API";
  return false;
}

bool RestSweep::take_rooms(std::string_view body) {
  const auto page = parse_list<std::string>(parse_bounded(body), parse_id);
  if (!page) {
    failure_ = "the answer to " + std::string(kRooms) + " is no list of rooms: this is no OWT management API";
    return false;
  }
  // The server tells no total: a page that is not full is the last. A page of rooms that are known is no new
  // one.
  bool news = false;
  for (const std::string& room : *page) {
    if (!plain(room) || !rooms_.insert(room).second) continue;
    news = true;
    steps_.push_back("/v1/rooms/" + room + "/participants");
  }
  if (rooms_.size() > kMaxRooms) {
    failure_ = "the service has more than " + std::to_string(kMaxRooms) + " rooms";
    return false;
  }
  if (page->size() < kPageSize || !news) return true;
  page_ += 1;
  steps_.push_front(kRooms);
  return true;
}

bool RestSweep::take_participants(const std::string& room, std::string_view body) {
  const auto list = parse_list<Participant>(parse_bounded(body), parse_participant);
  if (!list) {
    unanswered_ += 1;
    return true;  // for the Translator to refuse
  }
  const bool used = std::any_of(list->begin(), list->end(),
                                [&](const Participant& participant) { return participant.user != viewer_; });
  if (!used) return true;
  used_.insert(room);
  for (auto resource = std::rbegin(kOfUsedRooms); resource != std::rend(kOfUsedRooms); ++resource) {
    steps_.push_front("/v1/rooms/" + room + "/" + *resource);
  }
  return true;
}

std::string RestSweep::inventory() const {
  return Json(rooms_).dump();
}

}  // namespace rtcscope::feeds::owt
