#include "store/sql/summaries.hpp"

#include "store/sql/row_codec.hpp"

namespace rtcscope::store::sql {
namespace {

struct ScopeColumns {
  const char* of_parts;  // streams and issues
  const char* of_connections;
};

ScopeColumns columns(Scope scope) {
  switch (scope) {
    case Scope::kConnection:
      return {"connection_id", "id"};
    case Scope::kParticipant:
      return {"participant_id", "participant_id"};
    case Scope::kConference:
      return {"conference_id", "conference_id"};
  }
  return {"id", "id"};
}

/// Only the columns that the judgement needs: a conference's streams are judged anew whenever one changed.
std::string streams_sql(Scope scope, bool live) {
  return std::string(
             "SELECT t.ssrc, t.direction, t.kind, t.codec, t.rtx_of_ssrc, t.packets, t.expected, t.lost, "
             "t.bitrate_bps, t.jitter_ms, t.recent_loss_ratio, t.recent_bitrate_bps, t.first_packet_ns, "
             "t.last_packet_ns, t.lost_after_tap, t.unreported_packets, "
             "COALESCE(NULLIF(p.display, ''), p.user_id, '') "
             "FROM streams t LEFT JOIN participants p ON p.id = t.participant_id WHERE t.") +
         columns(scope).of_parts + " = ? AND t.relay_leg = 0 AND t.ended = " + (live ? "0" : "1");
}

std::string connections_sql(Scope scope, bool live) {
  return std::string(
             "SELECT k.ice_state, k.dtls_state, COALESCE(NULLIF(p.display, ''), p.user_id, '') "
             "FROM connections k LEFT JOIN participants p ON p.id = k.participant_id WHERE k.") +
         columns(scope).of_connections + " = ? AND k.ended_at_ns IS " + (live ? "NULL" : "NOT NULL");
}

std::string issues_sql(Scope scope, bool open) {
  return std::string("SELECT severity, text FROM issues WHERE ") + columns(scope).of_parts +
         " = ? AND ended_at_ns IS " + (open ? "NULL" : "NOT NULL") +
         " AND severity <> 'info' ORDER BY started_at_ns";
}

std::size_t add_streams(Connection& connection, Rollup& rollup, Scope scope, std::uint64_t id, bool live) {
  Statement row = connection.prepare(streams_sql(scope, live));
  row.bind(to_signed(id));
  model::Stream stream;
  stream.ended = !live;
  Reader read(row);
  std::size_t count = 0;
  for (; row.step(); ++count) {
    read("", stream.ssrc);
    read("", stream.direction);
    read("", stream.kind);
    read("", stream.codec);
    read("", stream.rtx_of_ssrc);
    read("", stream.total.packets);
    read("", stream.total.expected);
    read("", stream.total.lost);
    read("", stream.bitrate_bps);
    read("", stream.jitter_ms);
    read("", stream.recent_loss_ratio);
    read("", stream.recent_bitrate_bps);
    read("", stream.first_packet);
    read("", stream.last_packet);
    read("", stream.loss_split.lost_after_tap);
    read("", stream.loss_split.unreported_packets);
    rollup.add(stream, row.text());
  }
  return count;
}

std::size_t add_connections(Connection& connection, Rollup& rollup, Scope scope, std::uint64_t id,
                            bool live) {
  Statement row = connection.prepare(connections_sql(scope, live));
  row.bind(to_signed(id));
  model::Connection judged;
  if (!live) judged.ended.emplace();
  std::size_t count = 0;
  for (; row.step(); ++count) {
    judged.ice_state = row.text();
    judged.dtls_state = row.text();
    rollup.add(judged, row.text());
  }
  return count;
}

void add_issues(Connection& connection, Rollup& rollup, Scope scope, std::uint64_t id, bool open) {
  Statement row = connection.prepare(issues_sql(scope, open));
  row.bind(to_signed(id));
  model::Issue issue;
  if (!open) issue.ended_at.emplace();
  while (row.step()) {
    issue.severity = row.text();
    issue.text = row.text();
    rollup.add(issue);
  }
}

}  // namespace

Summary summarise(Connection& connection, Scope scope, std::uint64_t id) {
  Rollup rollup;
  const std::size_t live =
      add_streams(connection, rollup, scope, id, true) + add_connections(connection, rollup, scope, id, true);
  // A long-lived room has many ended streams, which count only when nothing lives.
  if (live == 0) {
    add_streams(connection, rollup, scope, id, false);
    add_connections(connection, rollup, scope, id, false);
  }
  add_issues(connection, rollup, scope, id, live != 0);
  return rollup.summary();
}

std::uint64_t count_of(Connection& connection, std::string_view table_and_condition, std::uint64_t id) {
  Statement row = connection.prepare("SELECT count(*) FROM " + std::string(table_and_condition));
  row.bind(to_signed(id));
  return row.step() ? to_unsigned(row.integer()) : 0;
}

}  // namespace rtcscope::store::sql
