#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/live/broadcaster.hpp"
#include "api/live/frames.hpp"
#include "base/text.hpp"

namespace rtcscope::api {
namespace {

bool asks_for_socket(const http::Request& request) {
  return equals_ignoring_case(request.header("Upgrade"), "websocket") &&
         request.header("Sec-WebSocket-Version") == "13" && !request.header("Sec-WebSocket-Key").empty();
}

std::optional<live::Topics> topics_of(const Arguments& arguments) {
  return live::parse_topics(arguments.text("topics").value_or("conferences,events"));
}

std::uint64_t last_number(const http::Request& request) {
  const std::string_view text = request.header("Last-Event-ID");
  std::uint64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || number > UINT64_MAX / 20) return 0;
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return number;
}

http::Response head_of(const http::Request& request, bool socket) {
  http::Response head;
  if (!socket) {
    head.media_type = "text/event-stream";
    // nginx gathers answers otherwise.
    head.headers.push_back({"X-Accel-Buffering", "no"});
    return head;
  }
  head.status = 101;
  head.headers.push_back({"Upgrade", "websocket"});
  head.headers.push_back({"Sec-WebSocket-Accept", live::accept_of(request.header("Sec-WebSocket-Key"))});
  return head;
}

}  // namespace

std::optional<http::HandOver> listen_live(const Services& services, const http::Request& request,
                                          const Arguments& arguments, const access::Caller& caller,
                                          std::function<bool()> still_allowed) {
  const bool socket = request.path() == kLiveSocketPath;
  if (services.live == nullptr || request.method != "GET" || (socket && !asks_for_socket(request))) {
    return std::nullopt;
  }
  const auto topics = topics_of(arguments);
  if (!topics || !services.live->reserve()) return std::nullopt;
  live::Listener listener;
  listener.protocol = socket ? live::Protocol::kWebSocket : live::Protocol::kEventStream;
  listener.topics = *topics;
  listener.topics.audit = caller.role == access::Role::kAdmin;
  listener.last_number = last_number(request);
  listener.still_allowed = std::move(still_allowed);
  // std::function wants to be copied; a listener cannot be.
  auto held = std::make_shared<live::Listener>(std::move(listener));
  live::Broadcaster& broadcaster = *services.live;
  const auto take = [held, &broadcaster](std::unique_ptr<http::Peer> peer, std::string early) {
    held->peer = std::move(peer);
    held->early = std::move(early);
    broadcaster.adopt(std::move(*held));
  };
  return http::HandOver{head_of(request, socket), take, [&broadcaster] { broadcaster.give_back(); }};
}

// What may listen never comes as far as these two: see Service::hand_over().
http::Response show_live(const Services& services, const Call& call) {
  if (!topics_of(call.arguments)) {
    return http::problem(
        call.request, 400,
        "parameter \"topics\" is no list of: conferences, events, issues, conference=ID, host=ID");
  }
  if (services.live == nullptr || call.request.method == "HEAD") {
    http::Response response;
    response.media_type = "text/event-stream";
    if (services.live == nullptr) return http::problem(call.request, 503, "nothing is pushed here");
    return response;
  }
  http::Response response = http::problem(call.request, 503, "too many listen already");
  response.headers.push_back({"Retry-After", "10"});
  return response;
}

http::Response show_live_socket(const Services& services, const Call& call) {
  if (topics_of(call.arguments) && !asks_for_socket(call.request)) {
    http::Response response = http::problem(
        call.request, 426, "this path speaks WebSocket with programs and with pages of this server");
    response.headers.push_back({"Upgrade", "websocket"});
    return response;
  }
  return show_live(services, call);
}

}  // namespace rtcscope::api
