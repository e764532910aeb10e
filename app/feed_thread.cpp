#include "app/feed_thread.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <stdexcept>

#include "app/host.hpp"

namespace rtcscope::app {
namespace {

constexpr Duration kMinPause = std::chrono::seconds{1};
constexpr Duration kMaxPause = std::chrono::seconds{30};

}  // namespace

FeedThread::FeedThread(std::string kind, std::string address, std::string what, Enqueue enqueue)
    : what_(std::move(what)), enqueue_(std::move(enqueue)), pause_(kMinPause), random_(random_seed()) {
  stats_.kind = std::move(kind);
  stats_.address = std::move(address);
}

FeedThread::~FeedThread() {
  stop();
}

void FeedThread::start() {
  thread_ = std::thread([this] { run(); });
}

void FeedThread::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

api::FeedSourceStats FeedThread::stats() const {
  const std::lock_guard lock(mutex_);
  return stats_;
}

bool FeedThread::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

bool FeedThread::sleep(Duration duration) {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, duration, [this] { return stopping_; });
}

// Many observers that began together must not ask one server together for good.
Duration FeedThread::jittered(Duration pause) {
  std::uniform_int_distribution<std::int64_t> tenth(-pause.count() / 10, pause.count() / 10);
  return pause + Duration{tenth(random_)};
}

void FeedThread::run() {
  Duration pause{};
  do {
    try {
      pause = attempt();
    } catch (const std::exception& error) {
      set_lost(error.what());
      pause = pause_;
    }
  } while (sleep(jittered(pause)));
}

void FeedThread::deliver(feeds::Delivery&& delivery) {
  const UtcTime received = delivery.received;
  const bool taken = enqueue_(std::move(delivery));
  const std::lock_guard lock(mutex_);
  stats_.deliveries += taken ? 1 : 0;
  stats_.dropped += taken ? 0 : 1;
  stats_.last_delivery_at = received;
}

void FeedThread::set_connected(const std::string& news) {
  const std::lock_guard lock(mutex_);
  pause_ = kMinPause;
  stats_.last_error.clear();
  if (stats_.connected) return;
  stats_.connected = true;
  spdlog::info("{}: {}", what_, news);
}

void FeedThread::set_trouble(const std::string& why) {
  const std::lock_guard lock(mutex_);
  if (stats_.last_error != why) spdlog::warn("{}: {}", what_, why);
  stats_.last_error = why;
}

void FeedThread::set_lost(const std::string& why) {
  const std::lock_guard lock(mutex_);
  pause_ = stats_.connected ? kMinPause : std::min(2 * pause_, kMaxPause);
  stats_.reconnects += stats_.connected ? 1 : 0;
  const bool news = stats_.connected || stats_.last_error != why;
  stats_.connected = false;
  stats_.last_error = why;
  if (news) spdlog::warn("{}: {}; trying again until it answers", what_, why);
}

}  // namespace rtcscope::app
