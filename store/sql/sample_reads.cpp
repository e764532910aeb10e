#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <string>

#include "store/sql/reads.hpp"
#include "store/sql/rollups.hpp"

namespace rtcscope::store::sql {
namespace {

struct Bounds {
  std::int64_t from, to;

  explicit Bounds(const TimeRange& time)
      : from(time.from ? ns_since_epoch(*time.from) : std::numeric_limits<std::int64_t>::min()),
        to(time.to ? ns_since_epoch(*time.to) : std::numeric_limits<std::int64_t>::max()) {}

  /// With the whole of the first point of a level.
  [[nodiscard]] Bounds at(const Level& level) const {
    Bounds whole = *this;
    if (can_be_added_up(from)) whole.from = round_down(from, level.resolution_ns());
    return whole;
  }
};

class Mean {
 public:
  /// Absent: nothing of that time has such a figure.
  void add(const std::optional<double>& mean, std::int64_t time) {
    if (!mean) return;
    sum_ += *mean * static_cast<double>(time);
    weight_ += static_cast<double>(time);
  }
  [[nodiscard]] std::optional<double> value() const {
    return weight_ > 0 ? std::optional(sum_ / weight_) : std::nullopt;
  }

 private:
  double sum_ = 0;
  double weight_ = 0;
};

struct Point {
  SeriesPoint sums;
  Mean jitter, frame_rate, received_frame_rate;
};

/// By start; rows are added in any order.
using Points = std::map<std::int64_t, Point>;

std::string rows_sql(const Level& level) {
  const std::string time = kSampleTimeSql;
  const std::string columns = level.resolution_s == 1
                                  ? time + ", packets, bytes, expected, lost, jitter_ms, jitter_ms, " + time +
                                        ", frame_rate_fps, " + time + ", received_frames, 1"
                                  : "measured_ns, packets, bytes, expected, lost, jitter_ms, jitter_mean_ms, "
                                    "jitter_time_ns, frame_rate_fps, frame_time_ns, received_frames, "
                                    "received_seconds";
  return "SELECT start_ns, " + columns + " FROM " + level.table +
         " WHERE stream_id = ? AND start_ns >= ? AND start_ns < ? ORDER BY start_ns";
}

std::optional<double> next_real(Statement& row) {
  if (!row.null_next()) return row.real();
  row.skip();
  return std::nullopt;
}

void add_row(Statement& row, Point& point) {
  SeriesPoint& sums = point.sums;
  sums.measured += Duration{row.integer()};
  sums.packets += to_unsigned(row.integer());
  sums.bytes += to_unsigned(row.integer());
  sums.expected += to_unsigned(row.integer());
  sums.lost += row.integer();
  const auto highest = next_real(row);
  if (highest) sums.jitter_ms = std::max(sums.jitter_ms.value_or(*highest), *highest);
  const auto jitter = next_real(row);
  point.jitter.add(jitter, row.integer());
  const auto frame_rate = next_real(row);
  point.frame_rate.add(frame_rate, row.integer());
}

/// Of the point itself; at 1 s of the point that a sample of kReceivedBehindNs later tells of.
void add_received(Statement& row, Point* point) {
  const auto frames = next_real(row);
  const std::int64_t seconds = row.integer();
  if (!point || !frames || seconds <= 0) return;
  point->received_frame_rate.add(*frames / static_cast<double>(seconds), seconds);
}

/// Reads one level of one stream into points, without the minutes in `but`.
void add_rows(Connection& connection, const Level& level, StreamId stream, const Bounds& bounds,
              const std::set<std::int64_t>& but, std::int64_t resolution, Points& points) {
  const std::int64_t behind = level.resolution_s == 1 ? kReceivedBehindNs : 0;
  Statement row = connection.prepare(rows_sql(level));
  row.bind(to_signed(stream.value)).bind(bounds.from);
  row.bind(bounds.to < std::numeric_limits<std::int64_t>::max() - behind ? bounds.to + behind : bounds.to);
  while (row.step()) {
    const std::int64_t start = row.integer();
    if (but.contains(round_down(start, kMinuteNs))) continue;
    const std::int64_t at = round_down(start, resolution);
    Point rest;  // of a row that is read for what it tells of an earlier one only
    Point& point = start < bounds.to ? points[at] : rest;
    point.sums.start = utc_from_ns(at);
    add_row(row, point);
    const bool can_tell = can_be_added_up(start) && start - behind >= bounds.from;
    const auto of = can_tell ? points.find(round_down(start - behind, resolution)) : points.end();
    add_received(row, of == points.end() ? nullptr : &of->second);
  }
}

/// Minutes of which the levels above lack something.
std::set<std::int64_t> due_minutes(Connection& connection, StreamId stream) {
  Statement row = connection.prepare("SELECT minute_ns FROM samples_due WHERE stream_id = ?");
  row.bind(to_signed(stream.value));
  std::set<std::int64_t> minutes;
  while (row.step()) minutes.insert(row.integer());
  return minutes;
}

/// The coarsest whose points fill those of the resolution.
const Level& level_for(std::int64_t resolution) {
  const Level* best = &kLevels[0];
  for (const Level& level : kLevels) {
    if (resolution % level.resolution_ns() == 0) best = &level;
  }
  return *best;
}

void widen(std::optional<SampleSpan>& span, std::int64_t first, std::int64_t last) {
  if (!span) span = SampleSpan{utc_from_ns(first), utc_from_ns(last)};
  span->first = std::min(span->first, utc_from_ns(first));
  span->last = std::max(span->last, utc_from_ns(last));
}

void widen_by(Connection& connection, const Level& level, std::span<const StreamId> streams,
              const Bounds& bounds, std::optional<SampleSpan>& span) {
  // Two look-ups at the ends of the range; min() and max() together would read all of it.
  const std::string ends = std::string("(SELECT start_ns FROM ") + level.table +
                           " WHERE stream_id = ?1 AND start_ns >= ?2 AND start_ns < ?3 ORDER BY start_ns";
  const std::string sql = "SELECT " + ends + " LIMIT 1), " + ends + " DESC LIMIT 1)";
  for (const StreamId stream : streams) {
    Statement row = connection.prepare(sql);
    row.bind(to_signed(stream.value)).bind(bounds.from).bind(bounds.to);
    if (!row.step() || row.null_next()) continue;
    const std::int64_t first = row.integer();
    widen(span, first, row.integer());
  }
}

/// The finest level that still has what began then.
Duration finest_since(Connection& connection, std::int64_t time) {
  for (const Level& level : kLevels) {
    if (kept_from(connection, level) <= time) return Duration{level.resolution_ns()};
  }
  return Duration{kLevels.back().resolution_ns()};
}

}  // namespace

std::optional<SampleSpan> read_sample_span(Connection& connection, std::span<const StreamId> streams,
                                           const TimeRange& time) {
  const Bounds bounds(time);
  std::optional<SampleSpan> span;
  widen_by(connection, kLevels[0], streams, bounds, span);
  // What is older is only in the levels above.
  if (kept_from(connection, kLevels[0]) > bounds.from) {
    for (const Level& level : {kLevels[1], kLevels[2]}) {
      widen_by(connection, level, streams, bounds.at(level), span);
    }
  }
  if (span) span->finest = finest_since(connection, ns_since_epoch(span->first));
  return span;
}

std::vector<SeriesPoint> read_series(Connection& connection, StreamId stream, const TimeRange& time,
                                     Duration resolution) {
  if (resolution < std::chrono::seconds{1}) {
    throw Fault{StoreErrc::kRejected, "a series has points of at least 1 s"};
  }
  const Bounds bounds(time);
  const Level& level = level_for(resolution.count());
  Points points;
  if (level.resolution_s == 1) {
    add_rows(connection, level, stream, bounds, {}, resolution.count(), points);
  } else {
    const auto due = due_minutes(connection, stream);
    add_rows(connection, level, stream, bounds.at(level), due, resolution.count(), points);
    for (const std::int64_t minute : due) {
      Bounds part = bounds.at(level);
      part.from = std::max(part.from, minute);
      part.to = std::min(part.to, minute + kMinuteNs);
      add_rows(connection, kLevels[0], stream, part, {}, resolution.count(), points);
    }
  }
  std::vector<SeriesPoint> series;
  for (auto& [start, point] : points) {
    point.sums.jitter_mean_ms = point.jitter.value();
    point.sums.frame_rate_fps = point.frame_rate.value();
    point.sums.received_frame_rate_fps = point.received_frame_rate.value();
    series.push_back(point.sums);
  }
  return series;
}

}  // namespace rtcscope::store::sql
