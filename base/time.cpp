#include "base/time.hpp"

#include <array>
#include <charconv>
#include <cstdio>

namespace rtcscope {
namespace {

/// Reads exactly `digits` decimal digits at `text`, or nothing.
std::optional<int> fixed_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

/// ".123456789" -> nanoseconds; digits past the ninth are cut. Nothing when the point has no digit.
std::optional<std::int64_t> fraction_ns(std::string_view& text) {
  if (!take(text, ".")) return 0;
  std::int64_t ns = 0;
  std::int64_t scale = 100'000'000;
  std::size_t digits = 0;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1), ++digits) {
    ns += scale * (text.front() - '0');
    scale /= 10;
  }
  if (digits == 0) return std::nullopt;
  return ns;
}

std::optional<std::chrono::minutes> utc_offset(std::string_view& text) {
  if (take(text, "Zz")) return std::chrono::minutes{0};
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const int sign = text.front() == '-' ? -1 : 1;
  text.remove_prefix(1);
  const auto hours = fixed_number(text, 2);
  if (!hours || !take(text, ":")) return std::nullopt;
  const auto minutes = fixed_number(text, 2);
  if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  return std::chrono::minutes{sign * (*hours * 60 + *minutes)};
}

std::optional<UtcTime> parse_epoch(std::string_view text) {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  // Nine thousand years of range is more than a request needs, and keeps the product in 64 bits.
  if (error != std::errc{} || seconds < 0 || seconds > 9'000'000'000) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  const auto ns = fraction_ns(text);
  if (!ns || !text.empty()) return std::nullopt;
  return utc_from_ns(seconds * 1'000'000'000 + *ns);
}

}  // namespace

std::string to_rfc3339(UtcTime time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{floor<milliseconds>(time) - day};
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
                static_cast<int>(clock.subseconds().count()));
  return text.data();
}

std::optional<UtcTime> parse_time(std::string_view text) {
  using namespace std::chrono;
  if (text.find('-', 1) == std::string_view::npos) return parse_epoch(text);
  const auto y = fixed_number(text, 4);
  if (!y || !take(text, "-")) return std::nullopt;
  const auto mo = fixed_number(text, 2);
  if (!mo || !take(text, "-")) return std::nullopt;
  const auto d = fixed_number(text, 2);
  if (!d || !take(text, "Tt ")) return std::nullopt;
  const auto h = fixed_number(text, 2);
  if (!h || !take(text, ":")) return std::nullopt;
  const auto mi = fixed_number(text, 2);
  if (!mi || !take(text, ":")) return std::nullopt;
  const auto s = fixed_number(text, 2);
  if (!s) return std::nullopt;
  const auto ns = fraction_ns(text);
  const auto offset = utc_offset(text);
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*mo)}, day{static_cast<unsigned>(*d)}};
  // Years outside 1970-2261 do not fit 64-bit nanoseconds.
  if (!ns || !offset || !text.empty() || !date.ok() || *h > 23 || *mi > 59 || *s > 60 || *y < 1970 ||
      *y > 2261) {
    return std::nullopt;
  }
  return UtcTime{sys_days{date}} + hours{*h} + minutes{*mi} + seconds{*s} + nanoseconds{*ns} - *offset;
}

}  // namespace rtcscope
