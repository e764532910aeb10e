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

/// Counts are summed, gauges are means by time or the highest (docs/metrics.md, "Samples"). A row is never
/// replaced by one of fewer samples: some of them may have been deleted since.
std::string roll_up_sql(const Level& level) {
  const std::string resolution = std::to_string(level.resolution_ns());
  const std::string time = kSampleTimeSql, received = received_frames_sql();
  const auto time_with = [&](const std::string& figure) {
    return "coalesce(sum(CASE WHEN " + figure + " IS NOT NULL THEN " + time + " ELSE 0 END), 0)";
  };
  const auto mean = [&](const std::string& figure) {
    return "sum(" + figure + " * (" + time + ")) / nullif(" + time_with(figure) + ", 0)";
  };
  std::string sql =
      std::string("INSERT INTO ") + level.table +
      " (stream_id, start_ns, sample_count, measured_ns, packets, bytes, expected, lost, "
      "duplicates, reordered, frames, capture_drops, stalls, jitter_ms, jitter_mean_ms, "
      "jitter_time_ns, frame_rate_fps, frame_time_ns, frame_jitter_ms, received_frames, "
      "received_seconds) "
      "SELECT stream_id, start_ns - (start_ns % " +
      resolution + " + " + resolution + ") % " + resolution + " AS point_ns, count(*), sum(" + time +
      "), sum(packets), sum(bytes), sum(expected), sum(lost), sum(duplicates), sum(reordered), "
      "sum(frames), sum(capture_drops), sum(stalls), max(jitter_ms), " +
      mean("jitter_ms") + ", " + time_with("jitter_ms") + ", " + mean("frame_rate_fps") + ", " +
      time_with("frame_rate_fps") + ", max(frame_jitter_ms), sum(" + received + "), count(" + received +
      ") FROM samples WHERE stream_id = ? AND start_ns >= ? AND start_ns < ? GROUP BY stream_id, point_ns ON "
      "CONFLICT (stream_id, start_ns) DO UPDATE SET ";
  for (const char* column :
       {"sample_count", "measured_ns", "packets", "bytes", "expected", "lost", "duplicates", "reordered",
        "frames", "capture_drops", "stalls", "jitter_ms", "jitter_mean_ms", "jitter_time_ns",
        "frame_rate_fps", "frame_time_ns", "received_frames", "received_seconds"}) {
    sql += std::string(column) + " = excluded." + column + ", ";
  }
  return sql + "frame_jitter_ms = excluded.frame_jitter_ms WHERE excluded.sample_count >= " + level.table +
         ".sample_count";
}

void add_up(Connection& connection, const Level& level, const std::vector<Due>& due) {
  Statement statement = connection.prepare(roll_up_sql(level));
  for (const Due& one : due) {
    statement.bind(one.stream).bind(one.minute).bind(one.minute + kMinuteNs).run();
  }
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
    if (!sample->received_frames || start < 0) continue;
    const UtcTime second = sample->start - model::StreamSample::kReceivedBehind;
    note_due_minute(connection, statement, sample->stream, ns_since_epoch(second));
  }
}

RolledUp roll_up(Connection& connection, std::optional<UtcTime> from, UtcTime before, std::uint32_t limit) {
  const std::vector<Due> due = due_before(connection, from, before, std::max(limit, 1U));
  if (due.empty()) return {};
  std::vector<std::int64_t> minutes;
  for (const Due& one : due) minutes.push_back(one.minute);
  for (const Level& level : {kLevels[1], kLevels[2]}) {
    connection.make_room(level.table, minutes);
    add_up(connection, level, due);
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
