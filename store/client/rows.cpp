#include "store/client/rows.hpp"

#include <algorithm>
#include <array>

#include "store/client/conditions.hpp"

namespace rtcscope::store::client {

template <class Entity>
std::vector<Entity> Rows::list(const Filter& filter) {
  Conditions where = conditions_of<Entity>(filter);
  where.add_slice(filter);
  sql::Statement row = connection_.prepare("SELECT " + sql::select_list<Entity>("t") + " FROM " +
                                           sql::kTable<Entity> + " t" + where.text());
  bind_all(row, where.values());
  std::vector<Entity> found;
  while (row.step()) found.push_back(sql::read<Entity>(row));
  return found;
}

template <class Entity>
std::uint64_t Rows::count(const Filter& filter) {
  const Conditions where = conditions_of<Entity>(filter);
  return number(std::string("SELECT count(*) FROM ") + sql::kTable<Entity> + " t" + where.text(),
                where.values());
}

template std::vector<Organization> Rows::list<Organization>(const Filter&);
template std::vector<App> Rows::list<App>(const Filter&);
template std::vector<Participant> Rows::list<Participant>(const Filter&);
template std::vector<Session> Rows::list<Session>(const Filter&);
template std::vector<Connection> Rows::list<Connection>(const Filter&);
template std::vector<Event> Rows::list<Event>(const Filter&);
template std::vector<Issue> Rows::list<Issue>(const Filter&);
template std::uint64_t Rows::count<Conference>(const Filter&);
template std::uint64_t Rows::count<Organization>(const Filter&);
template std::uint64_t Rows::count<Participant>(const Filter&);
template std::uint64_t Rows::count<Session>(const Filter&);
template std::uint64_t Rows::count<Connection>(const Filter&);
template std::uint64_t Rows::count<Event>(const Filter&);

std::uint64_t Rows::number(const std::string& sql, const std::vector<sql::Value>& values) {
  sql::Statement row = connection_.prepare(sql);
  bind_all(row, values);
  return row.step() ? sql::to_unsigned(row.integer()) : 0;
}

std::optional<App> Rows::app_by_key(const std::string& api_key) {
  return first<App>("api_key = ? AND active = 1", {api_key});
}

std::optional<Conference> Rows::conference(const std::string& app, const std::string& conference_id) {
  return first<Conference>("app_id = ? AND conference_id = ?", {app, conference_id});
}

std::optional<Participant> Rows::participant(const std::string& app, const std::string& participant_id) {
  return first<Participant>("app_id = ? AND participant_id = ?", {app, participant_id});
}

std::optional<Track> Rows::track(const std::string& session, const std::string& track_id) {
  return first<Track>("session_id = ? AND track_id = ?", {session, track_id});
}

bool Rows::is_present(const std::string& conference, const std::string& participant) {
  return number("SELECT count(*) FROM client_presences WHERE conference_id = ? AND participant_id = ?",
                {conference, participant}) > 0;
}

void Rows::add_presence(const std::string& conference, const std::string& participant) {
  sql::Statement statement = connection_.prepare(
      "INSERT INTO client_presences (conference_id, participant_id) VALUES (?, ?) ON CONFLICT DO NOTHING");
  statement.bind(std::string_view(conference)).bind(std::string_view(participant)).run();
}

void Rows::add_mark(const Mark& mark) {
  sql::Statement statement = connection_.prepare(
      "INSERT INTO client_marks (connection_id, kind, value) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
  statement.bind(std::string_view(mark.connection)).bind(std::string_view(mark.kind));
  statement.bind(std::string_view(mark.value)).run();
}

bool Rows::has_issue(const Issue& issue) {
  return number("SELECT count(*) FROM client_issues WHERE session_id = ? AND code = ? AND connection_id = ?",
                {issue.session, issue.code, issue.connection}) > 0;
}

std::uint64_t Rows::sessions_of(const std::string& conference, const std::string& participant) {
  return number("SELECT count(*) FROM client_sessions WHERE conference_id = ? AND participant_id = ?",
                {conference, participant});
}

std::uint64_t Rows::connections_of(const std::string& session) {
  return number("SELECT count(*) FROM client_connections WHERE session_id = ?", {session});
}

bool Rows::has_open_connection(const std::string& column, const std::string& id) {
  return number("SELECT count(*) FROM client_connections WHERE " + column + " = ? AND end_time_ns IS NULL",
                {id}) > 0;
}

std::vector<Conference> Rows::silent_since(UtcTime before) {
  sql::Statement row = connection_.prepare("SELECT " + sql::select_list<Conference>("t") +
                                           " FROM client_conferences t WHERE ongoing = 1 AND last_report_ns "
                                           "< ? ORDER BY last_report_ns LIMIT 100");
  row.bind(ns_since_epoch(before));
  std::vector<Conference> found;
  while (row.step()) found.push_back(sql::read<Conference>(row));
  return found;
}

std::string Rows::secret(const std::string& name, const std::string& fresh) {
  connection_.prepare("INSERT INTO client_secrets (name, secret) VALUES (?, ?) ON CONFLICT DO NOTHING")
      .bind(std::string_view(name))
      .bind(std::string_view(fresh))
      .run();
  sql::Statement row = connection_.prepare("SELECT secret FROM client_secrets WHERE name = ?");
  row.bind(std::string_view(name));
  return row.step() ? row.text() : fresh;
}

std::uint64_t expire(sql::Connection& connection, UtcTime cutoff, std::uint32_t limit) {
  std::uint64_t deleted = 0;
  const auto remove = [&](const std::string& table, const std::string& condition) {
    sql::Statement statement = connection.prepare("DELETE FROM " + table + " WHERE id IN (SELECT id FROM " +
                                                  table + " t WHERE " + condition + " LIMIT ?)");
    statement.bind(ns_since_epoch(cutoff)).bind(std::int64_t{limit}).run();
    deleted += connection.changes();
  };
  for (const char* table : {"client_events", "client_issues", "client_tracks"})
    remove(table, "created_at_ns < ?");
  // A parent goes after what stands below it.
  remove("client_connections",
         "created_at_ns < ? AND NOT EXISTS (SELECT 1 FROM client_events e WHERE e.conference_id = "
         "t.conference_id AND e.connection_id = t.id)");
  remove("client_sessions",
         "created_at_ns < ? AND NOT EXISTS (SELECT 1 FROM client_connections c WHERE c.session_id = t.id)");
  remove("client_conferences",
         "last_report_ns < ? AND NOT EXISTS (SELECT 1 FROM client_sessions s WHERE s.conference_id = t.id)");
  if (deleted == 0) return 0;
  connection.execute(
      "DELETE FROM client_marks WHERE connection_id NOT IN (SELECT id FROM client_connections);"
      "DELETE FROM client_presences WHERE conference_id NOT IN (SELECT id FROM client_conferences);"
      "DELETE FROM client_participants WHERE id NOT IN (SELECT participant_id FROM client_presences)");
  return deleted;
}

}  // namespace rtcscope::store::client
