#include "store/sql/list_sql.hpp"

#include <algorithm>

#include "store/sql/cursor.hpp"
#include "store/sql/row_codec.hpp"

namespace rtcscope::store::sql {
namespace {

constexpr const char* kWho = "COALESCE(NULLIF(p.display, ''), p.user_id, '')";

/// Collects conditions and their values in the same order.
class Conditions {
 public:
  void add(const std::string& condition, std::vector<Value> values = {}) {
    text_ += (text_.empty() ? " WHERE " : " AND ") + condition;
    values_.insert(values_.end(), std::make_move_iterator(values.begin()),
                   std::make_move_iterator(values.end()));
  }
  template <class Id>
  void add_id(const std::string& condition, const std::optional<Id>& id) {
    if (id) add(condition, {to_signed(id->value)});
  }
  void add_text(const std::string& condition, const std::optional<std::string>& text) {
    if (text) add(condition, {*text});
  }
  void add_time(const std::string& condition, const std::optional<UtcTime>& time) {
    if (time) add(condition, {ns_since_epoch(*time)});
  }
  void add_state(const std::optional<State>& state, const char* live, const char* ended) {
    if (state) add(*state == State::kLive ? live : ended);
  }
  /// Goes on after the page that `cursor` ended; `keys` is e.g. "(t.first_packet_ns, t.id)".
  void add_cursor(const std::string& cursor, char list, const std::string& keys, std::size_t count) {
    if (cursor.empty()) return;
    std::string marks = "?";
    for (std::size_t i = 1; i < count; ++i) marks += ", ?";
    std::vector<Value> values;
    for (const std::int64_t key : parse_cursor(cursor, list, count)) values.emplace_back(key);
    add(keys + " < (" + marks + ")", std::move(values));
  }

  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] const std::vector<Value>& values() const noexcept { return values_; }

 private:
  std::string text_;
  std::vector<Value> values_;
};

ListSql finish(const std::string& select, const Conditions& where, const std::string& order,
               const PageRequest& page) {
  ListSql sql{select + where.text() + " ORDER BY " + order + " LIMIT ?", where.values()};
  sql.values.emplace_back(std::int64_t{page_size(page)} + 1);
  return sql;
}

void add_name_part(Conditions& where, const std::string& condition, int places, const std::string& q) {
  if (q.empty()) return;
  where.add(condition, std::vector<Value>(static_cast<std::size_t>(places), like_pattern(q)));
}

void add_flow_filters(Conditions& where, const FlowQuery& query) {
  where.add_id("f.connection_id = ?", query.connection);
  where.add_id("f.connection_id IN (SELECT id FROM connections WHERE conference_id = ?)", query.conference);
  where.add_id("f.connection_id IN (SELECT id FROM connections WHERE participant_id = ?)", query.participant);
  where.add_id("f.host_id = ?", query.host);
  if (query.unmatched) where.add(*query.unmatched ? "f.connection_id = 0" : "f.connection_id <> 0");
  where.add_state(query.state, "f.ended_at_ns IS NULL", "f.ended_at_ns IS NOT NULL");
  where.add_cursor(query.page.cursor, kFlows, "(f.first_packet_ns, f.id)", 2);
}

void add_end(Conditions& where, const std::string& end, const AddressFilter& filter) {
  where.add("f." + end + "_address = ?", {to_string(filter.address)});
  if (filter.port) where.add("f." + end + "_port = ?", {std::int64_t{*filter.port}});
}

/// The number of a column: behind UNION, SQLite and PostgreSQL agree on nothing else.
std::string place_of_flow(const char* column) {
  const auto& names = columns_of<model::Flow>();
  return std::to_string(std::ranges::find(names, column) - names.begin() + 1);
}

/// Either end, each through its own index; a flow whose both ends match comes once.
ListSql flow_list_by_address(const FlowQuery& query) {
  Conditions client, server;
  add_end(client, "client", *query.address);
  add_end(server, "server", *query.address);
  Conditions not_client;
  add_end(not_client, "client", *query.address);
  server.add("NOT (" + not_client.text().substr(std::string_view(" WHERE ").size()) + ")",
             not_client.values());
  add_flow_filters(client, query);
  add_flow_filters(server, query);
  const std::string both = select_flows() + client.text() + " UNION ALL " + select_flows();
  ListSql sql = finish(
      both, server, place_of_flow("first_packet_ns") + " DESC, " + place_of_flow("id") + " DESC", query.page);
  sql.values.insert(sql.values.begin(), client.values().begin(), client.values().end());
  return sql;
}

}  // namespace

std::uint32_t page_size(const PageRequest& page) noexcept {
  return std::clamp<std::uint32_t>(page.limit, 1, kMaxPage);
}

std::string like_pattern(std::string_view text) {
  std::string pattern = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + "%";
}

const std::string& select_conferences() {
  static const std::string sql =
      "SELECT " + select_list<model::Conference>("c") +
      ", c.severity, c.health_reason, c.participant_count, c.present_count, c.connection_count, "
      "c.stream_count, c.uplink_streams, c.uplink_packets, c.uplink_expected, c.uplink_lost, "
      "c.uplink_loss_ratio, c.uplink_jitter_ms, c.uplink_bitrate_bps, c.downlink_streams, "
      "c.downlink_packets, c.downlink_expected, c.downlink_lost, c.downlink_loss_ratio, "
      "c.downlink_jitter_ms, c.downlink_bitrate_bps, "
      "(SELECT min((SELECT max(f.confidence) FROM flows f WHERE f.connection_id = k.id)) "
      "FROM connections k WHERE k.conference_id = c.id) FROM conferences c";
  return sql;
}

const std::string& select_participants() {
  static const std::string sql = "SELECT " + select_list<model::Participant>("p") +
                                 ", p.left_at_ns, p.left_reason, p.left_source FROM participants p";
  return sql;
}

const std::string& select_sessions() {
  static const std::string sql = "SELECT " + select_list<model::Session>("s") + " FROM sessions s";
  return sql;
}

const std::string& select_connections() {
  static const std::string sql = "SELECT " + select_list<model::Connection>("k") + ", " + kWho +
                                 " FROM connections k LEFT JOIN participants p ON p.id = k.participant_id";
  return sql;
}

const std::string& select_flows() {
  static const std::string sql = "SELECT " + select_list<model::Flow>("f") +
                                 ", COALESCE(k.conference_id, 0), COALESCE(k.participant_id, 0) FROM flows f "
                                 "LEFT JOIN connections k ON k.id = f.connection_id";
  return sql;
}

const std::string& select_streams() {
  static const std::string sql = "SELECT " + select_list<model::Stream>("t") + ", " + kWho +
                                 " FROM streams t LEFT JOIN participants p ON p.id = t.participant_id";
  return sql;
}

ListSql conference_list(const ConferenceQuery& query) {
  Conditions where;
  where.add_state(query.state, "c.live = 1", "c.live = 0");
  where.add_text("c.room = ?", query.room);
  add_name_part(where,
                "(c.room LIKE ? ESCAPE '\\' OR c.server LIKE ? ESCAPE '\\' OR c.id IN "
                "(SELECT conference_id FROM participants "
                "WHERE display LIKE ? ESCAPE '\\' OR user_id LIKE ? ESCAPE '\\'))",
                4, query.q);
  where.add_time("(c.ended_at_ns IS NULL OR c.ended_at_ns >= ?)", query.running.from);
  where.add_time("c.started_at_ns < ?", query.running.to);
  if (query.sort == ConferenceSort::kNewest) {
    where.add_cursor(query.page.cursor, kNewestConferences, "(c.started_at_ns, c.id)", 2);
    return finish(select_conferences(), where, "c.started_at_ns DESC, c.id DESC", query.page);
  }
  where.add_cursor(query.page.cursor, kWorstConferences, "(c.severity, c.live, c.started_at_ns, c.id)", 4);
  return finish(select_conferences(), where, "c.severity DESC, c.live DESC, c.started_at_ns DESC, c.id DESC",
                query.page);
}

ListSql participant_list(const ParticipantQuery& query) {
  Conditions where;
  where.add_id("p.conference_id = ?", query.conference);
  where.add_state(query.state, "p.left_at_ns IS NULL", "p.left_at_ns IS NOT NULL");
  add_name_part(where, "(p.display LIKE ? ESCAPE '\\' OR p.user_id LIKE ? ESCAPE '\\')", 2, query.q);
  where.add_cursor(query.page.cursor, kParticipants, "(p.first_seen_ns, p.id)", 2);
  return finish(select_participants(), where, "p.first_seen_ns DESC, p.id DESC", query.page);
}

ListSql session_list(const SessionQuery& query) {
  Conditions where;
  where.add_id("s.conference_id = ?", query.conference);
  where.add_id("s.participant_id = ?", query.participant);
  where.add_state(query.state, "s.left_at_ns IS NULL", "s.left_at_ns IS NOT NULL");
  where.add_cursor(query.page.cursor, kSessions, "(s.joined_at_ns, s.id)", 2);
  return finish(select_sessions(), where, "s.joined_at_ns DESC, s.id DESC", query.page);
}

ListSql connection_list(const ConnectionQuery& query) {
  Conditions where;
  where.add_id("k.conference_id = ?", query.conference);
  where.add_id("k.participant_id = ?", query.participant);
  where.add_state(query.state, "k.ended_at_ns IS NULL", "k.ended_at_ns IS NOT NULL");
  where.add_cursor(query.page.cursor, kConnections, "(k.started_at_ns, k.id)", 2);
  return finish(select_connections(), where, "k.started_at_ns DESC, k.id DESC", query.page);
}

ListSql flow_list(const FlowQuery& query) {
  if (query.address) return flow_list_by_address(query);
  Conditions where;
  add_flow_filters(where, query);
  return finish(select_flows(), where, "f.first_packet_ns DESC, f.id DESC", query.page);
}

ListSql stream_list(const StreamQuery& query) {
  Conditions where;
  where.add_id("t.conference_id = ?", query.conference);
  where.add_id("t.participant_id = ?", query.participant);
  where.add_id("t.connection_id = ?", query.connection);
  where.add_id("t.flow_id = ?", query.flow);
  where.add_text("t.direction = ?", query.direction);
  where.add_state(query.state, "t.ended = 0", "t.ended = 1");
  where.add_cursor(query.page.cursor, kStreams, "(t.first_packet_ns, t.id)", 2);
  return finish(select_streams(), where, "t.first_packet_ns DESC, t.id DESC", query.page);
}

ListSql event_list(const EventQuery& query) {
  static const std::string select = "SELECT e.id, " + select_list<model::Event>("e") + " FROM events e";
  Conditions where;
  where.add_id("e.conference_id = ?", query.conference);
  where.add_id("e.participant_id = ?", query.participant);
  where.add_id("e.connection_id = ?", query.connection);
  where.add_text("e.kind = ?", query.kind);
  if (!query.audit) where.add("e.kind <> 'audit'");
  where.add_time("e.time_ns >= ?", query.time.from);
  where.add_time("e.time_ns < ?", query.time.to);
  where.add_cursor(query.page.cursor, kEvents, "(e.time_ns, e.id)", 2);
  return finish(select, where, "e.time_ns DESC, e.id DESC", query.page);
}

ListSql issue_list(const IssueQuery& query) {
  static const std::string select = "SELECT " + select_list<model::Issue>("i") + " FROM issues i";
  Conditions where;
  where.add_id("i.conference_id = ?", query.conference);
  where.add_id("i.participant_id = ?", query.participant);
  where.add_id("i.connection_id = ?", query.connection);
  where.add_text("i.kind = ?", query.kind);
  where.add_state(query.state, "i.ended_at_ns IS NULL", "i.ended_at_ns IS NOT NULL");
  where.add_cursor(query.page.cursor, kIssues, "(i.started_at_ns, i.id)", 2);
  return finish(select, where, "i.started_at_ns DESC, i.id DESC", query.page);
}

ListSql host_list(const PageRequest& page) {
  static const std::string select = "SELECT " + select_list<model::Host>("h") + " FROM hosts h";
  Conditions where;
  where.add_cursor(page.cursor, kHosts, "(h.first_seen_ns, h.id)", 2);
  return finish(select, where, "h.first_seen_ns DESC, h.id DESC", page);
}

ListSql sample_list(const SampleQuery& query) {
  static const std::string select = "SELECT " + select_list<model::StreamSample>("m") + " FROM samples m";
  Conditions where;
  where.add("m.stream_id = ?", {to_signed(query.stream.value)});
  where.add_time("m.start_ns >= ?", query.time.from);
  where.add_time("m.start_ns < ?", query.time.to);
  if (!query.page.cursor.empty()) {
    where.add("m.start_ns > ?", {parse_cursor(query.page.cursor, kSamples, 1).front()});
  }
  return finish(select, where, "m.start_ns", query.page);
}

}  // namespace rtcscope::store::sql
