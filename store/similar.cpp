#include "store/similar.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/text.hpp"

namespace rtcscope::store {
namespace {

constexpr std::size_t kLongest = 64;  // octets; who types more knows what they look for
constexpr unsigned kMostSlips = 2;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

/// Optimal string alignment distance, in octets: a changed letter beyond ASCII may count as two.
unsigned distance(std::string_view a, std::string_view b) {
  std::array<std::array<unsigned, kLongest + 1>, 3> rows{};
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = static_cast<unsigned>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i - 1) % 3];
    row[0] = static_cast<unsigned>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const unsigned change = lower_case(a[i - 1]) == lower_case(b[j - 1]) ? 0 : 1;
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + change});
      const bool swapped = i > 1 && j > 1 && lower_case(a[i - 1]) == lower_case(b[j - 2]) &&
                           lower_case(a[i - 2]) == lower_case(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], rows[(i - 2) % 3][j - 2] + 1);
    }
  }
  return rows[a.size() % 3][b.size()];
}

unsigned least(std::string_view typed, std::string_view name, unsigned best) {
  const std::size_t difference = std::max(typed.size(), name.size()) - std::min(typed.size(), name.size());
  if (difference >= best || name.size() > kLongest) return best;
  return std::min(best, distance(typed, name));
}

}  // namespace

std::optional<unsigned> slips_between(std::string_view typed, std::string_view name) {
  if (typed.size() < 4 || typed.size() > kLongest || std::ranges::none_of(typed, is_letter))
    return std::nullopt;
  const unsigned most = std::min(kMostSlips, static_cast<unsigned>(typed.size() / 4));
  unsigned best = least(typed, name, most + 1);
  for (std::size_t begin = 0; begin < name.size();) {
    const std::size_t end = std::min(name.find_first_of(" -_.@/", begin), name.size());
    best = least(typed, name.substr(begin, end - begin), best);
    begin = end + 1;
  }
  return best <= most ? std::optional(best) : std::nullopt;
}

}  // namespace rtcscope::store
