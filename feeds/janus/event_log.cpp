#include "feeds/janus/event_log.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <filesystem>
#include <system_error>

#include <nlohmann/json.hpp>

#include "feeds/janus/event_parser.hpp"
#include "feeds/janus/json_depth.hpp"

namespace rtcscope::feeds::janus {
namespace {

using Json = nlohmann::json;

std::optional<UtcTime> received_time(const Json& line) {
  const auto t_ms = line.find("t_ms");
  if (t_ms == line.end() || !t_ms->is_number()) return std::nullopt;
  const double ms = t_ms->get<double>();
  if (!std::isfinite(ms) || ms < 0 || ms > 9e12) return std::nullopt;
  // Microseconds: all that a double of this size holds.
  return utc_from_ns(std::llround(ms * 1e3) * 1000);
}

std::optional<UtcTime> event_time(const Json& event) {
  const Json& first = event.is_array() && !event.empty() ? event.front() : event;
  if (!first.is_object()) return std::nullopt;
  const auto timestamp = first.find("timestamp");
  if (timestamp == first.end() || !timestamp->is_number_integer()) return std::nullopt;
  const auto us = timestamp->get<std::int64_t>();
  if (us < 0 || us > INT64_MAX / 1000) return std::nullopt;
  return utc_from_ns(us * 1000);
}

/// Discarded when the line is over a bound or no JSON. What is recorded has one level around the event.
Json parse_line(const std::string& line) {
  const bool in_bounds = line.size() <= EventLog::kMaxLineBytes && !deeper_than(line, kMaxDepth + 1);
  return in_bounds ? Json::parse(line, nullptr, /*allow_exceptions=*/false) : Json(Json::value_t::discarded);
}

bool blank(const std::string& line) {
  return line.find_first_not_of(" \t\r") == std::string::npos;
}

}  // namespace

EventLog::EventLog(const std::string& path) : file_(path, std::ios::binary) {
  int error = file_ ? 0 : errno;
  // A folder can be opened, and then reads like an empty file.
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) error = EISDIR;
  if (error != 0) throw std::system_error(error, std::generic_category(), "cannot open event log " + path);
}

// std::getline would take a line of any length into memory.
bool EventLog::read_line(std::string& line) {
  line.clear();
  bool any = false;
  for (int c = file_.get(); c != std::ifstream::traits_type::eof(); c = file_.get()) {
    any = true;
    if (c == '\n') break;
    if (line.size() <= kMaxLineBytes) line += static_cast<char>(c);
  }
  if (any) counts_.lines += 1;
  return any;
}

std::optional<Delivery> EventLog::next() {
  std::string line;
  while (read_line(line)) {
    if (blank(line)) continue;
    const Json json = parse_line(line);
    const bool recorded = json.is_object() && json.contains("t_ms") && json.contains("event");
    const bool bare = json.is_array() || (json.is_object() && json.contains("type"));
    if (!recorded && !bare) {
      counts_.malformed += 1;
      if (counts_.first_malformed_line == 0) counts_.first_malformed_line = counts_.lines;
      continue;
    }
    const Json& event = recorded ? json["event"] : json;
    auto time = recorded ? received_time(json) : std::nullopt;
    if (!time) time = event_time(event);
    newest_ = std::max(newest_, time.value_or(newest_));
    return Delivery{newest_, recorded ? event.dump(-1, ' ', false, Json::error_handler_t::replace) : line};
  }
  return std::nullopt;
}

}  // namespace rtcscope::feeds::janus
