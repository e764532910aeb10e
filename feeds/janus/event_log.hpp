#pragma once
// A recorded event log: one JSON object a line, {"t_ms": received, "event": {...}} or a bare event as
// Janus sent it (or an array of them).

#include <cstdint>
#include <fstream>
#include <optional>
#include <string>

#include "feeds/janus/ingest.hpp"

namespace rtcscope::feeds::janus {

struct EventLogCounts {
  std::uint64_t lines = 0;
  std::uint64_t malformed = 0;             // not JSON, no event in it, too long or too deep
  std::uint64_t first_malformed_line = 0;  // counted from 1; 0 = none
};

class EventLog {
 public:
  static constexpr std::size_t kMaxLineBytes = 8 * 1024 * 1024;

  /// Throws std::system_error that names the path when it cannot be opened.
  explicit EventLog(const std::string& path);

  /// The next delivery in file order, or nothing at the end. Receive times never go back: `t_ms`, else
  /// the event's own timestamp, else that of the delivery before.
  std::optional<Delivery> next();

  /// Complete once next() has returned nothing.
  [[nodiscard]] const EventLogCounts& counts() const noexcept { return counts_; }

 private:
  bool read_line(std::string& line);

  std::ifstream file_;
  UtcTime newest_{};
  EventLogCounts counts_;
};

}  // namespace rtcscope::feeds::janus
