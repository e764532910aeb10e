#include "app/broker_feed.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "app/host.hpp"

namespace rtcscope::app {
namespace {

constexpr Duration kMinPause = std::chrono::seconds{1};
constexpr Duration kMaxPause = std::chrono::seconds{30};
/// How long a stop may have to wait for a broker that says nothing.
constexpr std::chrono::milliseconds kPatience{200};

}  // namespace

BrokerFeed::BrokerFeed(BrokerFeedOptions options, Enqueue enqueue)
    : options_(std::move(options)),
      address_(feeds::janus::parse_broker_address(options_.url)),
      enqueue_(std::move(enqueue)),
      pause_(kMinPause) {
  stats_.kind = address_.scheme.starts_with("amqp") ? "janus_amqp" : "janus_mqtt";
  stats_.address = options_.url;
  thread_ = std::thread([this] { run(); });
}

BrokerFeed::~BrokerFeed() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

api::FeedSourceStats BrokerFeed::stats() const {
  const std::lock_guard lock(mutex_);
  return stats_;
}

bool BrokerFeed::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

bool BrokerFeed::sleep(Duration duration) {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, duration, [this] { return stopping_; });
}

void BrokerFeed::run() {
  do {
    try {
      fetch();
    } catch (const std::exception& error) {
      set_lost(error.what());
    }
  } while (sleep(pause_));
}

void BrokerFeed::fetch() {
  const auto source = feeds::janus::connect_broker(address_, options_.login);
  set_connected();
  while (!stopping()) {
    if (auto json = source->next(kPatience)) deliver(*std::move(json));
  }
}

void BrokerFeed::deliver(std::string json) {
  const UtcTime now = utc_now();
  const bool taken = enqueue_({now, std::move(json)});
  const std::lock_guard lock(mutex_);
  stats_.deliveries += taken ? 1 : 0;
  stats_.dropped += taken ? 0 : 1;
  stats_.last_delivery_at = now;
}

void BrokerFeed::set_connected() {
  const std::lock_guard lock(mutex_);
  pause_ = kMinPause;
  stats_.connected = true;
  stats_.last_error.clear();
  spdlog::info("fetching events from {}", options_.url);
}

void BrokerFeed::set_lost(const std::string& why) {
  const std::lock_guard lock(mutex_);
  pause_ = stats_.connected ? kMinPause : std::min(2 * pause_, kMaxPause);
  stats_.reconnects += stats_.connected ? 1 : 0;
  const bool news = stats_.connected || stats_.last_error != why;
  stats_.connected = false;
  stats_.last_error = why;
  if (news) spdlog::warn("events of {}: {}; trying again until it answers", options_.url, why);
}

}  // namespace rtcscope::app
