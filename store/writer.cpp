#include "store/writer.hpp"

#include <algorithm>
#include <utility>

namespace rtcscope::store {
namespace {

constexpr std::chrono::milliseconds kRetryWhenStopping{20};

}  // namespace

Writer::Writer(Store& store, WriterOptions options)
    : store_(store),
      options_(std::move(options)),
      housekeeping_(store_, options_.retention, options_.roll_ups, options_.clock),
      queue_(std::max<std::size_t>(options_.capacity, 1)),
      write_at_(Clock::time_point::max()),
      house_at_(housekeeping_.next_due()),
      thread_([this] { run(); }) {}

Writer::~Writer() {
  flush_and_stop();
}

void Writer::on_change(const model::Change& change) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    counts_.queued += 1;
    if (stopping_) return count_dropped(change);
    const bool was_empty = queue_.size() == 0;
    const auto cost = queue_.push(change, under_way_);
    counts_.coalesced += cost.coalesced;
    counts_.dropped_samples += cost.dropped_samples;
    counts_.dropped_events += cost.dropped_events;
    counts_.dropped_entities += cost.dropped_entities;
    const bool is_first = was_empty && queue_.size() > 0;
    if (is_first) write_at_ = Clock::now() + options_.max_delay;
    wake = is_first || queue_.size() == options_.max_batch;
  }
  if (wake) wake_.notify_one();
}

void Writer::flush_and_stop() {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) give_up_at_ = Clock::now() + options_.stop_patience;
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

WriterCounts Writer::counts() const {
  const std::lock_guard lock(mutex_);
  WriterCounts counts = counts_;
  counts.queue_depth = queue_.size() + under_way_;
  counts.queue_capacity = queue_.capacity();
  return counts;
}

bool Writer::work_is_due() const {
  return stopping_ || queue_.size() >= options_.max_batch || Clock::now() >= next_due();
}

Writer::Clock::time_point Writer::next_due() const {
  return std::min(queue_.size() > 0 ? write_at_ : Clock::time_point::max(), house_at_);
}

void Writer::run() {
  Lock lock(mutex_);
  while (!stopping_ || queue_.size() > 0) {
    if (!work_is_due()) {
      // Not wait_until(max()): some implementations overflow on it.
      const auto until = std::min(next_due(), Clock::now() + std::chrono::hours{1});
      wake_.wait_until(lock, until);
      continue;
    }
    if (queue_.size() > 0) write_batch(lock);
    if (!stopping_ && Clock::now() >= house_at_) keep_house(lock);
  }
}

void Writer::write_batch(Lock& lock) {
  const auto batch = queue_.take(std::max<std::size_t>(options_.max_batch, 1));
  under_way_ = batch.size();
  write_at_ = Clock::now() + options_.max_delay;
  lock.unlock();
  write(batch);
  housekeeping_.look_at(batch);
  lock.lock();
  house_at_ = housekeeping_.next_due();
}

void Writer::keep_house(Lock& lock) {
  lock.unlock();
  const HouseWork work = housekeeping_.step();
  lock.lock();
  house_at_ = housekeeping_.next_due();
  counts_.expired += work.expired;
  counts_.rolled_up += work.rolled_up;
  if (!work.error.empty()) counts_.last_error = work.error;
}

void Writer::write(std::span<const model::Change> changes) {
  auto delay = options_.first_retry;
  while (true) {
    const auto result = store_.apply(changes);
    if (result) return count_written(changes.size());
    if (result.error().code == StoreErrc::kRejected) {
      if (changes.size() == 1) return count_rejected(result.error());
      // Somewhere among them: the halves find it.
      write(changes.first(changes.size() / 2));
      return write(changes.subspan(changes.size() / 2));
    }
    count_failure(result.error());
    if (!wait_to_retry(delay)) return count_given_up(changes);
    delay = std::min(delay * 2, options_.max_retry);
  }
}

/// False: it is time to give up.
bool Writer::wait_to_retry(std::chrono::milliseconds delay) {
  Lock lock(mutex_);
  if (!stopping_) {
    // A stop cuts the wait short: the store gets another chance at once.
    wake_.wait_until(lock, Clock::now() + delay, [&] { return stopping_; });
  } else {
    const auto until = Clock::now() + std::min(delay, kRetryWhenStopping);
    wake_.wait_until(lock, std::min(until, give_up_at_), [] { return false; });
    if (Clock::now() >= give_up_at_) return false;
  }
  counts_.retries += 1;
  return true;
}

void Writer::count_written(std::size_t changes) {
  const auto now = options_.clock ? std::optional(options_.clock()) : std::nullopt;
  const std::lock_guard lock(mutex_);
  in_outage_ = false;
  under_way_ -= changes;
  counts_.written += changes;
  counts_.last_write_at = now;
}

void Writer::count_rejected(const StoreError& error) {
  const std::lock_guard lock(mutex_);
  in_outage_ = false;
  under_way_ -= 1;
  counts_.rejected += 1;
  counts_.last_error = error.message;
}

void Writer::count_failure(const StoreError& error) {
  const std::lock_guard lock(mutex_);
  if (!in_outage_) counts_.outages += 1;
  in_outage_ = true;
  counts_.last_error = error.message;
}

/// These, and what waits behind them: each further try could take as long as the first.
void Writer::count_given_up(std::span<const model::Change> changes) {
  const std::lock_guard lock(mutex_);
  under_way_ -= changes.size();
  for (const model::Change& change : changes) count_dropped(change);
  for (const model::Change& change : queue_.take(queue_.size())) count_dropped(change);
}

void Writer::count_dropped(const model::Change& change) {
  if (std::holds_alternative<model::StreamSample>(change)) {
    counts_.dropped_samples += 1;
  } else if (std::holds_alternative<model::Event>(change)) {
    counts_.dropped_events += 1;
  } else {
    counts_.dropped_entities += 1;
  }
}

}  // namespace rtcscope::store
