#pragma once
// Between the pipeline, which must not wait for a disk, and the store: a bounded queue and a thread.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>

#include "correlator/model.hpp"
#include "store/apply.hpp"
#include "store/housekeeping.hpp"
#include "store/spool/spool.hpp"
#include "store/store.hpp"
#include "store/write_queue.hpp"

namespace rtcscope::store {

struct WriterOptions {
  std::size_t capacity = 200'000;  // changes that wait, at most
  std::size_t max_batch = 5'000;   // changes in a transaction
  std::chrono::milliseconds max_delay{500};
  std::chrono::milliseconds first_retry{100};  // doubles up to max_retry
  std::chrono::milliseconds max_retry{5'000};
  /// How long flush_and_stop() goes on trying a store that fails.
  std::chrono::milliseconds stop_patience{500};
  Retention retention;
  RollUps roll_ups;
  /// Where what the store does not take waits, with what comes after it, in order; it outlives the writer,
  /// which alone uses it. nullptr: in the queue.
  spool::Spool* spool = nullptr;
  /// Told when the store stops taking writes and when it takes them again; from the writer's thread.
  std::function<void(const std::string&)> log{};
  /// The wall clock, for Retention and last_write_at; without one there is neither.
  std::function<UtcTime()> clock;
};

/// Cumulative since the start, but for the queue's depth and capacity.
struct WriterCounts {
  std::uint64_t queue_depth = 0;  // with the batch under way
  std::uint64_t queue_capacity = 0;
  std::uint64_t queued = 0;     // taken from the pipeline
  std::uint64_t written = 0;    // are in the store
  std::uint64_t coalesced = 0;  // states replaced by a newer one before they were written
  std::uint64_t dropped_samples = 0;
  std::uint64_t dropped_events = 0;
  std::uint64_t dropped_entities = 0;
  std::uint64_t rejected = 0;              // changes that the store refused for what they are
  std::uint64_t retries = 0;               // batches tried again
  std::uint64_t outages = 0;               // times that the store stopped taking writes
  std::uint64_t expired = 0;               // rows that retention deleted
  std::uint64_t rolled_up = 0;             // minutes of streams added up to 10 s and 60 s
  std::uint64_t spooled = 0;               // changes that went to the spool
  spool::SpoolCounts spool;                // as it is now
  std::uint64_t spool_capacity_bytes = 0;  // 0: there is none
  std::string last_error;                  // "" when there was none; while the spool takes no more, also why
  std::optional<UtcTime> last_write_at;
};

/// queued == queue_depth + spool.changes + written + coalesced + dropped_... + rejected, always (of a spool
/// that was empty at the start and could be read back).
class Writer final : public model::ChangeSink {
 public:
  /// `store` outlives the writer. Starts the thread.
  Writer(Store& store, WriterOptions options);
  /// As flush_and_stop().
  ~Writer() override;
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Never waits for the store. After flush_and_stop() a change counts as dropped.
  void on_change(const model::Change& change) override;

  /// Writes everything that waits and ends the thread. What a failing store does not take goes to the spool,
  /// which stays for the next run; without one, what it did not take within `stop_patience` counts as
  /// dropped.
  void flush_and_stop();

  /// From any thread.
  [[nodiscard]] WriterCounts counts() const;

 private:
  using Clock = std::chrono::steady_clock;
  using Lock = std::unique_lock<std::mutex>;

  void run();
  [[nodiscard]] bool queue_is_due() const;
  [[nodiscard]] bool work_is_due() const;
  [[nodiscard]] Clock::time_point next_due() const;
  void write_batch(Lock& lock);
  void settle(std::span<const model::Change> changes);
  std::size_t write(std::span<const model::Change> changes);
  bool to_spool(std::span<const model::Change> changes);
  bool replay_oldest();
  void move_under_way(std::size_t changes);
  void move_back(std::size_t changes);
  void replay(Lock& lock);
  [[nodiscard]] bool spooling() const noexcept { return spool_waits_ > 0; }
  void look_at_spool();  // the caller holds the lock
  bool wait_to_retry(std::chrono::milliseconds delay);
  void count_done(const Applied& applied);
  void count_failure(const StoreError& error);
  void count_given_up(std::span<const model::Change> changes);
  void count_dropped(const model::Change& change);  // the caller holds the lock
  void keep_house(Lock& lock);

  Store& store_;
  const WriterOptions options_;
  // The thread's alone, these three:
  std::uint64_t spool_waits_;  // batches in the spool
  std::size_t replayed_ = 0;   // changes of its oldest batch that the store has
  Housekeeping housekeeping_;
  mutable std::mutex mutex_;  // guards everything below but the thread
  std::condition_variable wake_;
  WriteQueue queue_;
  WriterCounts counts_;
  std::size_t under_way_ = 0;  // of the batch that the thread has: not yet written or given up
  std::string spool_error_;    // why the spool took no more when it was last asked; "" when it did
  bool in_outage_ = false;
  bool stopping_ = false;
  Clock::time_point give_up_at_;                // when stopping
  Clock::time_point write_at_;                  // when what waits is due
  Clock::time_point replay_at_ = Clock::now();  // when the spool's oldest is due
  std::chrono::milliseconds replay_delay_{};
  Clock::time_point house_at_;  // when housekeeping is due
  std::thread thread_;
};

}  // namespace rtcscope::store
