#pragma once
// Which rooms of an OWT server are in use, as the management API told last: its poller writes, the others
// read.

#include <mutex>
#include <set>
#include <string>

namespace rtcscope::app {

class ActiveRooms {
 public:
  void set(std::set<std::string> rooms) {
    const std::lock_guard lock(mutex_);
    rooms_ = std::move(rooms);
  }
  [[nodiscard]] std::set<std::string> get() const {
    const std::lock_guard lock(mutex_);
    return rooms_;
  }

 private:
  mutable std::mutex mutex_;
  std::set<std::string> rooms_;
};

}  // namespace rtcscope::app
