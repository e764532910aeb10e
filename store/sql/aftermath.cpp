// What happens to rows when nobody writes them any more: a run that broke off, and old age.

#include <algorithm>
#include <limits>

#include "store/client/rows.hpp"
#include "store/sql/rollups.hpp"
#include "store/sql/writes.hpp"

namespace rtcscope::store::sql {
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

/// Deletes, in the order of the calls, until about `limit` rows are gone.
class Deletion {
 public:
  Deletion(Connection& connection, UtcTime cutoff, std::uint32_t limit) noexcept
      : connection_(connection), cutoff_(ns_since_epoch(cutoff)), left_(std::max<std::int64_t>(limit, 1)) {}

  /// Where samples lie in blocks, those go whole, and no row of them one by one.
  void level(const Level& level, UtcTime cutoff) {
    if (left_ <= 0) return;
    if (const auto dropped = connection_.drop_samples(level.table, cutoff)) {
      in_blocks_ = true;
      deleted_ += dropped->rows;
      return keep_from(connection_, level, dropped->kept_from);
    }
    const std::int64_t before = ns_since_epoch(cutoff);
    for (const std::int64_t id : streams_between(kept_from(connection_, level), before)) {
      samples(level, id, before);
      if (left_ <= 0) return;
    }
    keep_from(connection_, level, before);
  }

  /// What is due that long is not going to be asked for.
  void due() {
    Statement statement = connection_.prepare("DELETE FROM samples_due WHERE minute_ns < ?");
    statement.bind(cutoff_).run();
    connection_.forget_due();
  }

  void events() {
    if (left_ <= 0) return;
    remove(
        "DELETE FROM events WHERE time_ns < ?1 AND time_ns <= coalesce((SELECT time_ns FROM events "
        "ORDER BY time_ns LIMIT 1 OFFSET CAST(?2 AS BIGINT) - 1), ?1)",
        {cutoff_, left_});
  }

  /// Ended ones whole, with the few samples of silence after their last packet.
  void streams() {
    constexpr auto kAll = std::numeric_limits<std::int64_t>::max();
    for (const std::int64_t id : old("SELECT id FROM streams WHERE ended = 1 AND last_packet_ns < ?1 "
                                     "ORDER BY last_packet_ns LIMIT ?2")) {
      for (const Level& level : kLevels) samples(level, id, kAll);
      if (left_ <= 0) return;
      remove("DELETE FROM streams WHERE id = ?1", {id});
    }
  }

  void client_reports() {
    if (left_ <= 0) return;
    const std::uint64_t rows =
        client::expire(connection_, utc_from_ns(cutoff_), static_cast<std::uint32_t>(left_));
    deleted_ += rows;
    left_ -= static_cast<std::int64_t>(rows);
  }

  /// What has its end in `column`.
  void entities(const std::string& table, const std::string& column) {
    if (left_ <= 0) return;
    remove("DELETE FROM " + table + " WHERE id IN (SELECT id FROM " + table + " WHERE " + column +
               " < ?1 ORDER BY " + column + " LIMIT ?2)",
           {cutoff_, left_});
  }

  void conferences() {
    for (const std::int64_t id :
         old("SELECT id FROM conferences WHERE ended_at_ns < ?1 ORDER BY ended_at_ns LIMIT ?2")) {
      if (left_ <= 0) return;
      // Whole: what belonged to an ended conference has ended as well.
      remove("DELETE FROM participants WHERE conference_id = ?1", {id});
      remove("DELETE FROM sessions WHERE conference_id = ?1", {id});
      remove("DELETE FROM conferences WHERE id = ?1", {id});
    }
  }

  [[nodiscard]] Expired result() const noexcept { return {deleted_, left_ <= 0}; }

 private:
  void remove(const std::string& sql, std::initializer_list<std::int64_t> values) {
    Statement statement = connection_.prepare(sql);
    for (const std::int64_t value : values) statement.bind(value);
    statement.run();
    deleted_ += connection_.changes();
    left_ -= static_cast<std::int64_t>(connection_.changes());
  }

  void samples(const Level& level, std::int64_t stream, std::int64_t before) {
    if (left_ <= 0 || in_blocks_) return;
    const std::string table = level.table;
    remove("DELETE FROM " + table +
               " WHERE stream_id = ?1 AND start_ns < ?2 AND start_ns <= coalesce((SELECT start_ns FROM " +
               table + " WHERE stream_id = ?1 ORDER BY start_ns LIMIT 1 OFFSET CAST(?3 AS BIGINT) - 1), ?2)",
           {stream, before, left_});
  }

  /// Those that may have samples between the two times. A stream has some of silence after its last packet.
  std::vector<std::int64_t> streams_between(std::int64_t from, std::int64_t before) {
    constexpr std::int64_t kSilence = 3'600'000'000'000;
    Statement row = connection_.prepare(
        "SELECT id FROM streams WHERE first_packet_ns < ?1 AND last_packet_ns >= ?2 ORDER BY "
        "first_packet_ns");
    row.bind(before).bind(std::max(from, std::numeric_limits<std::int64_t>::min() + kSilence) - kSilence);
    std::vector<std::int64_t> ids;
    while (row.step()) ids.push_back(row.integer());
    return ids;
  }

  /// Ids of what is due, as many as may be looked at now.
  std::vector<std::int64_t> old(const std::string& sql) {
    if (left_ <= 0) return {};
    Statement row = connection_.prepare(sql);
    row.bind(cutoff_).bind(left_);
    std::vector<std::int64_t> ids;
    while (row.step()) ids.push_back(row.integer());
    return ids;
  }

  Connection& connection_;
  std::int64_t cutoff_;
  std::int64_t left_;
  std::uint64_t deleted_ = 0;
  bool in_blocks_ = false;
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
      "UPDATE issues SET ended_at_ns = (SELECT max(t) FROM (SELECT started_at_ns AS t UNION ALL "
      "SELECT max(last_packet_ns) FROM flows WHERE connection_id = issues.connection_id) times) "
      "WHERE ended_at_ns IS NULL;"
      "UPDATE streams SET ended = 1 WHERE ended = 0;"
      "UPDATE flows SET ended_at_ns = last_packet_ns, end_reason = 'observation stopped', "
      "end_source = 'observer' WHERE ended_at_ns IS NULL;"
      "UPDATE connections SET ended_at_ns = (SELECT max(t) FROM (SELECT started_at_ns AS t UNION ALL "
      "SELECT connected_at_ns UNION ALL SELECT max(last_packet_ns) FROM flows "
      "WHERE connection_id = connections.id) times), end_reason = 'observation stopped', end_source = "
      "'observer' "
      "WHERE ended_at_ns IS NULL;"
      "UPDATE sessions SET left_at_ns = (SELECT max(t) FROM (SELECT joined_at_ns AS t UNION ALL "
      "SELECT max(ended_at_ns) FROM connections WHERE session_id = sessions.id) times), left_reason = "
      "'observation stopped', "
      "left_source = 'observer' WHERE left_at_ns IS NULL;"
      "UPDATE conferences SET ended_at_ns = (SELECT max(t) FROM (SELECT started_at_ns AS t UNION ALL "
      "SELECT max(left_at_ns) FROM sessions WHERE conference_id = conferences.id UNION ALL "
      "SELECT max(ended_at_ns) FROM connections WHERE conference_id = conferences.id) times), "
      "end_reason = 'observation stopped', end_source = 'observer' WHERE ended_at_ns IS NULL");
  refresh(connection, stale);
}

Expired expire_rows(Connection& connection, const Cutoffs& cutoffs, std::uint32_t limit) {
  // The levels above are made of the samples: first they take what they lack.
  if (roll_up(connection, cutoffs.all, cutoffs.samples_1s, limit).more) return {0, true};
  Deletion deletion(connection, cutoffs.all, limit);
  deletion.due();
  deletion.level(kLevels[0], cutoffs.samples_1s);
  deletion.level(kLevels[1], cutoffs.samples_10s);
  deletion.level(kLevels[2], cutoffs.all);
  deletion.events();
  deletion.streams();
  deletion.entities("issues", "ended_at_ns");
  deletion.entities("flows", "ended_at_ns");
  deletion.entities("connections", "ended_at_ns");
  // Before the sessions, which say that they left.
  deletion.entities("participants", "left_at_ns");
  deletion.entities("sessions", "left_at_ns");
  deletion.conferences();
  deletion.client_reports();
  return deletion.result();
}

}  // namespace rtcscope::store::sql
