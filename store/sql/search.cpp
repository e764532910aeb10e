// One box for everything: the text is tried as each thing that it could be.

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "store/similar.hpp"
#include "store/sql/list_sql.hpp"
#include "store/sql/reads.hpp"
#include "store/sql/row_codec.hpp"
#include "store/sql/rows.hpp"

namespace rtcscope::store::sql {
namespace {

constexpr std::int64_t kMostNames = 20'000;  // looked at one by one: some ms

/// 16 hexadecimal digits.
std::optional<std::uint64_t> parse_id(const std::string& text) {
  std::uint64_t id = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, id, 16);
  if (text.size() != 16 || fault != std::errc{} || stop != end) return std::nullopt;
  return id;
}

/// Decimal, or hexadecimal behind 0x.
std::optional<std::uint32_t> parse_ssrc(const std::string& text) {
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  const char* const begin = text.data() + (hex ? 2 : 0);
  const char* const end = text.data() + text.size();
  std::uint32_t ssrc = 0;
  const auto [stop, fault] = std::from_chars(begin, end, ssrc, hex ? 16 : 10);
  if (fault != std::errc{} || stop != end) return std::nullopt;
  return ssrc;
}

std::string hex_ssrc(std::uint32_t ssrc) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "0x%08x", ssrc);
  return text.data();
}

std::string words(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) {
    if (part.empty() || part == "unknown") continue;
    text += (text.empty() ? "" : " ") + std::string(part);
  }
  return text;
}

class Search {
 public:
  Search(Connection& connection, const std::string& text, std::uint32_t limit)
      : connection_(connection), text_(text), limit_(std::clamp<std::uint32_t>(limit, 1, kMaxPage)) {}

  std::vector<SearchHit> run() {
    const auto id = parse_id(text_);
    find_conferences(id);
    find_participants(id);
    find_connections(id);
    find_flows(id);
    find_streams(id);
    if (hits_.empty()) find_similar();
    return std::move(hits_);
  }

 private:
  /// Rows of `select` for which `condition` holds, newest first, as hits of the current type.
  template <class ToHit>
  void find(const std::string& select, const std::string& condition, const std::string& time,
            const std::vector<Value>& values, const char* matched, ToHit to_hit) {
    Statement row =
        connection_.prepare(select + " WHERE " + condition + " ORDER BY " + time + " DESC LIMIT ?");
    bind_all(row, values);
    row.bind(std::int64_t{limit_});
    while (row.step()) {
      SearchHit hit = to_hit(row);
      hit.matched = matched;
      const auto same = [&](const SearchHit& other) { return other.id == hit.id; };
      if (std::ranges::none_of(found_, same)) found_.push_back(std::move(hit));
    }
  }

  /// The type is done: newest first, not more than asked for.
  void finish_type(SearchType type) {
    std::ranges::stable_sort(found_, std::ranges::greater{}, &SearchHit::time);
    if (found_.size() > limit_) found_.resize(limit_);
    for (SearchHit& hit : found_) {
      hit.type = type;
      if (type != SearchType::kConference) hit.detail += place_of(hit.conference, !hit.detail.empty());
      hits_.push_back(std::move(hit));
    }
    found_.clear();
  }

  void find_conferences(const std::optional<std::uint64_t>& id);
  void find_participants(const std::optional<std::uint64_t>& id);
  void find_connections(const std::optional<std::uint64_t>& id);
  void find_flows(const std::optional<std::uint64_t>& id);
  void find_streams(const std::optional<std::uint64_t>& id);
  void find_similar();
  std::vector<std::int64_t> similar_rows(const std::string& id_and_name);

  static SearchHit conference_hit(Statement& row);
  static SearchHit participant_hit(Statement& row);
  static std::string place(const model::Conference& conference) {
    std::string text = words({conference.plugin, conference.room});
    if (!conference.server.empty()) text += (text.empty() ? "on " : " on ") + conference.server;
    return text;
  }

  /// "videoroom 1234 on media1", behind ", in " when something stands before it; "" when not known.
  std::string place_of(ConferenceId id, bool behind) {
    if (!id.valid()) return {};
    Statement row = connection_.prepare("SELECT " + select_list<model::Conference>("c") +
                                        " FROM conferences c WHERE c.id = ?");
    row.bind(to_signed(id.value));
    if (!row.step()) return {};
    return (behind ? ", in " : "") + place(read<model::Conference>(row));
  }

  Connection& connection_;
  const std::string& text_;
  std::uint32_t limit_;
  std::vector<SearchHit> found_;  // of the current type
  std::vector<SearchHit> hits_;
};

SearchHit Search::conference_hit(Statement& row) {
  const model::Conference c = conference_row(row).conference;
  return {{}, c.id.value, {}, c.room.empty() ? c.server : c.room, place(c), c.started_at, c.id, {}, {}};
}

void Search::find_conferences(const std::optional<std::uint64_t>& id) {
  const std::string time = "c.started_at_ns";
  if (id) find(select_conferences(), "c.id = ?", time, {to_signed(*id)}, "id", conference_hit);
  find(select_conferences(), "c.room LIKE ? ESCAPE '\\'", time, {like_pattern(text_)}, "room",
       conference_hit);
  finish_type(SearchType::kConference);
}

SearchHit Search::participant_hit(Statement& row) {
  const model::Participant p = participant_row(row).participant;
  return {{},           p.id.value, {}, p.display.empty() ? p.user_id : p.display, {}, p.first_seen,
          p.conference, p.id,       {}};
}

void Search::find_participants(const std::optional<std::uint64_t>& id) {
  const std::string time = "p.first_seen_ns";
  const std::vector<Value> part{like_pattern(text_)};
  if (id) find(select_participants(), "p.id = ?", time, {to_signed(*id)}, "id", participant_hit);
  find(select_participants(), "p.display LIKE ? ESCAPE '\\'", time, part, "display", participant_hit);
  find(select_participants(), "p.user_id LIKE ? ESCAPE '\\'", time, part, "user_id", participant_hit);
  finish_type(SearchType::kParticipant);
}

void Search::find_connections(const std::optional<std::uint64_t>& id) {
  const auto hit = [](Statement& row) {
    const model::Connection k = connection_row(row).connection;
    const std::string who = row.text();
    std::string title = k.server_handle.empty() ? who : words({who, "handle", k.server_handle});
    if (title.empty()) title = "connection";
    return SearchHit{{},           k.id.value,    {},  std::move(title), words({k.role}), k.started_at,
                     k.conference, k.participant, k.id};
  };
  const std::string time = "k.started_at_ns";
  if (id) find(select_connections(), "k.id = ?", time, {to_signed(*id)}, "id", hit);
  find(select_connections(), "k.server_handle = ? AND k.server_handle <> ''", time, {text_}, "server_handle",
       hit);
  finish_type(SearchType::kConnection);
}

void Search::find_flows(const std::optional<std::uint64_t>& id) {
  const auto hit = [](Statement& row) {
    const auto [f, conference, participant] = flow_row(row);
    return SearchHit{{},          f.id.value,
                     {},          to_string(f.client_endpoint) + " - " + to_string(f.server_endpoint),
                     f.transport, f.first_packet,
                     conference,  participant,
                     f.connection};
  };
  const std::string time = "f.first_packet_ns";
  if (id) find(select_flows(), "f.id = ?", time, {to_signed(*id)}, "id", hit);
  if (const auto address = parse_address_filter(text_)) {
    for (const char* end : {"client", "server"}) {
      const std::string name = std::string("f.") + end;
      std::vector<Value> values{to_string(address->address)};
      if (address->port) values.emplace_back(std::int64_t{*address->port});
      find(select_flows(), name + "_address = ?" + (address->port ? " AND " + name + "_port = ?" : ""), time,
           values, "address", hit);
    }
  }
  find(select_flows(), "f.client_ufrag = ? AND f.client_ufrag <> ''", time, {text_}, "ufrag", hit);
  find(select_flows(), "f.server_ufrag = ? AND f.server_ufrag <> ''", time, {text_}, "ufrag", hit);
  finish_type(SearchType::kFlow);
}

void Search::find_streams(const std::optional<std::uint64_t>& id) {
  const auto hit = [](Statement& row) {
    const model::Stream t = read<model::Stream>(row);
    const std::string who = row.text();
    return SearchHit{{},
                     t.id.value,
                     {},
                     "SSRC " + std::to_string(t.ssrc) + " (" + hex_ssrc(t.ssrc) + ")",
                     words({who, t.direction, t.kind, t.codec}),
                     t.first_packet,
                     t.conference,
                     t.participant,
                     t.connection};
  };
  const std::string time = "t.first_packet_ns";
  if (id) find(select_streams(), "t.id = ?", time, {to_signed(*id)}, "id", hit);
  if (const auto ssrc = parse_ssrc(text_)) {
    find(select_streams(), "t.ssrc = ?", time, {std::int64_t{*ssrc}}, "ssrc", hit);
  }
  finish_type(SearchType::kStream);
}

/// The rows of "SELECT id, name ..." whose name was mistyped, the nearest first, not more than asked for.
std::vector<std::int64_t> Search::similar_rows(const std::string& id_and_name) {
  Statement row = connection_.prepare(id_and_name + " LIMIT ?");
  row.bind(std::int64_t{kMostNames});
  std::vector<std::pair<unsigned, std::int64_t>> near;
  while (row.step()) {
    const std::int64_t id = row.integer();
    if (const auto slips = slips_between(text_, row.text())) near.emplace_back(*slips, id);
  }
  std::ranges::stable_sort(near, {}, [](const auto& one) { return one.first; });
  if (near.size() > limit_) near.resize(limit_);
  std::vector<std::int64_t> ids;
  for (const auto& one : near) ids.push_back(one.second);
  return ids;
}

/// Nothing is called so: the newest names are looked through for what may have been meant.
void Search::find_similar() {
  const auto rooms =
      similar_rows("SELECT id, room FROM conferences WHERE room <> '' ORDER BY started_at_ns DESC");
  for (const std::int64_t id : rooms) {
    find(select_conferences(), "c.id = ?", "c.started_at_ns", {id}, "room", conference_hit);
  }
  finish_type(SearchType::kConference);
  for (const char* name : {"display", "user_id"}) {
    const auto people = similar_rows(std::string("SELECT id, ") + name + " FROM participants WHERE " + name +
                                     " <> '' ORDER BY first_seen_ns DESC");
    for (const std::int64_t id : people) {
      find(select_participants(), "p.id = ?", "p.first_seen_ns", {id}, name, participant_hit);
    }
  }
  finish_type(SearchType::kParticipant);
  for (SearchHit& hit : hits_) hit.similar = true;
}

}  // namespace

std::vector<SearchHit> read_search(Connection& connection, const std::string& text, std::uint32_t limit) {
  if (text.empty()) return {};
  return Search(connection, text, limit).run();
}

}  // namespace rtcscope::store::sql
