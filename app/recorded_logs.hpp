#pragma once
// The logs that go with a recorded capture.

#include <memory>
#include <string>
#include <vector>

#include "feeds/janus/admin_log.hpp"
#include "feeds/janus/event_log.hpp"
#include "feeds/owt/owt_log.hpp"

namespace rtcscope::app {

class RecordedLogs {
 public:
  /// "" = there is none. Throws std::system_error that names the path when one cannot be opened.
  RecordedLogs(const std::string& events, const std::string& admin, const std::string& owt) {
    if (!events.empty()) events_ = std::make_unique<feeds::janus::EventLog>(events);
    if (!admin.empty()) admin_ = std::make_unique<feeds::janus::AdminLog>(admin);
    if (!owt.empty()) owt_ = std::make_unique<feeds::owt::OwtLog>(owt);
  }

  [[nodiscard]] std::vector<feeds::RecordedLog*> all() const {
    std::vector<feeds::RecordedLog*> logs;
    if (events_) logs.push_back(events_.get());
    if (admin_) logs.push_back(admin_.get());
    if (owt_) logs.push_back(owt_.get());
    return logs;
  }
  /// nullptr when there is none.
  [[nodiscard]] const feeds::janus::EventLog* events() const noexcept { return events_.get(); }
  [[nodiscard]] const feeds::janus::AdminLog* admin() const noexcept { return admin_.get(); }
  [[nodiscard]] const feeds::owt::OwtLog* owt() const noexcept { return owt_.get(); }

 private:
  std::unique_ptr<feeds::janus::EventLog> events_;
  std::unique_ptr<feeds::janus::AdminLog> admin_;
  std::unique_ptr<feeds::owt::OwtLog> owt_;
};

}  // namespace rtcscope::app
