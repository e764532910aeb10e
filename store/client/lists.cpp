// Lists that hold more than one table.

#include <algorithm>
#include <set>

#include "store/client/conditions.hpp"
#include "store/client/rows.hpp"
#include "store/sql/list_sql.hpp"

namespace rtcscope::store::client {
namespace {

constexpr const char* kLinkColumns =
    "m.connection_id, m.kind, m.value, f.id, f.connection_id, coalesce(k.conference_id, 0), "
    "coalesce(k.participant_id, 0)";
constexpr const char* kLinkEnd =
    " LEFT JOIN connections k ON k.id = f.connection_id WHERE f.connection_id <> 0 AND ";

TapLink read_link(sql::Statement& row) {
  TapLink link;
  link.connection = row.text();
  link.kind = row.text();
  link.value = row.text();
  link.flow = FlowId{sql::to_unsigned(row.integer())};
  link.tap_connection = ConnectionId{sql::to_unsigned(row.integer())};
  link.tap_conference = ConferenceId{sql::to_unsigned(row.integer())};
  link.tap_participant = ParticipantId{sql::to_unsigned(row.integer())};
  return link;
}

}  // namespace

std::vector<ConferenceRow> Rows::conferences(const Filter& filter) {
  Conditions where = conditions_of<Conference>(filter);
  where.add_slice(filter);
  sql::Statement row = connection_.prepare(
      "SELECT " + sql::select_list<Conference>("t") +
      ", (SELECT count(*) FROM client_issues i WHERE i.conference_id = t.id AND i.type = 'error')"
      ", (SELECT count(*) FROM client_issues i WHERE i.conference_id = t.id AND i.type = 'warning')"
      ", (SELECT count(DISTINCT s.participant_id) FROM client_sessions s JOIN client_participants p "
      "ON p.id = s.participant_id WHERE s.conference_id = t.id AND p.is_sfu = 0)"
      " FROM client_conferences t" +
      where.text());
  bind_all(row, where.values());
  std::vector<ConferenceRow> found;
  while (row.step()) {
    ConferenceRow one{sql::read<Conference>(row)};
    one.has_errors = row.integer() > 0;
    one.has_warnings = row.integer() > 0;
    one.participants = sql::to_unsigned(row.integer());
    found.push_back(std::move(one));
  }
  return found;
}

std::vector<Match> Rows::search(const std::string& text, std::uint32_t limit) {
  struct Place {
    const char *type, *table, *name, *own_id, *condition;
  };
  constexpr Place kPlaces[] = {
      {"conference", "client_conferences", "conference_name", "conference_id", "1 = 1"},
      {"participant", "client_participants", "participant_name", "participant_id", "1 = 1"},
      {"app", "client_apps", "name", "api_key", "active = 1"},
      {"organization", "client_organizations", "name", "id", "active = 1"},
  };
  const std::string pattern = sql::like_pattern(text);
  std::vector<Match> found;
  for (const Place& place : kPlaces) {
    if (found.size() >= limit) break;
    const std::string name = place.name, own = place.own_id;
    sql::Statement row = connection_.prepare(
        "SELECT " + name + ", " + own + ", id FROM " + place.table + " WHERE " + place.condition + " AND (" +
        name + " LIKE ? ESCAPE '\\' OR " + own + " LIKE ? ESCAPE '\\') ORDER BY created_at_ns DESC LIMIT ?");
    row.bind(std::string_view(pattern)).bind(std::string_view(pattern));
    row.bind(static_cast<std::int64_t>(limit - found.size()));
    while (row.step()) {
      Match match{place.type, row.text(), {}, {}};
      match.own_id = row.text();
      match.id = row.text();
      found.push_back(std::move(match));
    }
  }
  return found;
}

// Four letters of one ufrag come twice among enough calls: only both ufrags together prove a link.
std::vector<TapLink> Rows::client_links(ConnectionId tap_connection) {
  std::vector<TapLink> links;
  sql::Statement row = connection_.prepare(
      std::string("SELECT ") + kLinkColumns +
      " FROM flows f JOIN client_marks m ON (m.kind = 'ufrag_pair' AND m.value = f.client_ufrag || ':' || "
      "f.server_ufrag) OR (m.kind = 'fingerprint' AND m.value = f.fingerprint_client AND m.value <> '')" +
      kLinkEnd + "f.connection_id = ? ORDER BY f.first_packet_ns");
  row.bind(sql::to_signed(tap_connection.value));
  while (row.step()) links.push_back(read_link(row));
  return links;
}

}  // namespace rtcscope::store::client
