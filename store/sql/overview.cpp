// What began in a range of time, counted: for charts over all conferences.

#include <algorithm>
#include <map>

#include "store/sql/reads.hpp"
#include "store/sql/row_codec.hpp"

namespace rtcscope::store::sql {
namespace {

class Counter {
 public:
  Counter(Connection& connection, const OverviewQuery& query)
      : connection_(connection),
        from_(ns_since_epoch(query.from)),
        to_(ns_since_epoch(query.to)),
        step_(query.step.count()) {}

  std::uint64_t rows(const std::string& table, const std::string& time) {
    Statement row = in_range("SELECT count(*) FROM " + table, time, "");
    row.bind(from_).bind(to_);
    return row.step() ? to_unsigned(row.integer()) : 0;
  }

  /// How many rows have each value of `expression`, most first.
  std::vector<WordCount> by(const std::string& expression, const std::string& table, const std::string& time,
                            const std::string& condition = "") {
    Statement row =
        in_range("SELECT " + expression + ", count(*) FROM " + table, time,
                 condition + " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT " + std::to_string(kMostWords));
    row.bind(from_).bind(to_);
    std::vector<WordCount> counts;
    while (row.step()) {
      std::string word = row.text();
      counts.push_back({std::move(word), to_unsigned(row.integer())});
    }
    return counts;
  }

  /// Adds the rows that begin in each point to `figure` of it.
  void add(std::vector<OverviewPoint>& points, std::uint64_t OverviewPoint::*figure, const std::string& table,
           const std::string& time) {
    Statement row = connection_.prepare("SELECT (" + time + " - ?) / ?, count(*) FROM " + table + " WHERE " +
                                        time + " >= ? AND " + time + " < ? GROUP BY 1");
    row.bind(from_).bind(step_).bind(from_).bind(to_);
    while (row.step()) {
      const std::int64_t place = row.integer();
      if (place >= 0 && place < std::ssize(points))
        points[static_cast<std::size_t>(place)].*figure = to_unsigned(row.integer());
    }
  }

  std::optional<double> mean_seconds() {
    Statement row =
        in_range("SELECT avg(CAST(ended_at_ns - started_at_ns AS DOUBLE PRECISION)) FROM conferences",
                 "started_at_ns", " AND ended_at_ns IS NOT NULL");
    row.bind(from_).bind(to_);
    if (!row.step() || row.null_next()) return std::nullopt;
    return row.real() / 1e9;
  }

 private:
  static constexpr int kMostWords = 50;

  /// To be bound to both ends of the range.
  Statement in_range(const std::string& select, const std::string& time, const std::string& rest) {
    return connection_.prepare(select + " WHERE " + time + " >= ? AND " + time + " < ?" + rest);
  }

  Connection& connection_;
  std::int64_t from_, to_, step_;
};

}  // namespace

Overview read_overview(Connection& connection, const OverviewQuery& query) {
  Counter count(connection, query);
  Overview overview;
  overview.conferences = count.rows("conferences", "started_at_ns");
  overview.participants = count.rows("participants", "first_seen_ns");
  overview.sessions = count.rows("sessions", "joined_at_ns");
  overview.connections = count.rows("connections", "started_at_ns");
  overview.conference_mean_s = count.mean_seconds();
  overview.health =
      count.by("CASE severity WHEN 3 THEN 'bad' WHEN 2 THEN 'degraded' WHEN 1 THEN 'good' ELSE 'unknown' END",
               "conferences", "started_at_ns");
  overview.issues = count.by("kind", "issues", "started_at_ns");
  overview.connection_ends =
      count.by("end_reason", "connections", "started_at_ns", " AND end_reason IS NOT NULL");
  overview.paths =
      count.by("CASE WHEN turn_used <> 0 THEN 'turn' WHEN tcp_used <> 0 THEN 'tcp' ELSE 'udp' END",
               "connections", "started_at_ns", " AND connected_at_ns IS NOT NULL");
  overview.codecs = count.by("codec", "streams", "first_packet_ns", " AND codec <> ''");
  for (UtcTime start = query.from; start < query.to; start += query.step)
    overview.points.push_back({start, 0, 0, 0, 0});
  count.add(overview.points, &OverviewPoint::conferences, "conferences", "started_at_ns");
  count.add(overview.points, &OverviewPoint::participants, "participants", "first_seen_ns");
  count.add(overview.points, &OverviewPoint::connections, "connections", "started_at_ns");
  count.add(overview.points, &OverviewPoint::issues, "issues", "started_at_ns");
  return overview;
}

}  // namespace rtcscope::store::sql
