#pragma once
// A recorded event log: one JSON object a line, {"t_ms": received, "event": {...}} or a bare event as
// Janus sent it (or an array of them).

#include <optional>
#include <string>

#include "feeds/wire/recorded_log.hpp"

namespace rtcscope::feeds::janus {

class EventLog final : public RecordedLog {
 public:
  /// Throws std::system_error that names the path when it cannot be opened.
  explicit EventLog(const std::string& path) : lines_("event log", path) {}

  /// The receive time is `t_ms`, else the event's own timestamp, else that of the delivery before.
  std::optional<Delivery> next() override;
  [[nodiscard]] const LineCounts& counts() const noexcept override { return lines_.counts(); }

 private:
  LineReader lines_;
  UtcTime newest_{};
};

}  // namespace rtcscope::feeds::janus
