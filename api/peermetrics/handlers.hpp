#pragma once
// One function an operation of Peermetrics' API.

#include <functional>

#include "api/peermetrics/desk.hpp"
#include "api/routes.hpp"

namespace rtcscope::api::peermetrics {

// ingest_handlers.cpp
http::Response initialize(const Services& services, const Call& call);
http::Response create_session(const Services& services, const Call& call);
http::Response update_session(const Services& services, const Call& call);
http::Response report_media_event(const Services& services, const Call& call);
http::Response report_browser_event(const Services& services, const Call& call);
http::Response report_connection_event(const Services& services, const Call& call);
http::Response report_connection_events(const Services& services, const Call& call);
http::Response report_stats(const Services& services, const Call& call);
http::Response report_track(const Services& services, const Call& call);
http::Response report_track_event(const Services& services, const Call& call);
http::Response show_page_url(const Services& services, const Call& call);
http::Response stop_conference(const Services& services, const Call& call);
http::Response run_job(const Services& services, const Call& call);
http::Response show_teapot(const Services& services, const Call& call);

// query_handlers.cpp
http::Response list_conferences(const Services& services, const Call& call);
http::Response show_conference(const Services& services, const Call& call);
http::Response list_conference_events(const Services& services, const Call& call);
http::Response show_conference_graphs(const Services& services, const Call& call);
http::Response list_participants(const Services& services, const Call& call);
http::Response show_participant(const Services& services, const Call& call);
http::Response list_sessions(const Services& services, const Call& call);
http::Response show_session(const Services& services, const Call& call);
http::Response list_connections(const Services& services, const Call& call);
http::Response show_connection(const Services& services, const Call& call);
http::Response list_issues(const Services& services, const Call& call);
http::Response show_issue(const Services& services, const Call& call);
http::Response list_browser_events(const Services& services, const Call& call);
http::Response list_media_events(const Services& services, const Call& call);
http::Response list_connection_events(const Services& services, const Call& call);
http::Response list_stats(const Services& services, const Call& call);
http::Response search(const Services& services, const Call& call);

// summary_handlers.cpp
http::Response summarise_conferences(const Services& services, const Call& call);
http::Response summarise_durations(const Services& services, const Call& call);
http::Response summarise_participant_counts(const Services& services, const Call& call);
http::Response summarise_issues(const Services& services, const Call& call);
http::Response summarise_media_errors(const Services& services, const Call& call);
http::Response summarise_connections(const Services& services, const Call& call);
http::Response summarise_setup_times(const Services& services, const Call& call);
http::Response summarise_sessions(const Services& services, const Call& call);

// admin_handlers.cpp
http::Response list_organizations(const Services& services, const Call& call);
http::Response create_organization(const Services& services, const Call& call);
http::Response show_organization(const Services& services, const Call& call);
http::Response update_organization(const Services& services, const Call& call);
http::Response delete_organization(const Services& services, const Call& call);
http::Response list_apps(const Services& services, const Call& call);
http::Response create_app(const Services& services, const Call& call);
http::Response show_app(const Services& services, const Call& call);
http::Response update_app(const Services& services, const Call& call);
http::Response delete_app(const Services& services, const Call& call);
http::Response reset_app_key(const Services& services, const Call& call);

/// The routes of all of these.
std::vector<Route> routes();

using Rows = store::client::Rows;

/// Asks the rows, and answers with what `ask` returns.
http::Response answer_query(const Services& services, const Call& call,
                            const std::function<Answer(Rows&)>& ask);
/// Likewise, but changes them; a refusal undoes it unless it says otherwise.
http::Response answer_change(const Services& services, const Call& call,
                             const std::function<Answer(Rows&)>& change);

}  // namespace rtcscope::api::peermetrics
