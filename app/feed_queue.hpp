#pragma once
// Deliveries on their way from the HTTP threads to the pipeline's.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <utility>

#include "feeds/janus/ingest.hpp"

namespace rtcscope::app {

/// Bounded by octets as well as by count: a delivery may be megabytes.
class FeedQueue {
 public:
  static constexpr std::size_t kMaxDeliveries = 20'000;
  static constexpr std::size_t kMaxBytes = 64U << 20U;

  /// False when there is no room: the delivery is not taken.
  bool push(feeds::Delivery&& delivery) {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= kMaxDeliveries || bytes_ + delivery.json.size() > kMaxBytes) return false;
    bytes_ += delivery.json.size();
    waiting_.push_back(std::move(delivery));
    return true;
  }
  /// Everything that waits, oldest first.
  std::deque<feeds::Delivery> take_all() {
    const std::lock_guard lock(mutex_);
    bytes_ = 0;
    return std::exchange(waiting_, {});
  }
  [[nodiscard]] std::size_t depth() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::deque<feeds::Delivery> waiting_;
  std::size_t bytes_ = 0;
};

}  // namespace rtcscope::app
