#pragma once
// Asks one Janus's Admin API again and again, on a thread of its own, and hands its answers to the pipeline.

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "app/feed_source.hpp"
#include "feeds/janus/admin_sweep.hpp"
#include "feeds/janus/io/admin_transport.hpp"

namespace rtcscope::app {

struct AdminFeedOptions {
  std::string url;
  std::string secret;   // "" where the API has none
  std::string ca_file;  // "" = the system's certificates
  Duration interval = std::chrono::seconds{10};
  unsigned requests_per_second = 50;
};

class AdminFeed final : public FeedSource {
 public:
  /// Begins to ask at once. Throws std::runtime_error, one line, when the address is none.
  AdminFeed(AdminFeedOptions options, Enqueue enqueue);
  ~AdminFeed() override;
  AdminFeed(const AdminFeed&) = delete;
  AdminFeed& operator=(const AdminFeed&) = delete;

  [[nodiscard]] api::FeedSourceStats stats() const override;

 private:
  void run();
  void sweep();
  void ask_all();
  void deliver(std::string json, UtcTime asked);
  void succeed();
  void fail(const std::string& why);
  /// False when the end was asked for meanwhile.
  bool sleep(Duration duration);

  AdminFeedOptions options_;
  feeds::janus::AdminAddress address_;
  Enqueue enqueue_;
  std::unique_ptr<feeds::janus::AdminTransport> transport_;
  feeds::janus::AdminSweep sweep_;
  std::uint64_t transactions_ = 0;
  Duration pause_;  // before the next sweep
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  api::FeedSourceStats stats_;
  std::thread thread_;
};

/// The first line of a file that holds a secret. Throws std::runtime_error, one line, when the file cannot be
/// read, has none, or is open to everybody on this machine.
std::string read_secret(const std::string& option, const std::string& path);

}  // namespace rtcscope::app
