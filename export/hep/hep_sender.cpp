#include "export/hep/hep_sender.hpp"

#include <algorithm>
#include <utility>

namespace rtcscope::export_hep {
namespace {

// A connection that lived so long was a good one: the next attempt need not wait.
constexpr std::chrono::seconds kGoodConnection{10};
// How soon the end of an idle connection is noticed.
constexpr std::chrono::milliseconds kIdleCheck{500};
constexpr std::chrono::milliseconds kPauseWhileStopping{50};

}  // namespace

const char* to_string(SenderState state) noexcept {
  switch (state) {
    case SenderState::kConnecting:
      return "connecting";
    case SenderState::kConnected:
      return "connected";
    case SenderState::kWaiting:
      return "waiting";
    case SenderState::kStopped:
      return "stopped";
  }
  return "unknown";
}

HepSender::HepSender(HepTarget target, SenderLimits limits)
    : limits_(limits), socket_(target, [this] { return out_of_time(); }) {
  stats_.target = to_string(target);
  stats_.capacity = limits_.queue_messages;
  thread_ = std::thread([this] { run(); });
}

void HepSender::send(std::span<const std::byte> message) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      ++stats_.dropped_unsent;
      return;
    }
    if (queue_.size() >= limits_.queue_messages) {
      ++stats_.dropped_queue_full;
      return;
    }
    queue_.emplace_back(message.begin(), message.end());
  }
  wake_.notify_one();
}

HepTargetStats HepSender::stats() const {
  const std::lock_guard lock(mutex_);
  HepTargetStats out = stats_;
  out.depth = queue_.size();
  return out;
}

void HepSender::request_stop() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    stop_at_ = Clock::now() + limits_.stop_within;
  }
  wake_.notify_one();
}

void HepSender::stop() {
  request_stop();
  if (thread_.joinable()) thread_.join();
}

bool HepSender::out_of_time() const {
  const std::lock_guard lock(mutex_);
  return Clock::now() >= stop_at_;
}

void HepSender::run() {
  const auto finished = [this] {
    const std::lock_guard lock(mutex_);
    return stopping_ && (queue_.empty() || Clock::now() >= stop_at_);
  };
  while (!finished()) {
    if (!socket_.is_open()) {
      connect();
    } else {
      wait_for_message();
      send_front();
    }
  }
  socket_.close();
  const std::lock_guard lock(mutex_);
  stats_.dropped_unsent += queue_.size();
  queue_.clear();
  stats_.state = SenderState::kStopped;
}

void HepSender::connect() {
  pause();
  auto opened = socket_.open();
  if (!opened) return fail(opened.error());
  const std::lock_guard lock(mutex_);
  stats_.state = SenderState::kConnected;
  if (connected_at_ != Clock::time_point{}) ++stats_.reconnects;
  connected_at_ = Clock::now();
}

/// Waits between attempts, each time twice as long, so that a dead collector is not hammered.
void HepSender::pause() {
  std::unique_lock lock(mutex_);
  stats_.state = SenderState::kWaiting;
  wake_.wait_for(lock, pause_, [this] { return stopping_; });
  if (stopping_ && pause_.count() > 0) {
    lock.unlock();
    std::this_thread::sleep_for(kPauseWhileStopping);
    lock.lock();
  }
  stats_.state = SenderState::kConnecting;
}

void HepSender::fail(std::string text) {
  const bool was_good = socket_.is_open() && Clock::now() - connected_at_ >= kGoodConnection;
  socket_.close();
  pause_ = was_good ? std::chrono::milliseconds{0}
                    : std::clamp(pause_ * 2, limits_.first_wait, limits_.longest_wait);
  const std::lock_guard lock(mutex_);
  ++stats_.failures;
  stats_.last_error = std::move(text);
}

/// Returns when there is a message, the end has come, or the connection should be looked at.
void HepSender::wait_for_message() {
  {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, kIdleCheck, [this] { return stopping_ || !queue_.empty(); });
  }
  if (socket_.has_ended()) fail("the collector ended the connection or refused what came");
}

void HepSender::send_front() {
  if (!socket_.is_open()) return;
  const Message* front = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (queue_.empty()) return;
    front = &queue_.front();  // push_back() leaves it where it is, and only this thread pops
  }
  const auto sent = socket_.send(*front);
  if (!sent && !sent.error().message_at_fault) return fail(sent.error().text);
  const std::lock_guard lock(mutex_);
  if (sent) {
    ++stats_.sent;
    stats_.bytes += front->size();
  } else {
    ++stats_.failures;
    ++stats_.dropped_unsent;
    stats_.last_error = sent.error().text;
  }
  queue_.pop_front();
}

}  // namespace rtcscope::export_hep
