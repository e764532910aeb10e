#include "app/admin_feed.hpp"

#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "app/host.hpp"

namespace rtcscope::app {
namespace {

constexpr Duration kMinPause = std::chrono::seconds{1};
constexpr Duration kMaxPause = std::chrono::seconds{30};

}  // namespace

std::string read_secret(const std::string& option, const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0) {
    throw std::runtime_error(option + " " + path + " can be read by everybody on this machine: chmod 600 it");
  }
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
  if (line.empty()) {
    throw std::runtime_error(option + " " + path + " must be a readable file whose first line is the secret");
  }
  return line;
}

AdminFeed::AdminFeed(AdminFeedOptions options, Enqueue enqueue)
    : options_(std::move(options)),
      address_(feeds::janus::parse_admin_address(options_.url)),
      enqueue_(std::move(enqueue)),
      pause_(kMinPause) {
  stats_.kind = "janus_admin";
  stats_.address = options_.url;
  thread_ = std::thread([this] { run(); });
}

AdminFeed::~AdminFeed() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

api::FeedSourceStats AdminFeed::stats() const {
  const std::lock_guard lock(mutex_);
  return stats_;
}

bool AdminFeed::sleep(Duration duration) {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, duration, [this] { return stopping_; });
}

void AdminFeed::run() {
  do sweep();
  while (sleep(pause_));
}

void AdminFeed::sweep() {
  try {
    if (!transport_) transport_ = feeds::janus::connect_admin(address_, options_.ca_file);
    ask_all();
  } catch (const std::exception& error) {
    transport_.reset();
    fail(error.what());
  }
}

void AdminFeed::ask_all() {
  const UtcTime begin = utc_now();
  const Duration gap = std::chrono::nanoseconds{std::chrono::seconds{1}} / options_.requests_per_second;
  sweep_.begin(begin);
  for (;;) {
    const std::string transaction = "rtcscope-" + std::to_string(++transactions_);
    const auto request = sweep_.next(transaction, options_.secret);
    if (!request) break;
    const UtcTime asked = utc_now();
    std::string answer = transport_->exchange(*request, transaction);
    if (sweep_.answer(answer, asked)) deliver(std::move(answer), asked);
    if (!sleep(gap)) return;
  }
  if (!sweep_.failure().empty()) return fail(sweep_.failure());
  deliver(sweep_.inventory(), begin);
  succeed();
}

void AdminFeed::deliver(std::string json, UtcTime asked) {
  feeds::janus::Delivery delivery{utc_now(), std::move(json),
                                  feeds::janus::AdminQuestion{sweep_.server(), asked}};
  const bool taken = enqueue_(std::move(delivery));
  const std::lock_guard lock(mutex_);
  stats_.deliveries += taken ? 1 : 0;
  stats_.dropped += taken ? 0 : 1;
}

void AdminFeed::succeed() {
  pause_ = options_.interval;
  const std::lock_guard lock(mutex_);
  stats_.last_delivery_at = utc_now();
  stats_.last_error.clear();
  if (stats_.connected) return;
  stats_.connected = true;
  spdlog::info("Admin API {} of {}: {} sessions, {} handles", options_.url, sweep_.server(),
               sweep_.sessions(), sweep_.handles());
}

void AdminFeed::fail(const std::string& why) {
  const std::lock_guard lock(mutex_);
  pause_ = stats_.connected ? kMinPause : std::min(2 * pause_, kMaxPause);
  stats_.reconnects += stats_.connected ? 1 : 0;
  const bool news = stats_.connected || stats_.last_error != why;
  stats_.connected = false;
  stats_.last_error = why;
  if (news) spdlog::warn("Admin API {}: {}; trying again until it answers", options_.url, why);
}

}  // namespace rtcscope::app
