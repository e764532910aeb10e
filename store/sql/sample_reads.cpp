#include <algorithm>
#include <limits>

#include "store/sql/reads.hpp"

namespace rtcscope::store::sql {
namespace {

struct Bounds {
  std::int64_t from, to;

  explicit Bounds(const TimeRange& time)
      : from(time.from ? ns_since_epoch(*time.from) : std::numeric_limits<std::int64_t>::min()),
        to(time.to ? ns_since_epoch(*time.to) : std::numeric_limits<std::int64_t>::max()) {}
};

/// Rounds down, also before 1970.
std::int64_t point_start(std::int64_t time, std::int64_t resolution) {
  const std::int64_t past = ((time % resolution) + resolution) % resolution;
  return time - past;
}

}  // namespace

std::optional<SampleSpan> read_sample_span(Connection& connection, std::span<const StreamId> streams,
                                           const TimeRange& time) {
  const Bounds bounds(time);
  std::optional<SampleSpan> span;
  for (const StreamId stream : streams) {
    // Two look-ups at the ends of the range; min() and max() together would read all of it.
    Statement row = connection.prepare(
        "SELECT (SELECT start_ns FROM samples WHERE stream_id = ?1 AND start_ns >= ?2 AND start_ns < ?3 "
        "ORDER BY start_ns LIMIT 1), (SELECT start_ns FROM samples WHERE stream_id = ?1 AND start_ns >= ?2 "
        "AND start_ns < ?3 ORDER BY start_ns DESC LIMIT 1)");
    row.bind(to_signed(stream.value)).bind(bounds.from).bind(bounds.to);
    if (!row.step() || row.null_next()) continue;
    const UtcTime first = utc_from_ns(row.integer());
    const UtcTime last = utc_from_ns(row.integer());
    if (!span) span = SampleSpan{first, last};
    span->first = std::min(span->first, first);
    span->last = std::max(span->last, last);
  }
  return span;
}

std::vector<SeriesPoint> read_series(Connection& connection, StreamId stream, const TimeRange& time,
                                     Duration resolution) {
  if (resolution < std::chrono::seconds{1}) {
    throw Fault{StoreErrc::kRejected, "a series has points of at least 1 s"};
  }
  const Bounds bounds(time);
  Statement row = connection.prepare(
      "SELECT start_ns, end_ns, packets, bytes, expected, lost, jitter_ms FROM samples "
      "WHERE stream_id = ? AND start_ns >= ? AND start_ns < ? ORDER BY start_ns");
  row.bind(to_signed(stream.value)).bind(bounds.from).bind(bounds.to);
  std::vector<SeriesPoint> points;
  while (row.step()) {
    const std::int64_t start = row.integer();
    const UtcTime at = utc_from_ns(point_start(start, resolution.count()));
    if (points.empty() || points.back().start != at) points.emplace_back().start = at;
    SeriesPoint& point = points.back();
    point.measured += Duration{row.integer() - start};
    point.packets += to_unsigned(row.integer());
    point.bytes += to_unsigned(row.integer());
    point.expected += to_unsigned(row.integer());
    point.lost += row.integer();
    if (row.null_next()) continue;
    const double jitter = row.real();
    point.jitter_ms = std::max(point.jitter_ms.value_or(jitter), jitter);
  }
  return points;
}

}  // namespace rtcscope::store::sql
