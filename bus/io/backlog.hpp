#pragma once
// Batches that wait for the broker, in the order they came: first those on disk, then those in memory.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "disk/record_queue.hpp"

namespace rtcscope::bus {

/// No broker takes, and no receiver reads, what is larger.
inline constexpr std::size_t kMaxBatchBytes = 8 * 1024 * 1024;

struct BacklogCounts {
  std::uint64_t waiting = 0;  // in memory
  std::uint64_t waiting_bytes = 0;
  std::uint64_t lost = 0;     // there was no room for them anywhere
  std::uint64_t spooled = 0;  // went to the disk since the start
  std::uint64_t spool_batches = 0;
  std::uint64_t spool_bytes = 0;
  std::uint64_t spool_capacity_bytes = 0;
  std::uint64_t spool_unreadable = 0;  // records or ends of files that could not be read back
  std::string spool_error;             // why the disk took no more when it was last asked
};

/// One thread sends: it alone calls what is not said to be for any thread.
class Backlog {
 public:
  /// `folder` "" = no disk. Throws std::runtime_error as disk::RecordQueue does.
  Backlog(std::size_t memory_bytes, const std::string& folder, std::uint64_t spool_bytes);

  /// From any thread. Never waits for the disk; where memory is full the oldest in it are lost.
  void add(std::string batch);
  /// From any thread.
  [[nodiscard]] bool empty() const;
  /// From any thread. Whether spill() has something to do: half the memory is full. The other half is for
  /// what comes while the sending thread waits for the broker.
  [[nodiscard]] bool must_spill() const;
  /// From any thread.
  [[nodiscard]] BacklogCounts counts() const;

  /// The oldest batch, which nobody drops until pop() or keep(); nullptr when there is none.
  const std::string* oldest();
  /// The batch of oldest() is where it belongs.
  void pop();
  /// It is not: it remains the oldest.
  void keep();

  /// Moves what is in memory to the disk.
  void spill();
  /// The same, at the end: what finds no room is lost, and all that comes later.
  void close();

 private:
  using Clock = std::chrono::steady_clock;

  bool take_from_memory();
  void release_memory();
  void note_spool();

  const std::size_t memory_bytes_;
  std::unique_ptr<disk::RecordQueue> spool_;  // sending thread only; null: none
  std::optional<std::string> current_;        // sending thread only: of oldest()
  bool current_on_disk_ = false;              // sending thread only

  mutable std::mutex mutex_;
  std::deque<std::string> memory_;  // newer than all on disk
  BacklogCounts counts_;            // waiting with current_, where that is not on disk
  Clock::time_point next_spill_{};  // after one that failed
  bool closed_ = false;
};

}  // namespace rtcscope::bus
