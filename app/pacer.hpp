#pragma once
// Plays recorded time: at its own pace, faster, or as fast as it goes.

#include <chrono>
#include <optional>

#include "app/signals.hpp"
#include "base/time.hpp"

namespace rtcscope::app {

class Pacer {
 public:
  /// `speed` 2 plays twice as fast; 0 never waits.
  explicit Pacer(double speed) noexcept : speed_(speed) {}

  /// Returns when recorded time `time` is due; false when a stop was requested meanwhile.
  bool wait_for(UtcTime time) {
    if (speed_ <= 0) return !stop_requested();
    const auto now = std::chrono::steady_clock::now();
    if (!started_) {
      started_ = now;
      recorded_start_ = time;
    }
    const std::chrono::duration<double, std::nano> recorded = time - recorded_start_;
    const auto due =
        *started_ + std::chrono::nanoseconds(static_cast<std::int64_t>(recorded.count() / speed_));
    return due <= now ? !stop_requested() : sleep_unless_stopped(due - now);
  }

 private:
  double speed_;
  std::optional<std::chrono::steady_clock::time_point> started_;
  UtcTime recorded_start_{};
};

}  // namespace rtcscope::app
