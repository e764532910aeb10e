#pragma once
// The read side on one connection. All throw Fault; the caller holds a transaction around each call.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "store/queries.hpp"
#include "store/sql/connection.hpp"

namespace rtcscope::store::sql {

Page<ConferenceRow> read_conferences(Connection& connection, const ConferenceQuery& query);
Page<ParticipantRow> read_participants(Connection& connection, const ParticipantQuery& query);
Page<model::Session> read_sessions(Connection& connection, const SessionQuery& query);
Page<ConnectionRow> read_connections(Connection& connection, const ConnectionQuery& query);
Page<FlowRow> read_flows(Connection& connection, const FlowQuery& query);
Page<StreamRow> read_streams(Connection& connection, const StreamQuery& query);
Page<EventRow> read_events(Connection& connection, const EventQuery& query);
Page<model::Issue> read_issues(Connection& connection, const IssueQuery& query);
Page<model::Host> read_hosts(Connection& connection, const PageRequest& page);
Page<model::StreamSample> read_samples(Connection& connection, const SampleQuery& query);

std::optional<ConferenceDetail> read_conference(Connection& connection, ConferenceId id);
std::optional<ParticipantDetail> read_participant(Connection& connection, ParticipantId id);
std::optional<SessionDetail> read_session(Connection& connection, SessionId id);
std::optional<ConnectionDetail> read_connection(Connection& connection, ConnectionId id);
std::optional<FlowRow> read_flow(Connection& connection, FlowId id);
std::optional<StreamRow> read_stream(Connection& connection, StreamId id);

std::optional<SampleSpan> read_sample_span(Connection& connection, std::span<const StreamId> streams,
                                           const TimeRange& time);
std::vector<SeriesPoint> read_series(Connection& connection, StreamId stream, const TimeRange& time,
                                     Duration resolution);
std::vector<SearchHit> read_search(Connection& connection, const std::string& text, std::uint32_t limit);
Overview read_overview(Connection& connection, const OverviewQuery& query);
LiveCounts read_live_counts(Connection& connection);

}  // namespace rtcscope::store::sql
