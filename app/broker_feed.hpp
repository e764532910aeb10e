#pragma once
// Fetches Janus's events from a broker, and connects again when it is gone.

#include <string>

#include "app/feed_thread.hpp"
#include "feeds/janus/io/event_source.hpp"

namespace rtcscope::app {

struct BrokerFeedOptions {
  std::string url;
  feeds::janus::BrokerLogin login;
};

class BrokerFeed final : public FeedThread {
 public:
  /// Begins at once. Throws std::runtime_error, one line, when the address is none.
  BrokerFeed(BrokerFeedOptions options, Enqueue enqueue);
  ~BrokerFeed() override { stop(); }

 private:
  Duration attempt() override;

  BrokerFeedOptions options_;
  feeds::janus::BrokerAddress address_;
};

}  // namespace rtcscope::app
