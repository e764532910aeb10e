#pragma once
// Fetches Janus's events from a broker, and connects again when it is gone.

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "app/feed_source.hpp"
#include "feeds/janus/io/event_source.hpp"

namespace rtcscope::app {

struct BrokerFeedOptions {
  std::string url;
  feeds::janus::BrokerLogin login;
};

class BrokerFeed final : public FeedSource {
 public:
  /// Begins at once. Throws std::runtime_error, one line, when the address is none.
  BrokerFeed(BrokerFeedOptions options, Enqueue enqueue);
  ~BrokerFeed() override;
  BrokerFeed(const BrokerFeed&) = delete;
  BrokerFeed& operator=(const BrokerFeed&) = delete;

  [[nodiscard]] api::FeedSourceStats stats() const override;

 private:
  void run();
  /// Until the connection is lost, which it throws, or the end.
  void fetch();
  void deliver(std::string json);
  void set_connected();
  void set_lost(const std::string& why);
  [[nodiscard]] bool stopping() const;
  /// False when the end was asked for meanwhile.
  bool sleep(Duration duration);

  BrokerFeedOptions options_;
  feeds::janus::BrokerAddress address_;
  Enqueue enqueue_;
  Duration pause_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  api::FeedSourceStats stats_;
  std::thread thread_;
};

}  // namespace rtcscope::app
