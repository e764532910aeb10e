#pragma once
// What waits for a store that is away, on disk: batches in the order they came, within a bound. A batch is in
// it when append() returned true, also after a power cut.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "correlator/model.hpp"
#include "disk/record_queue.hpp"

namespace rtcscope::store::spool {

struct SpoolOptions {
  std::string folder;
  std::uint64_t max_bytes = 1'073'741'824;
  std::uint64_t file_bytes = 8'388'608;  // a new file begins when one is larger
};

struct SpoolCounts {
  std::uint64_t bytes = 0;    // on disk now
  std::uint64_t batches = 0;  // that wait
  std::uint64_t changes = 0;  // in them
  /// Batches or ends of files that could not be read back: a run that broke off while it wrote, a damaged
  /// disk, another version's columns.
  std::uint64_t unreadable = 0;
};

/// Not for more than one thread at a time.
class Spool {
 public:
  /// Throws std::runtime_error as disk::RecordQueue does.
  explicit Spool(const SpoolOptions& options);

  [[nodiscard]] bool empty() const noexcept { return queue_.empty(); }
  [[nodiscard]] SpoolCounts counts() const noexcept;
  [[nodiscard]] std::uint64_t capacity_bytes() const noexcept { return queue_.capacity_bytes(); }
  /// Why the last append() did not.
  [[nodiscard]] const std::string& error() const noexcept { return queue_.error(); }

  /// False: there is no room within the bound or on the disk; nothing of the batch is kept.
  bool append(std::span<const model::Change> changes);
  /// The oldest batch; nullopt when there is none.
  std::optional<std::vector<model::Change>> oldest();
  /// Takes the oldest batch away.
  void pop() { queue_.pop(); }

 private:
  disk::RecordQueue queue_;
};

}  // namespace rtcscope::store::spool
