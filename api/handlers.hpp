#pragma once
// One function an operation of docs/api/openapi.yaml. They read the store and the counters, and know no
// socket.

#include <functional>
#include <optional>

#include "api/http/hand_over.hpp"
#include "api/routes.hpp"

namespace rtcscope::api {

// handlers_lists.cpp
http::Response list_conferences(const Services& services, const Call& call);
http::Response list_participants(const Services& services, const Call& call);
http::Response list_sessions(const Services& services, const Call& call);
http::Response list_connections(const Services& services, const Call& call);
http::Response list_flows(const Services& services, const Call& call);
http::Response list_streams(const Services& services, const Call& call);
http::Response list_stream_samples(const Services& services, const Call& call);
http::Response list_events(const Services& services, const Call& call);
http::Response list_issues(const Services& services, const Call& call);
http::Response list_hosts(const Services& services, const Call& call);
http::Response search(const Services& services, const Call& call);

// handlers_details.cpp
http::Response show_conference(const Services& services, const Call& call);
http::Response show_participant(const Services& services, const Call& call);
http::Response show_session(const Services& services, const Call& call);
http::Response show_connection(const Services& services, const Call& call);
http::Response show_flow(const Services& services, const Call& call);
http::Response show_stream(const Services& services, const Call& call);

// handlers_series.cpp
http::Response show_stream_series(const Services& services, const Call& call);
http::Response show_participant_series(const Services& services, const Call& call);

// handlers_overview.cpp
http::Response show_overview(const Services& services, const Call& call);

// handlers_client_reports.cpp
http::Response show_client_reports(const Services& services, const Call& call);

// handlers_capture.cpp
http::Response show_connection_capture(const Services& services, const Call& call);

// handlers_access.cpp
http::Response list_tokens(const Services& services, const Call& call);
http::Response create_token(const Services& services, const Call& call);
http::Response revoke_token(const Services& services, const Call& call);
http::Response login(const Services& services, const Call& call);
http::Response logout(const Services& services, const Call& call);
http::Response show_caller(const Services& services, const Call& call);

// handlers_live.cpp
http::Response show_live(const Services& services, const Call& call);
http::Response show_live_socket(const Services& services, const Call& call);
/// Absent: a handler says why. `still_allowed` is asked now and then while it listens.
std::optional<http::HandOver> listen_live(const Services& services, const http::Request& request,
                                          const Arguments& arguments, const access::Caller& caller,
                                          std::function<bool()> still_allowed);

// handlers_appliance.cpp
http::Response show_stats(const Services& services, const Call& call);
http::Response show_openapi(const Services& services, const Call& call);
http::Response show_liveness(const Services& services, const Call& call);
http::Response show_readiness(const Services& services, const Call& call);
http::Response show_metrics(const Services& services, const Call& call);
http::Response show_version(const Services& services, const Call& call);
http::Response ingest_janus(const Services& services, const Call& call);
http::Response ingest_janus_socket(const Services& services, const Call& call);

}  // namespace rtcscope::api
