#include "app/broker_feed.hpp"

#include "app/host.hpp"

namespace rtcscope::app {
namespace {

/// How long a stop may have to wait for a broker that says nothing.
constexpr std::chrono::milliseconds kPatience{200};

const char* kind_of(const std::string& url) {
  return url.starts_with("amqp") ? "janus_amqp" : "janus_mqtt";
}

}  // namespace

BrokerFeed::BrokerFeed(BrokerFeedOptions options, Enqueue enqueue)
    : FeedThread(kind_of(options.url), options.url, "events of " + options.url, std::move(enqueue)),
      options_(std::move(options)),
      address_(feeds::janus::parse_broker_address(options_.url)) {
  start();
}

Duration BrokerFeed::attempt() {
  const auto source = feeds::janus::connect_broker(address_, options_.login);
  set_connected("connected");
  while (!stopping()) {
    if (auto json = source->next(kPatience)) deliver({utc_now(), *std::move(json)});
  }
  return Duration::zero();
}

}  // namespace rtcscope::app
