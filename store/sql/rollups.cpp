#include "store/sql/rollups.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

namespace rtcscope::store::sql {
namespace {

struct Due {
  std::int64_t stream = 0;
  std::int64_t minute = 0;
};

std::vector<Due> due_before(Connection& connection, std::optional<UtcTime> from, UtcTime before,
                            std::uint32_t limit) {
  Statement row = connection.prepare(
      "SELECT stream_id, minute_ns FROM samples_due WHERE minute_ns >= ? AND minute_ns < ? "
      "ORDER BY minute_ns LIMIT ?");
  row.bind(from ? ns_since_epoch(*from) : std::numeric_limits<std::int64_t>::min());
  row.bind(ns_since_epoch(before)).bind(std::int64_t{limit});
  std::vector<Due> due;
  while (row.step()) {
    const std::int64_t stream = row.integer();
    due.push_back({stream, row.integer()});
  }
  return due;
}

/// The multiple of a level's resolution at or before a time.
std::string point_sql(const std::string& time, const Level& level) {
  const std::string resolution = std::to_string(level.resolution_ns());
  return time + " - (" + time + " % " + resolution + " + " + resolution + ") % " + resolution;
}

/// Counts are summed, gauges are means by time or the highest (docs/metrics.md, "Samples"). A row is never
/// replaced by one of fewer samples: some of them may have been deleted since.
std::string roll_up_sql(const Level& level) {
  const std::string time = kSampleTimeSql;
  const auto time_with = [&](const std::string& figure) {
    return "coalesce(sum(CASE WHEN " + figure + " IS NOT NULL THEN " + time + " ELSE 0 END), 0)";
  };
  const auto mean = [&](const std::string& figure) {
    return "sum(" + figure + " * (" + time + ")) / nullif(" + time_with(figure) + ", 0)";
  };
  std::string sql = std::string("INSERT INTO ") + level.table +
                    " (stream_id, start_ns, sample_count, measured_ns, packets, bytes, expected, lost, "
                    "duplicates, reordered, frames, capture_drops, stalls, jitter_ms, jitter_mean_ms, "
                    "jitter_time_ns, frame_rate_fps, frame_time_ns, frame_jitter_ms) "
                    "SELECT stream_id, " +
                    point_sql("start_ns", level) + " AS point_ns, count(*), sum(" + time +
                    "), sum(packets), sum(bytes), sum(expected), sum(lost), sum(duplicates), sum(reordered), "
                    "sum(frames), sum(capture_drops), sum(stalls), max(jitter_ms), " +
                    mean("jitter_ms") + ", " + time_with("jitter_ms") + ", " + mean("frame_rate_fps") + ", " +
                    time_with("frame_rate_fps") +
                    ", max(frame_jitter_ms) FROM samples WHERE stream_id = ? AND start_ns >= ? AND start_ns "
                    "< ? GROUP BY stream_id, point_ns ON CONFLICT (stream_id, start_ns) DO UPDATE SET ";
  for (const char* column : {"sample_count", "measured_ns", "packets", "bytes", "expected", "lost",
                             "duplicates", "reordered", "frames", "capture_drops", "stalls", "jitter_ms",
                             "jitter_mean_ms", "jitter_time_ns", "frame_rate_fps", "frame_time_ns"}) {
    sql += std::string(column) + " = excluded." + column + ", ";
  }
  return sql + "frame_jitter_ms = excluded.frame_jitter_ms WHERE excluded.sample_count >= " + level.table +
         ".sample_count";
}

/// What the client had of a minute is told by the samples of kReceivedBehindNs later.
std::string add_received_sql(const Level& level) {
  const std::string behind = std::to_string(kReceivedBehindNs), table = level.table;
  const std::string told = "SELECT " + point_sql("(start_ns - " + behind + ")", level) +
                           " AS point_ns, sum(received_frames) AS frames, count(*) AS seconds FROM samples "
                           "WHERE stream_id = ?1 AND start_ns >= ?2 + " +
                           behind + " AND start_ns < ?3 + " + behind +
                           " AND received_frames IS NOT NULL GROUP BY point_ns";
  return "UPDATE " + table + " SET received_frames = told.frames, received_seconds = told.seconds FROM (" +
         told +
         ") AS told WHERE stream_id = ?1 AND start_ns >= ?2 AND start_ns < ?3 AND start_ns = told.point_ns "
         "AND received_seconds <= told.seconds";
}

void add_up(Connection& connection, const Level& level, const std::vector<Due>& due) {
  Statement statement = connection.prepare(roll_up_sql(level));
  for (const Due& one : due) {
    statement.bind(one.stream).bind(one.minute).bind(one.minute + kMinuteNs).run();
  }
}

void add_received(Connection& connection, const Level& level, const std::vector<Due>& told) {
  Statement statement = connection.prepare(add_received_sql(level));
  for (const Due& one : told) {
    statement.bind(one.stream).bind(one.minute).bind(one.minute + kMinuteNs).run();
  }
}

/// Those of whose frames at the client something is known: few, and to look is cheaper than to write.
std::vector<Due> told_of(Connection& connection, const std::vector<Due>& due) {
  std::vector<Due> told;
  for (const Due& one : due) {
    const std::int64_t from = one.minute + kReceivedBehindNs;
    Statement row = connection.prepare(
        "SELECT 1 FROM samples WHERE stream_id = ? AND start_ns >= ? AND start_ns < ? "
        "AND received_frames IS NOT NULL LIMIT 1");
    row.bind(one.stream).bind(from).bind(from + kMinuteNs);
    if (row.step()) told.push_back(one);
  }
  return told;
}

void note_due_minute(Connection& connection, Statement& statement, StreamId stream, std::int64_t time) {
  if (!can_be_added_up(time)) return;
  const std::int64_t minute = round_down(time, kMinuteNs);
  if (!connection.remember_due(stream.value, minute)) return;
  statement.bind(to_signed(stream.value)).bind(minute).run();
}

}  // namespace

void note_due(Connection& connection, std::span<const model::StreamSample* const> samples) {
  Statement statement = connection.prepare(
      "INSERT INTO samples_due (stream_id, minute_ns) VALUES (?, ?) ON CONFLICT DO NOTHING");
  for (const model::StreamSample* sample : samples) {
    const std::int64_t start = ns_since_epoch(sample->start);
    note_due_minute(connection, statement, sample->stream, start);
    if (!sample->received_frames || start < kReceivedBehindNs) continue;
    note_due_minute(connection, statement, sample->stream, start - kReceivedBehindNs);
  }
}

RolledUp roll_up(Connection& connection, std::optional<UtcTime> from, UtcTime before, std::uint32_t limit) {
  const std::vector<Due> due = due_before(connection, from, before, std::max(limit, 1U));
  if (due.empty()) return {};
  const std::vector<Due> told = told_of(connection, due);
  std::vector<std::int64_t> minutes;
  for (const Due& one : due) minutes.push_back(one.minute);
  for (const Level& level : {kLevels[1], kLevels[2]}) {
    connection.make_room(level.table, minutes);
    add_up(connection, level, due);
    add_received(connection, level, told);
  }
  Statement done = connection.prepare("DELETE FROM samples_due WHERE stream_id = ? AND minute_ns = ?");
  for (const Due& one : due) done.bind(one.stream).bind(one.minute).run();
  connection.forget_due();
  return {due.size(), due.size() == std::max(limit, 1U)};
}

std::int64_t kept_from(Connection& connection, const Level& level) {
  Statement row = connection.prepare("SELECT kept_from_ns FROM sample_levels WHERE resolution_s = ?");
  row.bind(level.resolution_s);
  return row.step() ? row.integer() : std::numeric_limits<std::int64_t>::min();
}

void keep_from(Connection& connection, const Level& level, std::int64_t time) {
  Statement statement = connection.prepare(
      "UPDATE sample_levels SET kept_from_ns = ?1 WHERE resolution_s = ?2 AND kept_from_ns < ?1");
  statement.bind(time).bind(level.resolution_s).run();
}

}  // namespace rtcscope::store::sql
