#pragma once
// A viewer in every room of an OWT server that is in use: hears at once what the management API tells seconds
// later.

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "app/active_rooms.hpp"
#include "app/feed_thread.hpp"
#include "app/owt_rest_feed.hpp"
#include "feeds/owt/io/portal_socket.hpp"
#include "feeds/owt/portal_session.hpp"

namespace rtcscope::app {

class OwtPortalFeed final : public FeedThread {
 public:
  /// Rooms that may have a viewer at the same time; the others are observed without.
  static constexpr std::size_t kMaxRooms = 200;

  /// `role`: one that the rooms have and that may subscribe. Begins at once. Throws std::runtime_error, one
  /// line, when the address is none.
  OwtPortalFeed(OwtOptions options, std::string role, std::shared_ptr<ActiveRooms> rooms, Enqueue enqueue);
  ~OwtPortalFeed() override { stop(); }

 private:
  struct Viewer {
    std::unique_ptr<feeds::owt::PortalSocket> socket;
    feeds::owt::PortalSession session;
    UtcTime since{};
  };

  Duration attempt() override;
  void follow_rooms();
  void enter(const std::string& room);
  void guard(const std::string& room, const std::function<void()>& step);
  void listen();
  void hear(const std::string& room, Viewer& viewer);
  void leave(const std::string& room);
  void leave_finished();

  OwtOptions options_;
  std::string role_;
  feeds::owt::RestAddress address_;
  feeds::owt::RestClient client_;
  std::shared_ptr<ActiveRooms> rooms_;
  std::map<std::string, Viewer> viewers_;      // by room
  std::map<std::string, UtcTime> not_before_;  // rooms that failed, or were left
};

}  // namespace rtcscope::app
