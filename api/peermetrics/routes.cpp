#include "api/peermetrics/handlers.hpp"

namespace rtcscope::api::peermetrics {
namespace {

using access::Need;

constexpr std::size_t kSmallBody = 64 * 1024;
constexpr std::size_t kEventBody = 512 * 1024;  // two SDPs, or the statistics of many tracks
constexpr std::size_t kBatchBody = 2 * 1024 * 1024;

Route get(const char* path, const char* operation_id, Handler handler) {
  return {"GET", path, operation_id, Need::kViewer, {}, handler};
}

/// Whoever reports shows a token in the body, or the key of an app.
Route report(const char* method, const char* path, const char* operation_id, Handler handler,
             std::size_t max_body_bytes) {
  return {method, path, operation_id, Need::kNothing, {}, handler, max_body_bytes};
}

Route change(const char* method, const char* path, const char* operation_id, Handler handler) {
  return {method, path, operation_id, Need::kAdmin, {}, handler, kSmallBody};
}

std::vector<Route> report_routes() {
  return {
      report("POST", "/v1/initialize", "pm_initialize", initialize, kSmallBody),
      report("POST", "/v1/sessions", "pm_create_session", create_session, kSmallBody),
      report("PUT", "/v1/sessions", "pm_update_session", update_session, kSmallBody),
      report("POST", "/v1/events/get-user-media", "pm_report_media_event", report_media_event, kSmallBody),
      report("POST", "/v1/events/browser", "pm_report_browser_event", report_browser_event, kSmallBody),
      report("POST", "/v1/connection", "pm_report_connection_event", report_connection_event, kEventBody),
      report("POST", "/v1/connection/batch", "pm_report_connection_events", report_connection_events,
             kBatchBody),
      report("POST", "/v1/stats", "pm_report_stats", report_stats, kEventBody),
      report("POST", "/v1/tracks", "pm_report_track", report_track, kSmallBody),
      report("PUT", "/v1/tracks", "pm_report_track_event", report_track_event, kSmallBody),
      report("POST", "/v1/services/get-url", "pm_show_page_url", show_page_url, kSmallBody),
      report("POST", "/v1/services/stop-conference", "pm_stop_conference", stop_conference, kSmallBody),
      report("GET", "/v1/teapot", "pm_show_teapot", show_teapot, 0),
      change("POST", "/v1/webhooks/jobs", "pm_run_job", run_job),
  };
}

// A summary stands before the {id} that its name would be.
std::vector<Route> query_routes() {
  return {
      get("/v1/conferences", "pm_list_conferences", list_conferences),
      get("/v1/conferences/summary", "pm_summarise_conferences", summarise_conferences),
      get("/v1/conferences/duration-summary", "pm_summarise_durations", summarise_durations),
      get("/v1/conferences/participant-count-summary", "pm_summarise_participant_counts",
          summarise_participant_counts),
      get("/v1/conferences/{id}", "pm_show_conference", show_conference),
      get("/v1/conferences/{id}/events", "pm_list_conference_events", list_conference_events),
      get("/v1/conferences/{id}/graphs", "pm_show_conference_graphs", show_conference_graphs),
      get("/v1/participants", "pm_list_participants", list_participants),
      get("/v1/participants/{id}", "pm_show_participant", show_participant),
      get("/v1/sessions", "pm_list_sessions", list_sessions),
      get("/v1/sessions/summary", "pm_summarise_sessions", summarise_sessions),
      get("/v1/sessions/{id}", "pm_show_session", show_session),
      get("/v1/connections", "pm_list_connections", list_connections),
      get("/v1/connections/summary", "pm_summarise_connections", summarise_connections),
      get("/v1/connections/setup-time-summary", "pm_summarise_setup_times", summarise_setup_times),
      get("/v1/connections/{id}", "pm_show_connection", show_connection),
      get("/v1/issues", "pm_list_issues", list_issues),
      get("/v1/issues/summary", "pm_summarise_issues", summarise_issues),
      get("/v1/issues/gum-summary", "pm_summarise_media_errors", summarise_media_errors),
      get("/v1/issues/{id}", "pm_show_issue", show_issue),
      get("/v1/events/browser", "pm_list_browser_events", list_browser_events),
      get("/v1/events/get-user-media", "pm_list_media_events", list_media_events),
      get("/v1/connection", "pm_list_connection_events", list_connection_events),
      get("/v1/stats", "pm_list_stats", list_stats),
      get("/v1/search", "pm_search", search),
  };
}

std::vector<Route> admin_routes() {
  return {
      get("/v1/organizations", "pm_list_organizations", list_organizations),
      change("POST", "/v1/organizations", "pm_create_organization", create_organization),
      get("/v1/organizations/{id}", "pm_show_organization", show_organization),
      change("PUT", "/v1/organizations/{id}", "pm_update_organization", update_organization),
      change("DELETE", "/v1/organizations/{id}", "pm_delete_organization", delete_organization),
      get("/v1/apps", "pm_list_apps", list_apps),
      change("POST", "/v1/apps", "pm_create_app", create_app),
      get("/v1/apps/{id}", "pm_show_app", show_app),
      change("PUT", "/v1/apps/{id}", "pm_update_app", update_app),
      change("DELETE", "/v1/apps/{id}", "pm_delete_app", delete_app),
      change("POST", "/v1/apps/{id}/reset-key", "pm_reset_app_key", reset_app_key),
  };
}

}  // namespace

std::vector<Route> routes() {
  std::vector<Route> all = report_routes();
  for (auto&& part : {query_routes(), admin_routes()}) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace rtcscope::api::peermetrics
