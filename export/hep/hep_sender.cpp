#include "export/hep/hep_sender.hpp"

#include <algorithm>
#include <csignal>
#include <iterator>
#include <utility>

#include "disk/record_queue.hpp"

namespace rtcscope::export_hep {
namespace {

// A connection that lived so long was a good one: the next attempt need not wait.
constexpr std::chrono::seconds kGoodConnection{10};
// How soon the end of an idle connection is noticed.
constexpr std::chrono::milliseconds kIdleCheck{500};
constexpr std::chrono::milliseconds kPauseWhileStopping{50};
// A disk that took nothing is asked again so much later.
constexpr std::chrono::seconds kAfterFailedSpill{1};

/// OpenSSL writes to its socket without MSG_NOSIGNAL: a collector that went away must not end the process.
void block_sigpipe() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  (void)pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

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

HepSender::HepSender(const HepTarget& target, SenderLimits limits, const TlsContext* tls,
                     std::unique_ptr<MessageSpool> spool)
    : limits_(limits), spool_(std::move(spool)), socket_(target, tls, [this] { return given_up(); }) {
  stats_.target = to_string(target);
  stats_.capacity = limits_.queue_messages;
  if (spool_) stats_.spool = spool_->counts();
  thread_ = std::thread([this] { run(); });
}

void HepSender::send(std::span<const std::byte> message) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      ++stats_.dropped_unsent;
      return;
    }
    if (queue_.size() + (holding_ ? 1 : 0) >= limits_.queue_messages) {
      ++(!spool_error_.empty() ? stats_.dropped_spool_full : stats_.dropped_queue_full);
      return;
    }
    queue_.emplace_back(message.begin(), message.end());
  }
  wake_.notify_one();
}

HepTargetStats HepSender::stats() const {
  const std::lock_guard lock(mutex_);
  HepTargetStats out = stats_;
  out.depth = queue_.size() + (holding_ ? 1 : 0);
  out.last_error = disk::both_errors(spool_error_, stats_.last_error);
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

/// Asked while the socket waits: the queue must not overflow meanwhile.
bool HepSender::given_up() {
  spill_if_due();
  const std::lock_guard lock(mutex_);
  return Clock::now() >= stop_at_;
}

void HepSender::run() {
  block_sigpipe();
  const auto finished = [this] {
    const std::lock_guard lock(mutex_);
    const bool nothing_left = queue_.empty() && !holding_ && stats_.spool.messages == 0;
    return stopping_ && (nothing_left || Clock::now() >= stop_at_);
  };
  while (!finished()) {
    if (!socket_.is_open()) {
      connect();
    } else {
      wait_for_message();
      send_oldest();
    }
  }
  finish();
}

void HepSender::finish() {
  if (socket_.is_open()) socket_.finish();
  std::deque<Message> rest;
  take_back(rest);
  const std::size_t without_spool = spool_ ? 0 : rest.size();
  if (spool_) spill(std::move(rest));
  const std::lock_guard lock(mutex_);
  stats_.dropped_unsent += without_spool + queue_.size();  // there are those that found no room on disk
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
  const auto until = Clock::now() + pause_;
  std::unique_lock lock(mutex_);
  stats_.state = SenderState::kWaiting;
  while (!stopping_ && Clock::now() < until) {
    wake_.wait_until(lock, until, [this] { return stopping_ || must_spill(); });
    lock.unlock();
    spill_if_due();
    lock.lock();
  }
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
    wake_.wait_for(lock, kIdleCheck,
                   [this] { return stopping_ || !queue_.empty() || holding_ || stats_.spool.messages > 0; });
  }
  // A connection that works takes the queue faster than the disk; but what waits there goes first.
  if (spool_ && !spool_->empty()) spill_if_due();
  if (socket_.has_ended()) fail("the collector ended the connection or refused what came");
}

/// What was held back first: the message that could not be sent, what waits on disk, what is queued.
const Message* HepSender::oldest() {
  if (current_) return &*current_;
  if (spool_) {
    const Message* waiting = spool_->front();
    note_spool();
    if (waiting != nullptr) return waiting;
  }
  const std::lock_guard lock(mutex_);
  if (queue_.empty()) return nullptr;
  current_ = std::move(queue_.front());
  queue_.pop_front();
  holding_ = true;
  return &*current_;
}

void HepSender::send_oldest() {
  if (!socket_.is_open()) return;
  const Message* message = oldest();
  if (message == nullptr) return;
  const std::size_t size = message->size();
  const auto sent = socket_.send(*message);
  if (!sent && !sent.error().message_at_fault) return fail(sent.error().text);
  const bool was_current = current_.has_value();
  if (was_current) {
    current_.reset();
  } else {
    spool_->pop();
    next_spill_ = {};
    note_spool();
  }
  const std::lock_guard lock(mutex_);
  if (was_current) holding_ = false;
  if (spool_ && spool_->empty()) spool_error_.clear();  // nobody asks the disk now
  if (sent) {
    ++stats_.sent;
    stats_.bytes += size;
  } else {
    ++stats_.failures;
    ++stats_.dropped_too_big;
    stats_.last_error = sent.error().text;
  }
}

/// Half a queue waits: behind what is on disk already, or for a connection that takes nothing. Under the
/// lock.
bool HepSender::must_spill() const {
  return spool_ && queue_.size() >= std::max<std::size_t>(1, limits_.queue_messages / 2) &&
         Clock::now() >= next_spill_;
}

void HepSender::spill_if_due() {
  std::deque<Message> messages;
  {
    const std::lock_guard lock(mutex_);
    if (!must_spill() || stopping_) return;
    messages.swap(queue_);
  }
  spill(std::move(messages));
}

/// Whatever finds no room goes back to the front of the queue.
void HepSender::spill(std::deque<Message> messages) {
  const std::size_t taken = spool_->append(messages);
  const bool full = !messages.empty();
  next_spill_ = full ? Clock::now() + kAfterFailedSpill : Clock::time_point{};
  note_spool();
  const std::lock_guard lock(mutex_);
  stats_.spooled += taken;
  spool_error_ = full ? spool_->error() : "";
  queue_.insert(queue_.begin(), std::make_move_iterator(messages.begin()),
                std::make_move_iterator(messages.end()));
}

/// All that is in memory, oldest first.
void HepSender::take_back(std::deque<Message>& messages) {
  const std::lock_guard lock(mutex_);
  messages.swap(queue_);
  if (!current_) return;
  messages.push_front(*std::move(current_));
  current_.reset();
  holding_ = false;
}

void HepSender::note_spool() {
  const SpoolCounts counts = spool_->counts();
  const std::lock_guard lock(mutex_);
  stats_.spool = counts;
}

}  // namespace rtcscope::export_hep
