#pragma once
// Questions to SQL text. Pure: a test asks SQLite how it would answer each one (EXPLAIN QUERY PLAN).
// What comes from outside is only ever a bound value.

#include <string>
#include <string_view>
#include <vector>

#include "store/queries.hpp"
#include "store/sql/connection.hpp"

namespace rtcscope::store::sql {

struct ListSql {
  std::string text;
  std::vector<Value> values;
};

// Letters of the cursors, by list.
inline constexpr char kWorstConferences = 'w';
inline constexpr char kNewestConferences = 'c';
inline constexpr char kParticipants = 'p';
inline constexpr char kSessions = 's';
inline constexpr char kConnections = 'k';
inline constexpr char kFlows = 'f';
inline constexpr char kStreams = 't';
inline constexpr char kEvents = 'e';
inline constexpr char kHosts = 'h';
inline constexpr char kIssues = 'i';
inline constexpr char kSamples = 'm';

/// Rows of a page; one row more is asked for, to know whether there is another page.
std::uint32_t page_size(const PageRequest& page) noexcept;

// Each throws Fault kBadCursor. The rows: the entity's columns, then what the Row type adds.
ListSql conference_list(const ConferenceQuery& query);
ListSql participant_list(const ParticipantQuery& query);
ListSql session_list(const SessionQuery& query);
ListSql connection_list(const ConnectionQuery& query);
ListSql flow_list(const FlowQuery& query);
ListSql stream_list(const StreamQuery& query);
ListSql event_list(const EventQuery& query);  // the id comes first
ListSql issue_list(const IssueQuery& query);
ListSql host_list(const PageRequest& page);
ListSql sample_list(const SampleQuery& query);

// "SELECT <columns> FROM <table and joins>" of those lists, to be followed by WHERE. Aliases: c
// conferences, p participants, s sessions, k connections, f flows, t streams.
const std::string& select_conferences();
const std::string& select_participants();
const std::string& select_sessions();
const std::string& select_connections();  // after the entity: who
const std::string& select_flows();        // after the entity: the connection's conference and participant
const std::string& select_streams();      // after the entity: who

/// LIKE pattern that finds `text` anywhere; use with ESCAPE '\'.
std::string like_pattern(std::string_view text);

}  // namespace rtcscope::store::sql
