#pragma once
// Listens on an OWT cluster's broker to what media agents tell conferences: the keys by which packets are
// known.

#include <memory>
#include <string>

#include "app/active_rooms.hpp"
#include "app/feed_thread.hpp"
#include "feeds/owt/node_watch.hpp"
#include "feeds/wire/io/amqp_connection.hpp"

namespace rtcscope::app {

struct OwtBrokerOptions {
  std::string url;     // as it was given
  std::string server;  // that facts name: the management API's
  std::string cluster = "owt-cluster";
  feeds::AmqpAddress address;
};

/// Takes nothing away: its queue is its own, bound beside those of the conferences.
class OwtBrokerFeed final : public FeedThread {
 public:
  OwtBrokerFeed(OwtBrokerOptions options, std::shared_ptr<ActiveRooms> rooms, Enqueue enqueue);
  ~OwtBrokerFeed() override { stop(); }

 private:
  Duration attempt() override;

  OwtBrokerOptions options_;
  std::shared_ptr<ActiveRooms> rooms_;
};

/// Reads amqp://HOST:5672/VHOST (amqps: for TLS). Throws std::runtime_error, one line, when it is neither,
/// names user and password, or has a query.
feeds::AmqpAddress parse_owt_broker(const std::string& url);

}  // namespace rtcscope::app
