#pragma once
// A Filter as the end of a SELECT.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "store/client/columns.hpp"
#include "store/client/queries.hpp"
#include "store/sql/upsert.hpp"

namespace rtcscope::store::client {

/// Conditions on a table with the alias t, and their values in the same order.
class Conditions {
 public:
  void add(const std::string& condition, std::vector<sql::Value> values = {}) {
    text_ += (text_.empty() ? " WHERE " : " AND ") + condition;
    values_.insert(values_.end(), std::make_move_iterator(values.begin()),
                   std::make_move_iterator(values.end()));
  }
  void add_text(const char* condition, const std::string& text) {
    if (!text.empty()) add(condition, {text});
  }
  void add_time(const char* condition, const std::optional<UtcTime>& time) {
    if (time) add(condition, {ns_since_epoch(*time)});
  }
  void add_number(const char* condition, const std::optional<std::int64_t>& number) {
    if (number) add(condition, {*number});
  }
  /// Last of all.
  void add_slice(const Filter& filter) {
    text_ += " ORDER BY t.created_at_ns, t.id LIMIT ? OFFSET ?";
    values_.emplace_back(std::int64_t{std::min(filter.limit, Filter::kMaxRows)});
    values_.emplace_back(std::int64_t{filter.offset});
  }

  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] const std::vector<sql::Value>& values() const noexcept { return values_; }

 private:
  std::string text_;
  std::vector<sql::Value> values_;
};

template <class Entity>
bool has_column(std::string_view name) {
  const auto& names = sql::columns_of<Entity>();
  return std::find(names.begin(), names.end(), name) != names.end();
}

template <class Entity>
void add_links(Conditions& where, const Filter& filter) {
  const auto link = [&](const std::string& column, const std::string& id) {
    if (has_column<Entity>(column)) where.add_text(("t." + column + " = ?").c_str(), id);
  };
  link("app_id", filter.app);
  link("organization_id", filter.organization);
  link("session_id", filter.session);
  link("connection_id", filter.connection);
  if constexpr (std::is_same_v<Entity, Conference>) {
    where.add_text("t.id IN (SELECT conference_id FROM client_presences WHERE participant_id = ?)",
                   filter.participant);
    where.add_text("t.id IN (SELECT conference_id FROM client_issues WHERE code = ?)", filter.issue_code);
    where.add_text("t.id = ?", filter.conference);
  } else if constexpr (std::is_same_v<Entity, Participant>) {
    where.add_text("t.id IN (SELECT participant_id FROM client_presences WHERE conference_id = ?)",
                   filter.conference);
  } else {
    link("conference_id", filter.conference);
    link("participant_id", filter.participant);
  }
}

template <class Entity>
Conditions conditions_of(const Filter& filter) {
  Conditions where;
  add_links<Entity>(where, filter);
  where.add_time("t.created_at_ns > ?", filter.created_gt);
  where.add_time("t.created_at_ns >= ?", filter.created_gte);
  where.add_time("t.created_at_ns < ?", filter.created_lt);
  where.add_time("t.created_at_ns <= ?", filter.created_lte);
  if (has_column<Entity>("active")) where.add("t.active = 1");
  if (has_column<Entity>("duration_s")) {
    where.add_number("t.duration_s >= ?", filter.duration_gte_s);
    where.add_number("t.duration_s < ?", filter.duration_lt_s);
  }
  if (has_column<Entity>("category")) {
    where.add_text("t.category = ?", filter.category);
    where.add_text(filter.other_types ? "t.type <> ?" : "t.type = ?", filter.type);
  }
  if (!filter.ids.empty()) {
    where.add("t.id IN (" + sql::marks(filter.ids.size()) + ")",
              std::vector<sql::Value>(filter.ids.begin(), filter.ids.end()));
  }
  return where;
}

}  // namespace rtcscope::store::client
