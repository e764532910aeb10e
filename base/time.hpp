#pragma once
// Time as data. Nothing below app/ reads a clock: time comes in with the packet or the feed message.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rtcscope {

/// UTC, nanoseconds since 1970-01-01T00:00:00Z.
using UtcTime = std::chrono::sys_time<std::chrono::nanoseconds>;
using Duration = std::chrono::nanoseconds;

constexpr UtcTime utc_from_ns(std::int64_t ns) noexcept {
  return UtcTime{std::chrono::nanoseconds{ns}};
}
constexpr std::int64_t ns_since_epoch(UtcTime time) noexcept {
  return time.time_since_epoch().count();
}

constexpr double to_milliseconds(Duration duration) noexcept {
  return std::chrono::duration<double, std::milli>(duration).count();
}

/// RFC 3339 in UTC with milliseconds: 2026-11-21T06:10:54.123Z.
std::string to_rfc3339(UtcTime time);

/// RFC 3339 with optional fraction and any numeric offset, or whole/fractional epoch seconds.
/// nullopt when the text is neither.
std::optional<UtcTime> parse_time(std::string_view text);

}  // namespace rtcscope
