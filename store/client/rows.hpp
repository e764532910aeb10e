#pragma once
// The rows of clients within one transaction. All throw sql::Fault, which Reports turns into a StoreError.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/client/columns.hpp"
#include "store/client/queries.hpp"
#include "store/sql/upsert.hpp"

namespace rtcscope::store::client {

class Rows {
 public:
  explicit Rows(sql::Connection& connection) noexcept : connection_(connection) {}

  /// Absent: there is none of that id. "" finds none.
  template <class Entity>
  std::optional<Entity> find(const std::string& id) {
    return first<Entity>("id = ?", {id});
  }
  /// Adds it, or replaces that of the same id.
  template <class Entity>
  void save(const Entity& entity) {
    static const std::string sql = sql::upsert_sql<Entity>("id");
    sql::Statement statement = connection_.prepare(sql);
    sql::Binder bind(statement);
    visit(bind, entity);
    statement.run();
  }
  /// Oldest first, from `offset`, at most `limit` (and never more than kMaxRows).
  template <class Entity>
  std::vector<Entity> list(const Filter& filter);
  /// All that the filter lets through, whatever its limit and offset.
  template <class Entity>
  std::uint64_t count(const Filter& filter);

  std::optional<App> app_by_key(const std::string& api_key);
  std::optional<Conference> conference(const std::string& app, const std::string& conference_id);
  std::optional<Participant> participant(const std::string& app, const std::string& participant_id);
  std::optional<Track> track(const std::string& session, const std::string& track_id);
  bool is_present(const std::string& conference, const std::string& participant);
  void add_presence(const std::string& conference, const std::string& participant);
  void add_mark(const Mark& mark);
  bool has_issue(const Issue& issue);  // of its session, connection and code
  std::uint64_t sessions_of(const std::string& conference, const std::string& participant);
  std::uint64_t connections_of(const std::string& session);
  bool has_open_connection(const std::string& column, const std::string& id);  // session_id, conference_id
  /// Ongoing conferences that nothing was heard of since `before`, at most 100.
  std::vector<Conference> silent_since(UtcTime before);
  /// The secret of that name; makes it out of `fresh` when there is none.
  std::string secret(const std::string& name, const std::string& fresh);

  // lists.cpp
  std::vector<ConferenceRow> conferences(const Filter& filter);
  std::vector<Match> search(const std::string& text, std::uint32_t limit);
  /// Client connections that are the same as a connection of the tap.
  std::vector<TapLink> client_links(ConnectionId tap_connection);

  // summaries.cpp
  std::vector<DayCount> conferences_by_day(const Filter& filter);
  std::vector<Count> durations(const Filter& filter);           // name: seconds
  std::vector<Count> participant_counts(const Filter& filter);  // name: participants
  std::vector<Count> grouped(const char* table, const char* column, const Filter& filter);
  std::vector<SetupTime> setup_times(const Filter& filter);

  [[nodiscard]] sql::Connection& connection() noexcept { return connection_; }

 private:
  template <class Entity>
  std::optional<Entity> first(const std::string& condition, const std::vector<sql::Value>& values) {
    sql::Statement row = connection_.prepare("SELECT " + sql::select_list<Entity>("t") + " FROM " +
                                             sql::kTable<Entity> + " t WHERE " + condition + " LIMIT 1");
    bind_all(row, values);
    if (!row.step()) return std::nullopt;
    return sql::read<Entity>(row);
  }
  std::uint64_t number(const std::string& sql, const std::vector<sql::Value>& values);

  sql::Connection& connection_;
};

/// Deletes what came before `cutoff`, at most about `limit` rows of each kind; returns how many went.
std::uint64_t expire(sql::Connection& connection, UtcTime cutoff, std::uint32_t limit);

}  // namespace rtcscope::store::client
