#pragma once
// The logs that go with a recorded capture.

#include <memory>
#include <string>
#include <vector>

#include "feeds/janus/admin_log.hpp"
#include "feeds/janus/event_log.hpp"

namespace rtcscope::app {

class RecordedLogs {
 public:
  /// "" = there is none. Throws std::system_error that names the path when one cannot be opened.
  RecordedLogs(const std::string& events, const std::string& admin) {
    if (!events.empty()) events_ = std::make_unique<feeds::janus::EventLog>(events);
    if (!admin.empty()) admin_ = std::make_unique<feeds::janus::AdminLog>(admin);
  }

  [[nodiscard]] std::vector<feeds::janus::RecordedLog*> all() const {
    std::vector<feeds::janus::RecordedLog*> logs;
    if (events_) logs.push_back(events_.get());
    if (admin_) logs.push_back(admin_.get());
    return logs;
  }
  /// nullptr when there is none.
  [[nodiscard]] const feeds::janus::EventLog* events() const noexcept { return events_.get(); }
  [[nodiscard]] const feeds::janus::AdminLog* admin() const noexcept { return admin_.get(); }

 private:
  std::unique_ptr<feeds::janus::EventLog> events_;
  std::unique_ptr<feeds::janus::AdminLog> admin_;
};

}  // namespace rtcscope::app
