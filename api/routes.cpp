#include "api/routes.hpp"

#include <algorithm>
#include <array>

#include "api/handlers.hpp"
#include "api/owt/view.hpp"
#include "api/peermetrics/handlers.hpp"

namespace rtcscope::api {
namespace {

using access::Need;

Parameter text(const char* name, std::int64_t maximum) {
  return {name, ParameterType::kText, false, 0, maximum};
}
Parameter word(const char* name, std::vector<const char*> words) {
  return {name, ParameterType::kWord, false, 0, 0, std::move(words)};
}
Parameter id(const char* name) {
  return {name, ParameterType::kId};
}
Parameter time(const char* name) {
  return {name, ParameterType::kTime};
}

// The shared ones, under the names they have in openapi.yaml.
const Parameter kState = word("state", {"live", "ended"});
const Parameter kLimit{"limit", ParameterType::kInteger, false, 1, store::kMaxPage};
const Parameter kCursor = text("cursor", 512);
const Parameter kConferenceId = id("conference_id");
const Parameter kParticipantId = id("participant_id");
const Parameter kConnectionId = id("connection_id");
const Parameter kFrom = time("from");
const Parameter kTo = time("to");
const Parameter kResolution{"resolution_s", ParameterType::kInteger, false, 1, 86'400};

std::vector<Route> picture_routes() {
  return {
      {"GET",
       "/api/v1/conferences",
       "list_conferences",
       Need::kViewer,
       {kState, text("room", 256), text("q", 256), kFrom, kTo, word("sort", {"worst", "newest"}), kLimit,
        kCursor},
       list_conferences},
      {"GET", "/api/v1/conferences/{id}", "show_conference", Need::kViewer, {}, show_conference},
      {"GET",
       "/api/v1/participants",
       "list_participants",
       Need::kViewer,
       {kConferenceId, kState, text("q", 256), kLimit, kCursor},
       list_participants},
      {"GET", "/api/v1/participants/{id}", "show_participant", Need::kViewer, {}, show_participant},
      {"GET",
       "/api/v1/sessions",
       "list_sessions",
       Need::kViewer,
       {kConferenceId, kParticipantId, kState, kLimit, kCursor},
       list_sessions},
      {"GET", "/api/v1/sessions/{id}", "show_session", Need::kViewer, {}, show_session},
      {"GET",
       "/api/v1/connections",
       "list_connections",
       Need::kViewer,
       {kConferenceId, kParticipantId, kState, kLimit, kCursor},
       list_connections},
      {"GET", "/api/v1/connections/{id}", "show_connection", Need::kViewer, {}, show_connection},
      {"GET",
       "/api/v1/connections/{id}/client_reports",
       "show_client_reports",
       Need::kViewer,
       {},
       show_client_reports},
      {"GET",
       "/api/v1/connections/{id}/capture",
       "show_connection_capture",
       Need::kOperator,
       {kFrom, kTo, {"pseudonymise", ParameterType::kBoolean}},
       show_connection_capture},
      {"GET",
       "/api/v1/events",
       "list_events",
       Need::kViewer,
       {kConferenceId, kParticipantId, kConnectionId, text("kind", 64), kFrom, kTo, kLimit, kCursor},
       list_events},
      {"GET",
       "/api/v1/issues",
       "list_issues",
       Need::kViewer,
       {kConferenceId,
        kParticipantId,
        kConnectionId,
        text("kind", 64),
        {"open", ParameterType::kBoolean},
        kLimit,
        kCursor},
       list_issues},
      {"GET",
       "/api/v1/search",
       "search",
       Need::kViewer,
       {{"q", ParameterType::kText, true, 1, 256}, kLimit},
       search},
      {"GET", "/api/v1/hosts", "list_hosts", Need::kViewer, {kLimit, kCursor}, list_hosts},
  };
}

std::vector<Route> figure_routes() {
  return {
      {"GET",
       "/api/v1/flows",
       "list_flows",
       Need::kViewer,
       {kConferenceId,
        kParticipantId,
        kConnectionId,
        id("host_id"),
        {"address", ParameterType::kAddress},
        {"unmatched", ParameterType::kBoolean},
        kState,
        kLimit,
        kCursor},
       list_flows},
      {"GET", "/api/v1/flows/{id}", "show_flow", Need::kViewer, {}, show_flow},
      {"GET",
       "/api/v1/streams",
       "list_streams",
       Need::kViewer,
       {kConferenceId, kParticipantId, kConnectionId, id("flow_id"),
        word("direction", {"uplink", "downlink", "unknown"}), kState, kLimit, kCursor},
       list_streams},
      {"GET", "/api/v1/streams/{id}", "show_stream", Need::kViewer, {}, show_stream},
      {"GET",
       "/api/v1/streams/{id}/samples",
       "list_stream_samples",
       Need::kViewer,
       {kFrom, kTo, kLimit, kCursor},
       list_stream_samples},
      {"GET",
       "/api/v1/streams/{id}/series",
       "show_stream_series",
       Need::kViewer,
       {kFrom, kTo, kResolution},
       show_stream_series},
      {"GET",
       "/api/v1/participants/{id}/series",
       "show_participant_series",
       Need::kViewer,
       {kFrom, kTo, kResolution},
       show_participant_series},
      {"GET", "/api/v1/overview", "show_overview", Need::kViewer, {kFrom, kTo, kResolution}, show_overview},
  };
}

std::vector<Route> access_routes() {
  constexpr std::size_t kMaxBody = 4096;
  return {
      {"GET", "/api/v1/tokens", "list_tokens", Need::kAdmin, {}, list_tokens},
      {"POST", "/api/v1/tokens", "create_token", Need::kAdmin, {}, create_token, kMaxBody},
      {"DELETE", "/api/v1/tokens/{id}", "revoke_token", Need::kAdmin, {}, revoke_token},
      {"POST", "/api/v1/login", "login", Need::kNothing, {}, login, kMaxBody},
      {"POST", "/api/v1/logout", "logout", Need::kViewer, {}, logout},
      {"GET", "/api/v1/session", "show_caller", Need::kViewer, {}, show_caller},
  };
}

std::vector<Route> appliance_routes() {
  return {
      {"GET", "/api/v1/stats", "show_stats", Need::kViewer, {}, show_stats},
      {"GET", kLivePath, "show_live", Need::kViewer, {text("topics", 1024)}, show_live},
      {"GET", kLiveSocketPath, "show_live_socket", Need::kViewer, {text("topics", 1024)}, show_live_socket},
      {"GET", "/api/v1/openapi.yaml", "show_openapi", Need::kViewer, {}, show_openapi},
      {"GET", "/healthz", "show_liveness", Need::kNothing, {}, show_liveness},
      {"GET", "/readyz", "show_readiness", Need::kNothing, {}, show_readiness},
      {"GET", "/metrics", "show_metrics", Need::kViewer, {}, show_metrics},
      {"GET", "/version", "show_version", Need::kNothing, {}, show_version},
      {"POST", "/ingest/janus", "ingest_janus", Need::kIngest, {}, ingest_janus, kMaxIngestBytes},
      {"GET", kEventSocketPath, "ingest_janus_socket", Need::kIngest, {}, ingest_janus_socket},
  };
}

/// The answers depend on neither who asks nor the clock nor anything but the store's entities and samples.
void mark_those_of_rows_alone(std::vector<Route>& routes) {
  constexpr std::array kHandlers{
      list_conferences, show_conference,    list_participants,      show_participant, list_sessions,
      show_session,     list_connections,   show_connection,        list_issues,      list_hosts,
      list_flows,       show_flow,          list_streams,           show_stream,      list_stream_samples,
      search,           show_stream_series, show_participant_series};
  for (Route& route : routes) {
    route.of_rows_alone = std::find(kHandlers.begin(), kHandlers.end(), route.handler) != kHandlers.end();
  }
}

std::vector<Route> all_routes() {
  std::vector<Route> all = picture_routes();
  for (auto&& part :
       {figure_routes(), access_routes(), appliance_routes(), peermetrics::routes(), owt::routes()})
    all.insert(all.end(), part.begin(), part.end());
  mark_those_of_rows_alone(all);
  return all;
}

/// Cuts the segment before the next '/' off `path`.
std::string_view next_segment(std::string_view& path) {
  const std::size_t end = std::min(path.find('/'), path.size());
  const std::string_view segment = path.substr(0, end);
  path.remove_prefix(end);
  if (!path.empty()) path.remove_prefix(1);
  return segment;
}

bool is_name(std::string_view segment) {
  return segment.starts_with('{');
}

bool is_below(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

}  // namespace

const std::vector<Route>& routes() {
  static const std::vector<Route> kRoutes = all_routes();
  return kRoutes;
}

bool path_matches(std::string_view path_template, std::string_view path, std::string_view& id) {
  id = {};
  if (std::count(path.begin(), path.end(), '/') !=
      std::count(path_template.begin(), path_template.end(), '/')) {
    return false;
  }
  while (!path_template.empty() || !path.empty()) {
    const std::string_view wanted = next_segment(path_template);
    const std::string_view given = next_segment(path);
    if (is_name(wanted) && !given.empty()) {
      id = given;
    } else if (wanted != given) {
      return false;
    }
  }
  return true;
}

Arguments path_arguments(std::string_view path_template, std::string_view path) {
  Arguments arguments;
  while (!path_template.empty() && !path.empty()) {
    const std::string_view wanted = next_segment(path_template);
    const std::string_view given = next_segment(path);
    std::string text;
    if (is_name(wanted) && http::percent_decode(given, false, text)) arguments.put(wanted, std::move(text));
  }
  return arguments;
}

Dialect dialect_of(std::string_view path) {
  if (is_below(path, "/owt")) return Dialect::kOwt;
  return is_below(path, "/v1") ? Dialect::kPeermetrics : Dialect::kRtcscope;
}

bool is_api_path(std::string_view path) {
  const auto below = [&](std::string_view folder) { return is_below(path, folder); };
  return dialect_of(path) != Dialect::kRtcscope || below("/api") || below("/ingest") || below("/healthz") ||
         below("/readyz") || below("/metrics") || below("/version");
}

}  // namespace rtcscope::api
