#pragma once
// What feed sources have in common: the thread, the pauses between its attempts, and the counters.

#include <condition_variable>
#include <mutex>
#include <random>
#include <string>
#include <thread>

#include "app/feed_source.hpp"

namespace rtcscope::app {

class FeedThread : public FeedSource {
 public:
  ~FeedThread() override;
  FeedThread(const FeedThread&) = delete;
  FeedThread& operator=(const FeedThread&) = delete;

  [[nodiscard]] api::FeedSourceStats stats() const override;

 protected:
  /// `what` names the source in the log: "Admin API http://...".
  FeedThread(std::string kind, std::string address, std::string what, Enqueue enqueue);

  /// One attempt: asks for all there is, or fetches until the connection is lost. Returns the pause before
  /// the next one; throws std::exception, one line, when it failed.
  virtual Duration attempt() = 0;
  /// The last thing that a derived class's constructor does.
  void start();
  /// The first thing that a derived class's destructor does.
  void stop();

  [[nodiscard]] bool stopping() const;
  /// False when the end was asked for meanwhile.
  bool sleep(Duration duration);
  /// Hands the delivery on, or counts it as dropped.
  void deliver(feeds::Delivery&& delivery);
  /// The other side answered as it should; `news` is logged when it did not before.
  void set_connected(const std::string& news);
  /// A part of it does not work; the rest goes on.
  void set_trouble(const std::string& why);

 private:
  void run();
  Duration jittered(Duration pause);
  void set_lost(const std::string& why);

  std::string what_;
  Enqueue enqueue_;
  Duration pause_;  // after a failure
  std::mt19937_64 random_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  api::FeedSourceStats stats_;
  std::thread thread_;
};

}  // namespace rtcscope::app
