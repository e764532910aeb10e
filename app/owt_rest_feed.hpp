#pragma once
// Asks one OWT management API again and again, and hands its answers to the pipeline.

#include <memory>
#include <string>

#include "app/active_rooms.hpp"
#include "app/feed_thread.hpp"
#include "feeds/owt/io/rest_client.hpp"
#include "feeds/owt/rest_sweep.hpp"

namespace rtcscope::app {

/// One OWT server, as all its feeds know it.
struct OwtOptions {
  std::string url;
  feeds::owt::Service service;
  std::string ca_file;  // "" = the system's certificates
  Duration interval = std::chrono::seconds{5};
  unsigned requests_per_second = 50;
  std::string viewer = feeds::owt::kDefaultViewer;  // user name of viewers
  bool guess_transports = true;                     // no other feed tells them
};

class OwtRestFeed final : public FeedThread {
 public:
  /// Begins to ask at once. Throws std::runtime_error, one line, when the address is none.
  OwtRestFeed(OwtOptions options, std::shared_ptr<ActiveRooms> rooms, Enqueue enqueue);
  ~OwtRestFeed() override { stop(); }

 private:
  Duration attempt() override;
  void deliver_answer(std::string json, std::string path, UtcTime asked);

  OwtOptions options_;
  feeds::owt::RestAddress address_;
  feeds::owt::RestClient client_;
  feeds::owt::RestSweep sweep_;
  std::shared_ptr<ActiveRooms> rooms_;
};

}  // namespace rtcscope::app
