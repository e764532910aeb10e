// What happens to rows when nobody writes them any more: a run that broke off, and old age.

#include <algorithm>

#include "store/sqlite/writes.hpp"

namespace rtcscope::store::sqlite {
namespace {

std::set<std::uint64_t> ids(Connection& connection, const char* sql) {
  Statement row = connection.prepare(sql);
  std::set<std::uint64_t> result;
  while (row.step()) {
    const std::uint64_t id = to_unsigned(row.integer());
    if (id != 0) result.insert(id);
  }
  return result;
}

/// Deletes in the order of the calls until `limit` rows are gone.
class Deletion {
 public:
  Deletion(Connection& connection, UtcTime cutoff, std::uint32_t limit) noexcept
      : connection_(connection), cutoff_(ns_since_epoch(cutoff)), left_(std::max<std::int64_t>(limit, 1)) {}

  /// `sql` takes the cut-off as ?1 and the number of rows as ?2; `id` is ?3 where it has one.
  void run(const char* sql, std::int64_t id = 0) {
    if (left_ <= 0) return;
    Statement statement = connection_.prepare(sql);
    statement.bind(cutoff_).bind(left_);
    if (std::string_view(sql).find("?3") != std::string_view::npos) statement.bind(id);
    statement.run();
    count(connection_.changes());
  }

  void samples() {
    for (const std::int64_t stream : streams_with_old_samples()) {
      run("DELETE FROM samples WHERE stream_id = ?3 AND start_ns < ?1 AND start_ns <= coalesce((SELECT "
          "start_ns FROM samples WHERE stream_id = ?3 ORDER BY start_ns LIMIT 1 OFFSET ?2 - 1), ?1)",
          stream);
    }
  }

  void conferences() {
    Statement row = connection_.prepare(
        "SELECT id FROM conferences WHERE ended_at_ns < ?1 ORDER BY ended_at_ns LIMIT ?2");
    row.bind(cutoff_).bind(left_);
    std::vector<std::int64_t> old;
    while (row.step()) old.push_back(row.integer());
    for (const std::int64_t id : old) {
      if (left_ <= 0) return;
      // Whole: what belonged to an ended conference has ended as well.
      for (const char* sql :
           {"DELETE FROM participants WHERE conference_id = ?",
            "DELETE FROM sessions WHERE conference_id = ?", "DELETE FROM conferences WHERE id = ?"}) {
        connection_.prepare(sql).bind(id).run();
        count(connection_.changes());
      }
    }
  }

  [[nodiscard]] Expired result() const noexcept { return {deleted_, left_ <= 0}; }

 private:
  void count(std::uint64_t rows) {
    deleted_ += rows;
    left_ -= static_cast<std::int64_t>(rows);
  }

  std::vector<std::int64_t> streams_with_old_samples() {
    // Samples are found by stream only. A stream's first sample tells whether it has old ones.
    Statement row = connection_.prepare(
        "SELECT t.id FROM streams t WHERE t.first_packet_ns < ?1 AND (SELECT m.start_ns FROM samples m "
        "WHERE m.stream_id = t.id ORDER BY m.start_ns LIMIT 1) < ?1 ORDER BY t.first_packet_ns LIMIT ?2");
    row.bind(cutoff_).bind(left_);
    std::vector<std::int64_t> streams;
    while (row.step()) streams.push_back(row.integer());
    return streams;
  }

  Connection& connection_;
  std::int64_t cutoff_;
  std::int64_t left_;
  std::uint64_t deleted_ = 0;
};

}  // namespace

void end_unfinished_rows(Connection& connection) {
  Stale stale;
  stale.conferences = ids(connection,
                          "SELECT id FROM conferences WHERE live = 1 "
                          "UNION SELECT conference_id FROM connections WHERE ended_at_ns IS NULL "
                          "UNION SELECT conference_id FROM sessions WHERE left_at_ns IS NULL "
                          "UNION SELECT conference_id FROM streams WHERE ended = 0");
  stale.participants = ids(connection, "SELECT participant_id FROM sessions WHERE left_at_ns IS NULL");
  // From the bottom up: an end is the last sign of life of what is below.
  connection.execute(
      "UPDATE streams SET ended = 1 WHERE ended = 0;"
      "UPDATE flows SET ended_at_ns = last_packet_ns, end_reason = 'observation stopped', "
      "end_source = 'observer' WHERE ended_at_ns IS NULL;"
      "UPDATE connections SET ended_at_ns = max(started_at_ns, coalesce(connected_at_ns, started_at_ns), "
      "coalesce((SELECT max(last_packet_ns) FROM flows WHERE connection_id = connections.id), "
      "started_at_ns)), end_reason = 'observation stopped', end_source = 'observer' "
      "WHERE ended_at_ns IS NULL;"
      "UPDATE sessions SET left_at_ns = max(joined_at_ns, coalesce((SELECT max(ended_at_ns) FROM connections "
      "WHERE session_id = sessions.id), joined_at_ns)), left_reason = 'observation stopped', "
      "left_source = 'observer' WHERE left_at_ns IS NULL;"
      "UPDATE conferences SET ended_at_ns = max(started_at_ns, coalesce((SELECT max(left_at_ns) FROM "
      "sessions "
      "WHERE conference_id = conferences.id), started_at_ns), coalesce((SELECT max(ended_at_ns) "
      "FROM connections WHERE conference_id = conferences.id), started_at_ns)), "
      "end_reason = 'observation stopped', end_source = 'observer' WHERE ended_at_ns IS NULL");
  refresh(connection, stale);
}

Expired expire_rows(Connection& connection, UtcTime cutoff, std::uint32_t limit) {
  Deletion deletion(connection, cutoff, limit);
  deletion.run(
      "DELETE FROM events WHERE time_ns < ?1 AND time_ns <= coalesce((SELECT time_ns FROM events "
      "ORDER BY time_ns LIMIT 1 OFFSET ?2 - 1), ?1)");
  deletion.samples();
  deletion.run(
      "DELETE FROM streams WHERE id IN (SELECT id FROM streams WHERE ended = 1 AND last_packet_ns < ?1 "
      "AND NOT EXISTS (SELECT 1 FROM samples WHERE stream_id = streams.id) ORDER BY last_packet_ns LIMIT "
      "?2)");
  deletion.run("DELETE FROM flows WHERE id IN (SELECT id FROM flows WHERE ended_at_ns < ?1 LIMIT ?2)");
  deletion.run(
      "DELETE FROM connections WHERE id IN (SELECT id FROM connections WHERE ended_at_ns < ?1 LIMIT ?2)");
  // Before the sessions, which say that they left.
  deletion.run(
      "DELETE FROM participants WHERE id IN (SELECT id FROM participants WHERE left_at_ns < ?1 LIMIT ?2)");
  deletion.run("DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE left_at_ns < ?1 LIMIT ?2)");
  deletion.conferences();
  return deletion.result();
}

}  // namespace rtcscope::store::sqlite
