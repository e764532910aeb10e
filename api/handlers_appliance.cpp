#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/openapi_document.hpp"
#include "api/stats_json.hpp"

namespace rtcscope::api {

http::Response show_stats(const Services& services, const Call& call) {
  const auto live = services.store.live_counts();
  if (!live && services.on_error) {
    services.on_error("api: request " + call.request.id + ": " + live.error().message);
  }
  // A store that fails must not hide the counters that say so; "store" in them and /readyz tell of it.
  return json_answer(stats_json(services.stats.stats(), live.value_or(store::LiveCounts{})),
                     http::Caching::kNever);
}

http::Response show_openapi(const Services&, const Call&) {
  http::Response response;
  response.media_type = "application/yaml";
  response.body = openapi_document();
  response.caching = http::Caching::kRevalidate;
  return response;
}

http::Response show_liveness(const Services&, const Call&) {
  return json_answer({{"status", "ok"}}, http::Caching::kNever);
}

http::Response show_readiness(const Services& services, const Call&) {
  std::vector<ReadinessCheck> checks = services.stats.readiness();
  const auto store = services.store.check();
  checks.push_back({"store", store.has_value(), true, store ? "answers" : store.error().message});
  const Json json = readiness_json(checks);
  http::Response response = json_answer(json, http::Caching::kNever);
  if (!json.at("ready").get<bool>()) response.status = 503;
  return response;
}

http::Response show_metrics(const Services& services, const Call&) {
  http::Response response;
  response.media_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = services.metrics();
  response.caching = http::Caching::kNever;
  return response;
}

http::Response show_version(const Services& services, const Call&) {
  return json_answer({{"name", "rtcscope"}, {"version", services.version}, {"api", "v1"}});
}

http::Response ingest_janus_socket(const Services& /*services*/, const Call& call) {
  // What may become a WebSocket never comes this far: see Service::message_target().
  http::Response response = http::problem(
      call.request, 426, "this path speaks WebSocket with programs and with pages of this server");
  response.headers.push_back({"Upgrade", "websocket"});
  return response;
}

http::Response ingest_janus(const Services& services, const Call& call) {
  const http::Request& request = call.request;
  const int status =
      services.ingest_janus({request.header("Content-Encoding"), request.header("Authorization"),
                             request.body, !call.caller.token_id.empty()});
  switch (status) {
    case 400:
      return http::problem(request, 400, "the compressed body is broken");
    case 401: {
      http::Response response = http::problem(request, 401, "user name or password is missing or wrong");
      response.headers.push_back({"WWW-Authenticate", "Basic realm=\"rtcscope\", charset=\"UTF-8\""});
      return response;
    }
    case 413:
      return http::problem(request, 413, "the body is too large");
    case 415:
      return http::problem(request, 415, "the only content coding taken is gzip");
    default:
      // Also when there was no room: the sender could do nothing about it, and the loss is counted.
      return json_answer({{"taken", true}}, http::Caching::kNever);
  }
}

}  // namespace rtcscope::api
