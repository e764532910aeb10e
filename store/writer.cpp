#include "store/writer.hpp"

#include <algorithm>
#include <utility>

#include "disk/record_queue.hpp"

namespace rtcscope::store {
namespace {

constexpr std::chrono::milliseconds kRetryWhenStopping{20};

WriterCounts first_counts(const WriterOptions& options) {
  WriterCounts counts;
  if (options.spool == nullptr) return counts;
  counts.spool = options.spool->counts();
  counts.spool_capacity_bytes = options.spool->capacity_bytes();
  return counts;
}

}  // namespace

Writer::Writer(Store& store, WriterOptions options)
    : store_(store),
      options_(std::move(options)),
      spool_waits_(options_.spool == nullptr ? 0 : options_.spool->counts().batches),
      housekeeping_(store_, options_.retention, options_.roll_ups, options_.clock),
      queue_(std::max<std::size_t>(options_.capacity, 1)),
      counts_(first_counts(options_)),
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
  counts.last_error = disk::both_errors(spool_error_, counts_.last_error);
  return counts;
}

bool Writer::queue_is_due() const {
  if (queue_.size() == 0) return false;
  return stopping_ || queue_.size() >= options_.max_batch || Clock::now() >= write_at_;
}

bool Writer::work_is_due() const {
  return stopping_ || queue_is_due() || Clock::now() >= next_due();
}

Writer::Clock::time_point Writer::next_due() const {
  const auto queue_at = queue_.size() > 0 ? write_at_ : Clock::time_point::max();
  return std::min(queue_at, spooling() ? replay_at_ : house_at_);
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
    if (spooling() && !stopping_ && Clock::now() >= replay_at_) replay(lock);
    if (queue_is_due()) write_batch(lock);
    // A store that is away is not asked to clean up.
    if (!stopping_ && !spooling() && Clock::now() >= house_at_) keep_house(lock);
  }
}

void Writer::write_batch(Lock& lock) {
  const auto batch = queue_.take(std::max<std::size_t>(options_.max_batch, 1));
  under_way_ = batch.size();
  write_at_ = Clock::now() + options_.max_delay;
  lock.unlock();
  settle(batch);
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

/// Brings the changes to the store, or to the spool, whose order is kept: nothing passes what waits there.
void Writer::settle(std::span<const model::Change> changes) {
  auto delay = options_.first_retry;
  while (true) {
    if (!spooling()) {
      changes = changes.subspan(write(changes));
      if (changes.empty()) return;
    }
    if (to_spool(changes)) return;
    // No room there: what is oldest must go first.
    if (spooling() && replay_oldest()) continue;
    if (!wait_to_retry(delay)) return count_given_up(changes);
    delay = std::min(delay * 2, options_.max_retry);
  }
}

/// How many of the changes, from the first on, are done with: in the store, or refused for what they are.
std::size_t Writer::write(std::span<const model::Change> changes) {
  const Applied applied = apply_what_can_be(store_, changes);
  if (applied.done() > 0) count_done(applied);
  if (applied.failure) count_failure(*applied.failure);
  return applied.done();
}

bool Writer::to_spool(std::span<const model::Change> changes) {
  if (options_.spool == nullptr) return false;
  const bool first = options_.spool->empty();
  const bool taken = options_.spool->append(changes);
  const std::lock_guard lock(mutex_);
  if (taken) {
    counts_.spooled += changes.size();
    spool_error_.clear();
    under_way_ -= changes.size();
  } else {
    spool_error_ = options_.spool->error();
  }
  look_at_spool();
  if (!taken || !first) return taken;
  replay_delay_ = options_.first_retry;
  replay_at_ = Clock::now() + replay_delay_;
  return true;
}

/// False: the store does not take it.
bool Writer::replay_oldest() {
  const auto batch = options_.spool->oldest();
  bool done = true;
  if (batch) {
    const auto rest = std::span(*batch).subspan(replayed_);
    move_under_way(rest.size());
    replayed_ += write(rest);
    move_back(batch->size() - replayed_);
    done = replayed_ == batch->size();
    if (done) housekeeping_.look_at(*batch);
  }
  if (done) {
    if (batch) options_.spool->pop();
    replayed_ = 0;
  }
  const std::lock_guard lock(mutex_);
  look_at_spool();
  return done;
}

void Writer::move_under_way(std::size_t changes) {
  const std::lock_guard lock(mutex_);
  counts_.spool.changes -= changes;
  under_way_ += changes;
}

void Writer::move_back(std::size_t changes) {
  const std::lock_guard lock(mutex_);
  under_way_ -= changes;
  counts_.spool.changes += changes;
}

void Writer::replay(Lock& lock) {
  lock.unlock();
  const bool done = replay_oldest();
  lock.lock();
  house_at_ = housekeeping_.next_due();
  if (!done) counts_.retries += 1;
  replay_delay_ = done ? options_.first_retry : std::min(replay_delay_ * 2, options_.max_retry);
  replay_at_ = !spooling() ? Clock::time_point::max() : done ? Clock::now() : Clock::now() + replay_delay_;
}

void Writer::look_at_spool() {
  spool_waits_ = options_.spool->counts().batches;
  counts_.spool = options_.spool->counts();
  counts_.spool.changes -= replayed_;
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

void Writer::count_done(const Applied& applied) {
  const auto now = options_.clock ? std::optional(options_.clock()) : std::nullopt;
  bool back = false;
  {
    const std::lock_guard lock(mutex_);
    back = std::exchange(in_outage_, false);
    if (!spooling()) spool_error_.clear();  // nobody asks the disk now
    under_way_ -= applied.done();
    counts_.written += applied.written;
    counts_.rejected += applied.rejected;
    if (applied.rejected > 0) counts_.last_error = applied.refusal;
    if (applied.written > 0) counts_.last_write_at = now;
  }
  if (back && options_.log) options_.log("the store takes writes again");
}

void Writer::count_failure(const StoreError& error) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = !in_outage_;
    counts_.outages += first ? 1U : 0U;
    in_outage_ = true;
    counts_.last_error = error.message;
  }
  // Once for each time it goes away, however often it is tried.
  if (first && options_.log) options_.log(error.message);
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
