#pragma once
// The rows of clients as Peermetrics serialises its models: every column but is_active, links as ids. Pure.

#include <vector>

#include "api/peermetrics/wire.hpp"
#include "store/client/queries.hpp"

namespace rtcscope::api::peermetrics {

namespace client = store::client;

Json organization_json(const client::Organization& organization);
Json app_json(const client::App& app);
Json conference_json(const client::Conference& conference);
Json conference_row_json(const client::ConferenceRow& row);
Json participant_json(const client::Participant& participant);
Json session_json(const client::Session& session);
Json connection_json(const client::Connection& connection);
Json track_json(const client::Track& track);
Json event_json(const client::Event& event);
Json issue_json(const client::Issue& issue);

/// The snapshots of a graph out of a conference's events of statistics, oldest first.
Json graph_json(const std::vector<client::Event>& events);

}  // namespace rtcscope::api::peermetrics
