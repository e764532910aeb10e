#include "api/answers.hpp"
#include "api/owt/handlers.hpp"

namespace rtcscope::api::owt {
namespace {

using access::Need;

std::string_view method_of(const http::Request& request) {
  return request.method == "HEAD" ? std::string_view("GET") : std::string_view(request.method);
}

/// By the status of a problem of ours (errors.js): what it has no code for is unexpected to it.
int code_of(int status) {
  switch (status) {
    case 400:
    case 413:
      return 1201;
    case 401:
      return 1101;
    case 403:
      return 1102;
    case 404:
    case 405:
      return 1001;
    default:
      return 2001;
  }
}

}  // namespace

http::Response error_response(int status, int code, const std::string& message) {
  http::Response response =
      json_answer({{"error", {{"code", code}, {"message", message}}}}, http::Caching::kNever);
  response.status = status;
  return response;
}

http::Response in_their_words(const http::Response& problem) {
  // Express takes a method that a path does not have for a path that is not there.
  const int status = problem.status == 405 ? 404 : problem.status;
  const Json json = Json::parse(problem.body, nullptr, false);
  const auto detail = json.is_object() ? json.find("detail") : json.end();
  const bool told = status != 404 && json.is_object() && detail != json.end() && detail->is_string();
  http::Response response =
      error_response(status, code_of(status), told ? detail->get<std::string>() : "Resource not found");
  const std::string_view wait = http::find_header(problem.headers, "Retry-After");
  if (!wait.empty()) response.headers.push_back({"Retry-After", std::string(wait)});
  return response;
}

http::Response refuse(const Services& services, const http::Request& request) {
  if (services.owt == nullptr || method_of(request) == "GET") {
    return error_response(404, 1001, "Resource not found");
  }
  return refuse_change(services, {request, {}, {}});
}

std::vector<Route> routes() {
  std::vector<Route> all;
  const auto add = [&](const char* method, const char* path, const char* operation, Handler handler) {
    constexpr std::size_t kMaxUpdates = 4096;
    const bool has_body = method == std::string_view("PATCH");
    all.push_back({method, path, operation, Need::kNothing, {}, handler, has_body ? kMaxUpdates : 0});
  };
  add("GET", "/owt/v1/rooms", "owt_list_rooms", list_rooms);
  add("GET", "/owt/v1/rooms/{room}", "owt_show_room", show_room);
  add("GET", "/owt/v1/rooms/{room}/participants", "owt_list_participants", list_participants);
  add("GET", "/owt/v1/rooms/{room}/participants/{participant}", "owt_show_participant", show_participant);
  add("DELETE", "/owt/v1/rooms/{room}/participants/{participant}", "owt_drop_participant", drop_participant);
  add("GET", "/owt/v1/rooms/{room}/streams", "owt_list_streams", list_streams);
  add("GET", "/owt/v1/rooms/{room}/streams/{stream}", "owt_show_stream", show_stream);
  add("PATCH", "/owt/v1/rooms/{room}/streams/{stream}", "owt_update_stream", update_stream);
  add("GET", "/owt/v1.1/rooms", "owt_list_rooms_v11", list_rooms);
  add("GET", "/owt/v1.1/rooms/{room}", "owt_show_room_v11", show_room);
  add("GET", "/owt/v1.1/rooms/{room}/participants", "owt_list_participants_v11", list_participants);
  add("GET", "/owt/v1.1/rooms/{room}/participants/{participant}", "owt_show_participant_v11",
      show_participant);
  add("DELETE", "/owt/v1.1/rooms/{room}/participants/{participant}", "owt_drop_participant_v11",
      drop_participant);
  add("GET", "/owt/v1.1/rooms/{room}/streams", "owt_list_streams_v11", list_streams);
  add("GET", "/owt/v1.1/rooms/{room}/streams/{stream}", "owt_show_stream_v11", show_stream);
  add("PATCH", "/owt/v1.1/rooms/{room}/streams/{stream}", "owt_update_stream_v11", update_stream);
  return all;
}

}  // namespace rtcscope::api::owt
