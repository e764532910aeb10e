#pragma once
// Something that goes to a server for events or state, on a thread of its own.

#include <functional>

#include "api/stats.hpp"
#include "feeds/wire/delivery.hpp"

namespace rtcscope::app {

class FeedSource {
 public:
  /// Takes one delivery without waiting; false when there is no room.
  using Enqueue = std::function<bool(feeds::Delivery&&)>;

  virtual ~FeedSource() = default;
  [[nodiscard]] virtual api::FeedSourceStats stats() const = 0;
};

}  // namespace rtcscope::app
