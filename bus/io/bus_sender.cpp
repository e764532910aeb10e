#include "bus/io/bus_sender.hpp"

#include <algorithm>
#include <utility>

#include "disk/record_queue.hpp"
#include "feeds/wire/io/amqp_connection.hpp"

namespace rtcscope::bus {
namespace {

using std::chrono::milliseconds;

// How often an idle connection is looked after.
constexpr milliseconds kIdleCheck{500};
// What an attempt has at the end, when there is no patience left.
constexpr milliseconds kLeastPatience{100};

}  // namespace

Sender::Sender(SenderOptions options)
    : options_(std::move(options)),
      backlog_(options_.memory_bytes, options_.spool_folder, options_.spool_bytes),
      random_(std::random_device{}()) {
  thread_ = std::thread([this] { run(); });
}

Sender::~Sender() {
  stop(milliseconds{0});
}

void Sender::send(std::string batch) {
  backlog_.add(std::move(batch));
  // The thread is past its look at the backlog, or waits.
  { const std::lock_guard lock(mutex_); }
  wake_.notify_all();
}

SenderCounts Sender::counts() const {
  const BacklogCounts backlog = backlog_.counts();
  const std::lock_guard lock(mutex_);
  SenderCounts out = counts_;
  static_cast<BacklogCounts&>(out) = backlog;
  out.last_error = disk::both_errors(backlog.spool_error, counts_.last_error);
  return out;
}

void Sender::stop(milliseconds patience) {
  {
    std::unique_lock lock(mutex_);
    if (!stopping_) stop_at_ = Clock::now() + patience;
    stopping_ = true;
    wake_.notify_all();
    const bool done = wake_.wait_until(lock, stop_at_, [this] { return done_; });
    // A broker that takes nothing would hold the thread.
    if (!done && connection_) connection_->interrupt();
  }
  if (thread_.joinable()) thread_.join();
}

void Sender::run() {
  while (!finished()) {
    try {
      if (Clock::now() < next_try_) {
        pause();
      } else if (!connection_) {
        connect();
      } else {
        send_oldest();
        wait_for_batch();
      }
    } catch (const std::exception& error) {
      lose(error.what());
    }
  }
  backlog_.close();
  const std::lock_guard lock(mutex_);
  connection_.reset();
  counts_.connected = false;
  done_ = true;
  wake_.notify_all();
}

bool Sender::finished() {
  const std::lock_guard lock(mutex_);
  return stopping_ && (failed_at_end_ || backlog_.empty() || Clock::now() >= stop_at_);
}

milliseconds Sender::at_most(milliseconds patience) const {
  const std::lock_guard lock(mutex_);
  if (!stopping_) return patience;
  const auto rest = std::chrono::duration_cast<milliseconds>(stop_at_ - Clock::now());
  return std::min(patience, std::max(rest, kLeastPatience));
}

void Sender::connect() {
  auto address = amqp_address(options_.place);
  address.connect_within = at_most(options_.connect_within);
  auto connection = std::make_unique<feeds::AmqpConnection>(address);
  connection->declare_durable_queue(options_.place.address.queue, options_.place.queue_bytes);
  const std::lock_guard lock(mutex_);
  connection_ = std::move(connection);
  counts_.connected = true;
  if (was_connected_) ++counts_.reconnects;
  was_connected_ = true;
}

void Sender::send_oldest() {
  const std::string* batch = backlog_.oldest();
  if (batch != nullptr) {
    const bool taken = connection_->publish_confirmed(options_.place.address.queue, *batch,
                                                      at_most(options_.confirm_within));
    if (!taken) return refuse();
    const std::size_t octets = batch->size();
    backlog_.pop();
    pause_ = {};
    const std::lock_guard lock(mutex_);
    counts_.sent += 1;
    counts_.sent_bytes += octets;
  }
  enter(State::kGood, "");
}

/// Returns at once while there is something to send.
void Sender::wait_for_batch() {
  {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, kIdleCheck, [this] { return stopping_ || !backlog_.empty(); });
  }
  look_after();
}

/// Until the next attempt, or the end: then there is one at once.
void Sender::pause() {
  {
    std::unique_lock lock(mutex_);
    wake_.wait_until(lock, std::min(next_try_, Clock::now() + kIdleCheck),
                     [this] { return stopping_ || backlog_.must_spill(); });
    if (stopping_) next_try_ = {};
  }
  look_after();
}

void Sender::look_after() {
  if (backlog_.must_spill()) backlog_.spill();
  if (connection_) connection_->keep_alive();
}

void Sender::lose(const std::string& why) {
  backlog_.keep();
  std::unique_ptr<feeds::AmqpConnection> old;
  {
    const std::lock_guard lock(mutex_);
    old = std::exchange(connection_, nullptr);
    counts_.connected = false;
    counts_.failures += 1;
  }
  pause_longer();
  enter(State::kAway, why);
}

/// The queue is full; a new one does so, too, until it is ready. Once is no news: a queue that is read slowly
/// takes one and refuses the next.
void Sender::refuse() {
  backlog_.keep();
  const bool again = pause_.count() > 0;
  const std::string why = "the broker's queue " + options_.place.address.queue + " is full";
  {
    const std::lock_guard lock(mutex_);
    counts_.refused += 1;
    counts_.last_error = why;
  }
  pause_longer();
  if (again) enter(State::kFull, why);
}

// Many probes that lost one broker together must not come back together.
void Sender::pause_longer() {
  pause_ = std::clamp(pause_ * 2, options_.first_wait, options_.longest_wait);
  std::uniform_int_distribution<std::int64_t> tenth(-pause_.count() / 10, pause_.count() / 10);
  next_try_ = Clock::now() + pause_ + milliseconds{tenth(random_)};
  const std::lock_guard lock(mutex_);
  failed_at_end_ = stopping_;
}

/// Says so when it is news.
void Sender::enter(State state, const std::string& error) {
  {
    const std::lock_guard lock(mutex_);
    counts_.last_error = error;
  }
  const State before = std::exchange(state_, state);
  if (before == state || !options_.log) return;
  const std::string bus = "bus " + to_string(options_.place.address) + ": ";
  if (state == State::kAway) {
    options_.log(true, bus + error + "; trying again until it answers");
  } else if (state == State::kFull) {
    options_.log(true, bus + error + "; trying again until there is room");
  } else {
    options_.log(false, bus + (before == State::kNew    ? "connected"
                               : before == State::kAway ? "connected again"
                                                        : "there is room again"));
  }
}

}  // namespace rtcscope::bus
