#include "store/sql/reads.hpp"

#include <algorithm>

#include "store/sql/cursor.hpp"
#include "store/sql/list_sql.hpp"
#include "store/sql/row_codec.hpp"
#include "store/sql/rows.hpp"

namespace rtcscope::store::sql {
namespace {

template <class ReadRow>
auto all_rows(Connection& connection, const ListSql& sql, ReadRow read_row) {
  Statement row = connection.prepare(sql.text);
  bind_all(row, sql.values);
  std::vector<decltype(read_row(row))> rows;
  while (row.step()) rows.push_back(read_row(row));
  return rows;
}

/// The rows of a page and, if there was one row more, the cursor of the last row.
template <class ReadRow, class CursorOf>
auto page_of(Connection& connection, const ListSql& sql, const PageRequest& request, ReadRow read_row,
             CursorOf cursor_of) {
  Page<decltype(read_row(std::declval<Statement&>()))> page;
  page.items = all_rows(connection, sql, read_row);
  if (page.items.size() > page_size(request)) {
    page.items.resize(page_size(request));
    page.next = cursor_of(page.items.back());
  }
  return page;
}

template <class Row>
void complete_all(Connection& connection, std::vector<Row>& rows) {
  for (Row& row : rows) complete(connection, row);
}

template <class ReadRow>
auto one_row(Connection& connection, const std::string& select, const char* where, std::uint64_t id,
             ReadRow read_row) {
  Statement row = connection.prepare(select + where);
  row.bind(to_signed(id));
  std::optional<decltype(read_row(row))> result;
  if (row.step()) result = read_row(row);
  return result;
}

ListSql of_parent(const std::string& select, const char* where_and_order, std::uint64_t id) {
  return {select + where_and_order, {to_signed(id)}};
}

std::vector<ConnectionRow> connections_of(Connection& connection, const char* where_and_order,
                                          std::uint64_t id) {
  auto rows = all_rows(connection, of_parent(select_connections(), where_and_order, id), connection_row);
  complete_all(connection, rows);
  return rows;
}

std::string time_cursor(char list, UtcTime time, std::uint64_t id) {
  return make_cursor(list, {ns_since_epoch(time), to_signed(id)});
}

std::string conference_cursor(const ConferenceRow& row, ConferenceSort sort) {
  const model::Conference& conference = row.conference;
  const std::int64_t start = ns_since_epoch(conference.started_at);
  const std::int64_t id = to_signed(conference.id.value);
  if (sort == ConferenceSort::kNewest) return make_cursor(kNewestConferences, {start, id});
  const std::int64_t live = conference.ended ? 0 : 1;
  return make_cursor(kWorstConferences,
                     {static_cast<std::int64_t>(row.summary.health.word), live, start, id});
}

}  // namespace

Page<ConferenceRow> read_conferences(Connection& connection, const ConferenceQuery& query) {
  return page_of(connection, conference_list(query), query.page, conference_row,
                 [&](const ConferenceRow& row) { return conference_cursor(row, query.sort); });
}

Page<ParticipantRow> read_participants(Connection& connection, const ParticipantQuery& query) {
  auto page = page_of(
      connection, participant_list(query), query.page, participant_row, [](const ParticipantRow& row) {
        return time_cursor(kParticipants, row.participant.first_seen, row.participant.id.value);
      });
  complete_all(connection, page.items);
  return page;
}

Page<model::Session> read_sessions(Connection& connection, const SessionQuery& query) {
  return page_of(connection, session_list(query), query.page, read<model::Session>,
                 [](const model::Session& s) { return time_cursor(kSessions, s.joined_at, s.id.value); });
}

Page<ConnectionRow> read_connections(Connection& connection, const ConnectionQuery& query) {
  auto page =
      page_of(connection, connection_list(query), query.page, connection_row, [](const ConnectionRow& row) {
        return time_cursor(kConnections, row.connection.started_at, row.connection.id.value);
      });
  complete_all(connection, page.items);
  return page;
}

Page<FlowRow> read_flows(Connection& connection, const FlowQuery& query) {
  return page_of(connection, flow_list(query), query.page, flow_row, [](const FlowRow& row) {
    return time_cursor(kFlows, row.flow.first_packet, row.flow.id.value);
  });
}

Page<StreamRow> read_streams(Connection& connection, const StreamQuery& query) {
  return page_of(connection, stream_list(query), query.page, stream_row, [](const StreamRow& row) {
    return time_cursor(kStreams, row.stream.first_packet, row.stream.id.value);
  });
}

Page<EventRow> read_events(Connection& connection, const EventQuery& query) {
  return page_of(connection, event_list(query), query.page, event_row,
                 [](const EventRow& row) { return time_cursor(kEvents, row.event.time, row.id); });
}

Page<model::Issue> read_issues(Connection& connection, const IssueQuery& query) {
  return page_of(connection, issue_list(query), query.page, read<model::Issue>,
                 [](const model::Issue& i) { return time_cursor(kIssues, i.started_at, i.id.value); });
}

Page<model::Host> read_hosts(Connection& connection, const PageRequest& page) {
  return page_of(connection, host_list(page), page, read<model::Host>,
                 [](const model::Host& host) { return time_cursor(kHosts, host.first_seen, host.id.value); });
}

Page<model::StreamSample> read_samples(Connection& connection, const SampleQuery& query) {
  return page_of(
      connection, sample_list(query), query.page, read<model::StreamSample>,
      [](const model::StreamSample& s) { return make_cursor(kSamples, {ns_since_epoch(s.start)}); });
}

std::optional<ConferenceDetail> read_conference(Connection& connection, ConferenceId id) {
  auto conference = one_row(connection, select_conferences(), " WHERE c.id = ?", id.value, conference_row);
  if (!conference) return std::nullopt;
  ConferenceDetail detail{std::move(*conference), {}, {}};
  auto people = all_rows(
      connection,
      of_parent(select_participants(), " WHERE p.conference_id = ? ORDER BY p.first_seen_ns, p.id", id.value),
      participant_row);
  for (ParticipantRow& person : people) {
    complete(connection, person);
    auto theirs = connections_of(connection, " WHERE k.participant_id = ? ORDER BY k.started_at_ns, k.id",
                                 person.participant.id.value);
    detail.participants.push_back({std::move(person), std::move(theirs)});
  }
  detail.connections = connections_of(
      connection, " WHERE k.conference_id = ? AND p.id IS NULL ORDER BY k.started_at_ns, k.id", id.value);
  return detail;
}

std::optional<ParticipantDetail> read_participant(Connection& connection, ParticipantId id) {
  auto person = one_row(connection, select_participants(), " WHERE p.id = ?", id.value, participant_row);
  if (!person) return std::nullopt;
  complete(connection, *person);
  ParticipantDetail detail;
  const auto conference = one_row(connection, select_conferences(), " WHERE c.id = ?",
                                  person->participant.conference.value, conference_row);
  if (conference) detail.conference = conference->conference;
  detail.participant = std::move(*person);
  detail.sessions = all_rows(
      connection,
      of_parent(select_sessions(), " WHERE s.participant_id = ? ORDER BY s.joined_at_ns, s.id", id.value),
      read<model::Session>);
  detail.connections =
      connections_of(connection, " WHERE k.participant_id = ? ORDER BY k.started_at_ns, k.id", id.value);
  detail.streams = all_rows(
      connection,
      of_parent(select_streams(), " WHERE t.participant_id = ? ORDER BY t.first_packet_ns, t.id", id.value),
      stream_row);
  return detail;
}

std::optional<SessionDetail> read_session(Connection& connection, SessionId id) {
  auto session = one_row(connection, select_sessions(), " WHERE s.id = ?", id.value, read<model::Session>);
  if (!session) return std::nullopt;
  return SessionDetail{
      std::move(*session),
      connections_of(connection, " WHERE k.session_id = ? ORDER BY k.started_at_ns, k.id", id.value)};
}

std::optional<ConnectionDetail> read_connection(Connection& connection, ConnectionId id) {
  auto row = one_row(connection, select_connections(), " WHERE k.id = ?", id.value, connection_row);
  if (!row) return std::nullopt;
  complete(connection, *row);
  ConnectionDetail detail{std::move(*row), {}, {}};
  detail.flows = all_rows(
      connection,
      of_parent(select_flows(), " WHERE f.connection_id = ? ORDER BY f.first_packet_ns, f.id", id.value),
      flow_row);
  detail.streams = all_rows(
      connection,
      of_parent(select_streams(), " WHERE t.connection_id = ? ORDER BY t.first_packet_ns, t.id", id.value),
      stream_row);
  return detail;
}

std::optional<FlowRow> read_flow(Connection& connection, FlowId id) {
  return one_row(connection, select_flows(), " WHERE f.id = ?", id.value, flow_row);
}

std::optional<StreamRow> read_stream(Connection& connection, StreamId id) {
  return one_row(connection, select_streams(), " WHERE t.id = ?", id.value, stream_row);
}

LiveCounts read_live_counts(Connection& connection) {
  Statement row = connection.prepare(
      "SELECT (SELECT count(*) FROM conferences WHERE live = 1), (SELECT count(*) FROM participants p "
      "JOIN conferences c ON c.id = p.conference_id WHERE p.left_at_ns IS NULL AND c.live = 1)");
  LiveCounts counts;
  if (!row.step()) return counts;
  counts.conferences = to_unsigned(row.integer());
  counts.participants = to_unsigned(row.integer());
  return counts;
}

}  // namespace rtcscope::store::sql
