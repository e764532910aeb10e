#pragma once
// What the lines of recorded logs have in common (internal to feeds).

#include <cmath>
#include <optional>
#include <string>

#include "base/json_depth.hpp"
#include "base/time.hpp"
#include "feeds/wire/delivery_counts.hpp"
#include "feeds/wire/json_fields.hpp"
#include "feeds/wire/line_reader.hpp"

namespace rtcscope::feeds {

/// `key`, milliseconds since the epoch, when there is a sane one.
inline std::optional<UtcTime> received_time(const Json& line, const char* key = "t_ms") {
  const auto t_ms = line.find(key);
  if (t_ms == line.end() || !t_ms->is_number()) return std::nullopt;
  const double ms = t_ms->get<double>();
  if (!std::isfinite(ms) || ms < 0 || ms > 9e12) return std::nullopt;
  // Microseconds: all that a double of this size holds.
  return utc_from_ns(std::llround(ms * 1e3) * 1000);
}

/// Discarded when the line is over a bound or no JSON. What is recorded has one level around the original.
inline Json parse_line(const std::string& line) {
  const bool in_bounds = line.size() <= LineReader::kMaxLineBytes && !deeper_than(line, kMaxDepth + 1);
  return in_bounds ? Json::parse(line, nullptr, /*allow_exceptions=*/false) : Json(Json::value_t::discarded);
}

inline std::string to_text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace rtcscope::feeds
