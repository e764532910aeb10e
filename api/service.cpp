#include "api/service.hpp"

#include <algorithm>
#include <exception>

#include "api/cors.hpp"
#include "api/handlers.hpp"
#include "api/http/host_policy.hpp"
#include "api/http/negotiation.hpp"
#include "api/routes.hpp"

namespace rtcscope::api {
namespace {

bool serves(const Route& route, std::string_view method) {
  return route.method == method || (method == "HEAD" && route.method == std::string_view("GET"));
}

/// The routes of a path, whatever their method, and what stands for {id} in it.
std::vector<const Route*> routes_of(std::string_view path, std::string_view& id) {
  std::vector<const Route*> found;
  for (const Route& route : routes()) {
    std::string_view candidate;
    if (!path_matches(route.path, path, candidate)) continue;
    found.push_back(&route);
    id = candidate;
  }
  return found;
}

const Route* choose(const std::vector<const Route*>& candidates, std::string_view method) {
  const auto found = std::find_if(candidates.begin(), candidates.end(),
                                  [&](const Route* route) { return serves(*route, method); });
  return found == candidates.end() ? nullptr : *found;
}

/// As http::cross_site(), but the Origin that wsevh's library makes up of the address has no port.
bool is_foreign_page(const http::Request& request) {
  const std::string_view origin = request.header("Origin");
  const std::size_t authority = origin.find("://");
  const std::string_view host = authority == std::string_view::npos ? origin : origin.substr(authority + 3);
  const bool same_name = origin.empty() || http::host_name(host) == http::host_name(request.header("Host"));
  const std::string_view site = request.header("Sec-Fetch-Site");
  return !same_name || (!site.empty() && site != "same-origin");
}

bool changes_something(std::string_view method) {
  return method != "GET" && method != "HEAD";
}

http::Response method_not_allowed(const http::Request& request, const std::vector<const Route*>& candidates) {
  std::string allow;
  for (const Route* route : candidates) {
    const std::string method = route->method;
    allow += (allow.empty() ? "" : ", ") + method + (method == "GET" ? ", HEAD" : "");
  }
  http::Response response = http::problem(request, 405, "this path takes " + allow);
  response.headers.push_back({"Allow", allow});
  return response;
}

}  // namespace

Service::Service(Services services)
    : services_(std::move(services)),
      guard_(services_.guard != nullptr ? *services_.guard : open_guard_),
      files_(services_.web_root) {}

std::size_t Service::max_body_bytes(const http::Request& request) const {
  std::string_view id;
  const Route* route = choose(routes_of(request.path(), id), request.method);
  if (route == nullptr || route->max_body_bytes == 0) return 0;
  // Whoever is denied need not send megabytes first.
  return guard_.known(request, route->need) ? route->max_body_bytes : 0;
}

// Janus's wsevh is a client: it connects here and sends its events as text messages.
std::optional<http::MessageTarget> Service::message_target(const http::Request& request) {
  if (request.method != "GET" || request.path() != kEventSocketPath) return std::nullopt;
  const bool upgrade =
      request.header("Upgrade") == "websocket" && !request.header("Sec-WebSocket-Key").empty();
  // Any page may open a WebSocket to anywhere: only what is no page, or is ours, may send events.
  if (!upgrade || request.header("Sec-WebSocket-Version") != "13" || is_foreign_page(request)) {
    return std::nullopt;
  }
  const auto caller = guard_.known(request, access::Need::kIngest);
  if (!caller) return std::nullopt;
  http::MessageTarget target;
  target.subprotocol = request.header("Sec-WebSocket-Protocol");
  target.max_message_bytes = kMaxIngestBytes;
  target.take = [this, authorization = std::string(request.header("Authorization")),
                 authorised = !caller->token_id.empty()](std::string_view text) {
    return services_.ingest_janus({"", authorization, text, authorised}) != 401;
  };
  return target;
}

std::optional<http::HandOver> Service::hand_over(const http::Request& request) {
  if (request.path() != kLivePath && request.path() != kLiveSocketPath) return std::nullopt;
  std::string_view id;
  const Route* route = choose(routes_of(request.path(), id), request.method);
  // A page of another site may open a WebSocket to anywhere, with this site's cookie.
  const bool stranger = is_foreign_page(request) && !allowed_origin(request, services_.cors_origins);
  if (route == nullptr || stranger) return std::nullopt;
  const auto caller = guard_.known(request, route->need);
  if (!caller) return std::nullopt;
  const auto arguments = parse_query(request.query(), route->query);
  if (!arguments) return std::nullopt;
  const auto still_allowed = [this, request, need = route->need] {
    return guard_.known(request, need).has_value();
  };
  auto target = listen_live(services_, request, *arguments, *caller, still_allowed);
  if (!target) return std::nullopt;
  allow_origin(request, services_.cors_origins, target->head);
  http::finish(request, target->head);
  return target;
}

http::Response Service::respond(const http::Request& request) {
  http::Response response;
  try {
    response = is_preflight(request) ? preflight(request, services_.cors_origins) : dispatch(request);
  } catch (const std::exception& error) {
    if (services_.on_error) services_.on_error("api: request " + request.id + " failed: " + error.what());
    response = http::problem(request, 500, "rtcscope failed to answer; its log says more");
  }
  allow_origin(request, services_.cors_origins, response);
  http::finish(request, response);
  return response;
}

http::Response Service::dispatch(const http::Request& request) {
  std::string_view id;
  const auto candidates = routes_of(request.path(), id);
  // A media server's deliveries are as many as they are.
  const bool ingest = !candidates.empty() && candidates.front()->need == access::Need::kIngest;
  if (const auto denial = ingest ? std::nullopt : guard_.limit(request)) {
    return access::denied(request, *denial, access::Need::kViewer);
  }
  if (candidates.empty()) {
    if (is_api_path(request.path())) return http::problem(request, 404, "there is nothing at this path");
    return files_.respond(request);
  }
  const Route* route = choose(candidates, request.method);
  if (route == nullptr) return method_not_allowed(request, candidates);
  // A page of another site can make a browser send this, but not read the answer.
  if (changes_something(request.method) && !allowed_origin(request, services_.cors_origins) &&
      http::cross_site(request.header("Host"), request.header("Origin"), request.header("Sec-Fetch-Site"))) {
    return http::problem(request, 403, "pages of other sites may change nothing here");
  }
  const auto caller = guard_.admit(request, route->need);
  if (!caller) return access::denied(request, caller.error(), route->need);
  auto arguments = parse_query(request.query(), route->query);
  if (!arguments) return http::problem(request, 400, arguments.error().detail);
  if (!id.empty()) {
    const auto number = parse_id(id);
    if (!number) return http::problem(request, 400, "an identifier has 16 hexadecimal digits");
    arguments->put("{id}", *number);
  }
  return route->handler(services_, {request, *arguments, *caller});
}

}  // namespace rtcscope::api
