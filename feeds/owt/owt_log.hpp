#pragma once
// Recorded messages of an OWT server, one a line, each with the time at which it came:
//   {"t_ms": T, "server": S, "path": "/v1/rooms/ID/streams", "asked_ms": A, "reply": [...]}
//   {"t_ms": T, "server": S, "room": ID, "signal": {"event": "stream", "data": {...}}}
//   {"t_ms": T, "server": S, "room": ID, "cast": {"method": "onTrackUpdate", "args": [...]}}
// "path" may be "inventory", with the ids of all rooms; "guess": true says that no transport is told
// anywhere.

#include <optional>
#include <string>

#include "feeds/wire/recorded_log.hpp"

namespace rtcscope::feeds::owt {

class OwtLog final : public RecordedLog {
 public:
  /// Throws std::system_error that names the path when it cannot be opened.
  explicit OwtLog(const std::string& path) : lines_("OWT log", path) {}

  std::optional<Delivery> next() override;
  [[nodiscard]] const LineCounts& counts() const noexcept override { return lines_.counts(); }

 private:
  LineReader lines_;
  UtcTime newest_{};
};

}  // namespace rtcscope::feeds::owt
