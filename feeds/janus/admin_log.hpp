#pragma once
// Recorded answers of the Admin API: {"t_ms": received, "server_info": {...}} once a server, then
// {"t_ms": received, "reply": {...}} for each answer as Janus gave it.

#include <optional>
#include <string>

#include "feeds/wire/recorded_log.hpp"

namespace rtcscope::feeds::janus {

class AdminLog final : public RecordedLog {
 public:
  /// Throws std::system_error that names the path when it cannot be opened.
  explicit AdminLog(const std::string& path) : lines_("Admin log", path) {}

  std::optional<Delivery> next() override;
  [[nodiscard]] const LineCounts& counts() const noexcept override { return lines_.counts(); }

 private:
  LineReader lines_;
  UtcTime newest_{};
  std::string server_;
};

}  // namespace rtcscope::feeds::janus
