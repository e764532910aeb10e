#include "store/sql/cursor.hpp"

#include <charconv>

#include "store/sql/connection.hpp"

namespace rtcscope::store::sql {
namespace {

[[noreturn]] void refuse() {
  throw Fault{StoreErrc::kBadCursor, "the cursor is not one that this list gave out"};
}

}  // namespace

std::string make_cursor(char list, std::initializer_list<std::int64_t> keys) {
  std::string text(1, list);
  for (const std::int64_t key : keys) text += "." + std::to_string(key);
  return text;
}

std::vector<std::int64_t> parse_cursor(std::string_view text, char list, std::size_t keys) {
  if (!text.starts_with(list)) refuse();
  std::vector<std::int64_t> values;
  const char* at = text.data() + 1;
  const char* const end = text.data() + text.size();
  while (at != end) {
    std::int64_t value = 0;
    if (*at != '.') refuse();
    const auto [next, fault] = std::from_chars(at + 1, end, value);
    if (fault != std::errc{}) refuse();
    values.push_back(value);
    at = next;
  }
  if (values.size() != keys) refuse();
  return values;
}

}  // namespace rtcscope::store::sql
