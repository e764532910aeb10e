// What charts count.

#include "store/client/conditions.hpp"
#include "store/client/rows.hpp"

namespace rtcscope::store::client {
namespace {

std::vector<Count> read_counts(sql::Statement& row) {
  std::vector<Count> counts;
  while (row.step()) {
    Count count{row.text(), 0};
    count.count = sql::to_unsigned(row.integer());
    counts.push_back(std::move(count));
  }
  return counts;
}

/// Those of an app and a time; every table of clients has both columns.
Conditions of_app(const Filter& filter) {
  Conditions where;
  where.add_text("t.app_id = ?", filter.app);
  where.add_time("t.created_at_ns >= ?", filter.created_gte);
  where.add_time("t.created_at_ns <= ?", filter.created_lte);
  return where;
}

}  // namespace

std::vector<DayCount> Rows::conferences_by_day(const Filter& filter) {
  const Conditions where = of_app(filter);
  sql::Statement row = connection_.prepare(
      "SELECT day, ongoing, errors, warnings, count(*) FROM (SELECT t.created_at_ns / 86400000000000 AS day, "
      "t.ongoing AS ongoing, CASE WHEN EXISTS (SELECT 1 FROM client_issues i WHERE i.conference_id = t.id "
      "AND "
      "i.type = 'error') THEN 1 ELSE 0 END AS errors, CASE WHEN EXISTS (SELECT 1 FROM client_issues i WHERE "
      "i.conference_id = t.id AND i.type = 'warning') THEN 1 ELSE 0 END AS warnings FROM client_conferences "
      "t" +
      where.text() + ") x GROUP BY day, ongoing, errors, warnings ORDER BY day");
  bind_all(row, where.values());
  std::vector<DayCount> days;
  while (row.step()) {
    DayCount day;
    day.day = row.integer();
    day.ongoing = row.integer() != 0;
    day.has_errors = row.integer() != 0;
    day.has_warnings = row.integer() != 0;
    day.count = sql::to_unsigned(row.integer());
    days.push_back(day);
  }
  return days;
}

std::vector<Count> Rows::durations(const Filter& filter) {
  Conditions where = of_app(filter);
  where.add("t.ongoing = 0 AND t.end_time_ns IS NOT NULL");
  sql::Statement row =
      connection_.prepare("SELECT CAST(t.duration_s AS TEXT), count(*) FROM client_conferences t" +
                          where.text() + " GROUP BY t.duration_s ORDER BY t.duration_s");
  bind_all(row, where.values());
  return read_counts(row);
}

std::vector<Count> Rows::participant_counts(const Filter& filter) {
  const Conditions where = of_app(filter);
  sql::Statement row = connection_.prepare(
      "SELECT CAST(n AS TEXT), count(*) FROM (SELECT count(DISTINCT s.participant_id) AS n FROM "
      "client_conferences t JOIN client_sessions s ON s.conference_id = t.id JOIN client_participants p ON "
      "p.id = s.participant_id AND p.is_sfu = 0" +
      where.text() + " GROUP BY t.id) x GROUP BY n ORDER BY n");
  bind_all(row, where.values());
  return read_counts(row);
}

std::vector<Count> Rows::grouped(const char* table, const char* column, const Filter& filter) {
  Conditions where = of_app(filter);
  where.add_text("t.code = ?", filter.issue_code);
  sql::Statement row = connection_.prepare(std::string("SELECT t.") + column + ", count(*) FROM " + table +
                                           " t" + where.text() + " GROUP BY t." + column +
                                           " ORDER BY count(*) DESC, t." + column + " LIMIT 1000");
  bind_all(row, where.values());
  return read_counts(row);
}

std::vector<SetupTime> Rows::setup_times(const Filter& filter) {
  Conditions where = of_app(filter);
  where.add("t.setup_ms IS NOT NULL");
  sql::Statement row = connection_.prepare("SELECT t.conference_id, t.setup_ms FROM client_connections t" +
                                           where.text() + " ORDER BY t.created_at_ns DESC LIMIT 100000");
  bind_all(row, where.values());
  std::vector<SetupTime> times;
  while (row.step()) {
    SetupTime time{row.text(), 0};
    time.setup_ms = row.integer();
    times.push_back(std::move(time));
  }
  return times;
}

}  // namespace rtcscope::store::client
