#pragma once
// Asks one Janus's Admin API again and again, on a thread of its own, and hands its answers to the pipeline.

#include <memory>
#include <string>

#include "app/feed_thread.hpp"
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

class AdminFeed final : public FeedThread {
 public:
  /// Begins to ask at once. Throws std::runtime_error, one line, when the address is none.
  AdminFeed(AdminFeedOptions options, Enqueue enqueue);
  ~AdminFeed() override { stop(); }

 private:
  Duration attempt() override;
  void ask_all();
  void deliver_answer(std::string json, UtcTime asked);

  AdminFeedOptions options_;
  feeds::janus::AdminAddress address_;
  std::unique_ptr<feeds::janus::AdminTransport> transport_;
  feeds::janus::AdminSweep sweep_;
  std::uint64_t transactions_ = 0;
};

}  // namespace rtcscope::app
