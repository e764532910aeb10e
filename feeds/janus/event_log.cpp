#include "feeds/janus/event_log.hpp"

#include <algorithm>

#include "feeds/wire/recorded_line.hpp"

namespace rtcscope::feeds::janus {
namespace {

std::optional<UtcTime> event_time(const Json& event) {
  const Json& first = event.is_array() && !event.empty() ? event.front() : event;
  if (!first.is_object()) return std::nullopt;
  const auto timestamp = first.find("timestamp");
  if (timestamp == first.end() || !timestamp->is_number_integer()) return std::nullopt;
  const auto us = timestamp->get<std::int64_t>();
  if (us < 0 || us > INT64_MAX / 1000) return std::nullopt;
  return utc_from_ns(us * 1000);
}

}  // namespace

std::optional<Delivery> EventLog::next() {
  std::string line;
  while (lines_.next(line)) {
    const Json json = parse_line(line);
    const bool recorded = json.is_object() && json.contains("t_ms") && json.contains("event");
    const bool bare = json.is_array() || (json.is_object() && json.contains("type"));
    if (!recorded && !bare) {
      lines_.refuse();
      continue;
    }
    const Json& event = recorded ? json["event"] : json;
    auto time = recorded ? received_time(json) : std::nullopt;
    if (!time) time = event_time(event);
    newest_ = std::max(newest_, time.value_or(newest_));
    return Delivery{newest_, recorded ? to_text(event) : line};
  }
  return std::nullopt;
}

}  // namespace rtcscope::feeds::janus
