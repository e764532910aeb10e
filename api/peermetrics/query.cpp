#include "api/peermetrics/query.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace rtcscope::api::peermetrics {
namespace {

using store::client::Filter;

constexpr std::size_t kMaxIds = 500;
constexpr std::int64_t kDefaultLimit = 50;
constexpr std::int64_t kMaxLimit = 200;
constexpr std::int64_t kMaxOffset = 1'000'000'000;

std::string value_of(const Query& query, std::string_view name) {
  const auto found = query.find(name);
  return found == query.end() ? std::string() : found->second;
}

std::optional<std::int64_t> number_of(const std::string& text) {
  std::int64_t number = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number);
  return error == std::errc{} && end == last ? std::optional(number) : std::nullopt;
}

bool add_id(const Query& query, const char* name, std::string& id) {
  id = lower_case(value_of(query, name));
  return id.empty() || looks_like_uuid(id);
}

bool add_time(const Query& query, const char* name, std::optional<UtcTime>& time) {
  const std::string text = value_of(query, name);
  if (!text.empty()) time = iso_time(text);
  return text.empty() || time;
}

bool add_number(const Query& query, const char* name, std::optional<std::int64_t>& number) {
  const std::string text = value_of(query, name);
  if (!text.empty()) number = number_of(text);
  return text.empty() || number;
}

bool add_ids(const Query& query, Filter& filter) {
  std::string_view rest =
      query.contains("conference_ids") ? std::string_view(query.at("conference_ids")) : std::string_view();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    const std::string_view id = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (id.empty()) continue;
    if (!looks_like_uuid(id) || filter.ids.size() == kMaxIds) return false;
    filter.ids.emplace_back(id);
  }
  return true;
}

}  // namespace

Result<Query, Refusal> read_query(std::string_view text) {
  Query query;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    std::string name, value;
    if (!http::percent_decode(pair.substr(0, equals), true, name) ||
        !http::percent_decode(pair.substr(std::min(equals + 1, pair.size())), true, value)) {
      return refused(Code::kInvalidParameters);
    }
    query.insert_or_assign(std::move(name), std::move(value));
  }
  return query;
}

bool has_any(const Query& query, std::initializer_list<const char*> names) {
  return std::any_of(names.begin(), names.end(),
                     [&](const char* name) { return !value_of(query, name).empty(); });
}

std::optional<UtcTime> iso_time(std::string text) {
  constexpr std::size_t kDate = 10, kSeconds = 19, kOffset = 6;
  if (text.size() < kDate || text[4] != '-') return std::nullopt;  // epoch seconds are no ISO time
  if (text.size() == kDate) text += "T00:00:00";
  if (text[kDate] == ' ') text[kDate] = 'T';
  // A '+' that was not encoded arrives as a space.
  if (text.size() >= kSeconds + kOffset && text[text.size() - kOffset] == ' ')
    text[text.size() - kOffset] = '+';
  const bool has_offset = text.find_first_of("Zz+-", kDate) != std::string::npos;
  return parse_time(has_offset ? text : text + 'Z');
}

Result<Filter, Refusal> filter_of(const Query& query) {
  Filter filter;
  const bool ids = add_id(query, "appId", filter.app) && add_id(query, "conferenceId", filter.conference) &&
                   add_id(query, "participantId", filter.participant) && add_ids(query, filter);
  const bool times = add_time(query, "created_at_gt", filter.created_gt) &&
                     add_time(query, "created_at_gte", filter.created_gte) &&
                     add_time(query, "created_at_lt", filter.created_lt) &&
                     add_time(query, "created_at_lte", filter.created_lte);
  const bool numbers = add_number(query, "duration_gte", filter.duration_gte_s) &&
                       add_number(query, "duration_lt", filter.duration_lt_s);
  if (!ids || !times || !numbers) return refused(Code::kInvalidParameters);
  filter.issue_code = cut(value_of(query, "issue_code"), 32);
  filter.type = cut(value_of(query, "type"), 33);
  filter.other_types = filter.type.starts_with('-');
  if (filter.other_types) filter.type.erase(0, 1);
  return filter;
}

Result<bool, Refusal> add_slice(const Query& query, Filter& filter) {
  if (!query.contains("limit") && !query.contains("offset")) return false;
  const auto limit = query.contains("limit") ? number_of(query.at("limit")) : kDefaultLimit;
  const auto offset = query.contains("offset") ? number_of(query.at("offset")) : 0;
  if (!limit || !offset) return refused(Code::kInvalidParameters);
  filter.limit = static_cast<std::uint32_t>(std::clamp<std::int64_t>(*limit, 1, kMaxLimit));
  filter.offset = static_cast<std::uint32_t>(std::clamp<std::int64_t>(*offset, 0, kMaxOffset));
  return true;
}

}  // namespace rtcscope::api::peermetrics
