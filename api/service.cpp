#include "api/service.hpp"

#include <algorithm>
#include <exception>

#include "api/cors.hpp"
#include "api/handlers.hpp"
#include "api/http/host_policy.hpp"
#include "api/http/negotiation.hpp"
#include "api/owt/view.hpp"
#include "api/peermetrics/desk.hpp"
#include "api/routes.hpp"
#include "base/text.hpp"

namespace rtcscope::api {
namespace {

bool serves(const Route& route, std::string_view method) {
  return route.method == method || (method == "HEAD" && route.method == std::string_view("GET"));
}

Target target_of(const http::Request& request) {
  Target target;
  for (const Route& route : routes()) {
    std::string_view candidate;
    if (!path_matches(route.path, request.path(), candidate)) continue;
    // A path of its own is not also the {id} of another.
    if (!target.of_path.empty() && target.id.empty() && !candidate.empty()) continue;
    target.of_path.push_back(&route);
    target.id = candidate;
    if (target.route == nullptr && serves(route, request.method)) target.route = &route;
  }
  return target;
}

/// Reports come from the pages of any site, and show what lets them in in their bodies.
bool takes_any_page(const Route& route) {
  return dialect_of(route.path) == Dialect::kPeermetrics && route.need == access::Need::kNothing;
}

void allow_any_origin(http::Response& response) {
  response.headers.push_back({"Access-Control-Allow-Origin", "*"});
}

/// A PUT is asked for first (Fetch, 3.2.2).
http::Response preflight_of_reports() {
  http::Response response;
  response.status = 204;
  response.headers.push_back({"Access-Control-Allow-Methods", "GET, POST, PUT"});
  response.headers.push_back({"Access-Control-Allow-Headers", "Content-Type, Cache-Control, Pragma"});
  response.headers.push_back({"Access-Control-Max-Age", "600"});
  allow_any_origin(response);
  return response;
}

http::Response in_words_of(Dialect dialect, http::Response response) {
  const bool problem = response.media_type == "application/problem+json";
  if (!problem || dialect == Dialect::kRtcscope) return response;
  return dialect == Dialect::kOwt ? owt::in_their_words(response) : peermetrics::in_their_words(response);
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
  const Route* route = target_of(request).route;
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
  const Route* route = target_of(request).route;
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
  const Target target = target_of(request);
  const bool any_page = std::any_of(target.of_path.begin(), target.of_path.end(),
                                    [](const Route* route) { return takes_any_page(*route); });
  http::Response response;
  try {
    if (!is_preflight(request)) {
      response = in_words_of(dialect_of(request.path()), dispatch(request, target));
    } else {
      response = any_page ? preflight_of_reports() : preflight(request, services_.cors_origins);
    }
  } catch (const std::exception& error) {
    if (services_.on_error) services_.on_error("api: request " + request.id + " failed: " + error.what());
    response = in_words_of(dialect_of(request.path()),
                           http::problem(request, 500, "rtcscope failed to answer; its log says more"));
  }
  // What a report is answered is for the page that sent it; what was reported is not.
  if (target.route != nullptr && takes_any_page(*target.route)) {
    allow_any_origin(response);
  } else if (find_header(response.headers, "Access-Control-Allow-Origin").empty()) {
    allow_origin(request, services_.cors_origins, response);
  }
  http::finish(request, response);
  return response;
}

http::Response Service::respond_to_theirs(const http::Request& request, const Route& route,
                                          std::string_view id, const access::Caller& caller) {
  const bool wants_id = std::string_view(route.path).find("{id}") != std::string_view::npos;
  if (wants_id && !peermetrics::looks_like_uuid(id)) {
    return http::problem(request, 404, "an identifier is a UUID");
  }
  Arguments arguments;
  // UUIDs are compared as text (RFC 9562, 4: upper case is taken).
  if (wants_id) arguments.put("{id}", lower_case(id));
  return route.handler(services_, {request, arguments, caller});
}

http::Response Service::dispatch(const http::Request& request, const Target& target) {
  const auto& [candidates, route, id] = target;
  // A media server's deliveries are as many as they are.
  const bool ingest = !candidates.empty() && candidates.front()->need == access::Need::kIngest;
  const Dialect dialect = dialect_of(request.path());
  if (const auto denial = ingest ? std::nullopt : guard_.limit(request)) {
    return access::denied(request, *denial, access::Need::kViewer);
  }
  if (dialect == Dialect::kOwt && route == nullptr) return owt::refuse(services_, request);
  if (candidates.empty()) {
    if (is_api_path(request.path())) return http::problem(request, 404, "there is nothing at this path");
    return files_.respond(request);
  }
  if (route == nullptr) return method_not_allowed(request, candidates);
  // A page of another site can make a browser send this, but not read the answer.
  if (changes_something(request.method) && !takes_any_page(*route) &&
      !allowed_origin(request, services_.cors_origins) &&
      http::cross_site(request.header("Host"), request.header("Origin"), request.header("Sec-Fetch-Site"))) {
    return http::problem(request, 403, "pages of other sites may change nothing here");
  }
  const bool open = dialect == Dialect::kPeermetrics && route->need == access::Need::kViewer &&
                    services_.peermetrics != nullptr && services_.peermetrics->options().open_queries;
  const auto caller = guard_.admit(request, open ? access::Need::kNothing : route->need);
  if (!caller) return access::denied(request, caller.error(), route->need);
  if (dialect == Dialect::kPeermetrics) return respond_to_theirs(request, *route, id, *caller);
  if (dialect == Dialect::kOwt) {
    return route->handler(services_, {request, path_arguments(route->path, request.path()), *caller});
  }
  auto arguments = parse_query(request.query(), route->query);
  if (!arguments) return http::problem(request, 400, arguments.error().detail);
  if (!id.empty()) {
    const auto number = parse_id(id);
    if (!number) return http::problem(request, 400, "an identifier has 16 hexadecimal digits");
    arguments->put("{id}", *number);
  }
  return answer(*route, {request, *arguments, *caller});
}

http::Response Service::answer(const Route& route, const Call& call) {
  if (!route.of_rows_alone) return route.handler(services_, call);
  const std::uint64_t version = services_.store.version();
  if (auto known = answers_.find(version, call.request.target)) return *std::move(known);
  http::Response response = route.handler(services_, call);
  answers_.keep(version, call.request.target, response);
  return response;
}

}  // namespace rtcscope::api
