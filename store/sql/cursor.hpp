#pragma once
// A page's end as text: a letter for the list and the sort keys of the last row, e.g. "p.1795241454.77".

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace rtcscope::store::sql {

std::string make_cursor(char list, std::initializer_list<std::int64_t> keys);
/// The keys. Throws Fault kBadCursor when the text is not a cursor of that list with that many keys.
std::vector<std::int64_t> parse_cursor(std::string_view text, char list, std::size_t keys);

}  // namespace rtcscope::store::sql
