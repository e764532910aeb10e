#pragma once
// Messages that wait on disk for a collector that is away.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "disk/record_queue.hpp"
#include "export/hep/hep_target.hpp"

namespace rtcscope::export_hep {

using Message = std::vector<std::byte>;

struct SpoolCounts {
  std::uint64_t messages = 0;  // that wait
  std::uint64_t bytes = 0;     // on disk
  std::uint64_t capacity_bytes = 0;
  std::uint64_t unreadable = 0;  // records or ends of files that could not be read back
  std::uint64_t lost = 0;        // messages in those of them that said how many
};

/// Not for more than one thread at a time.
class MessageSpool {
 public:
  /// Takes part of `folder` for this target; what an earlier run left there for it is sent first. Throws
  /// std::runtime_error as disk::RecordQueue does.
  MessageSpool(const std::string& folder, const HepTarget& target, std::uint64_t max_bytes);

  [[nodiscard]] bool empty() const noexcept { return batch_.empty() && queue_.empty(); }
  [[nodiscard]] SpoolCounts counts() const noexcept;
  /// Why the last append() did not take all.
  [[nodiscard]] const std::string& error() const noexcept { return queue_.error(); }

  /// Moves messages from the front of `messages` to the disk; how many. The rest found no room.
  std::size_t append(std::deque<Message>& messages);
  /// The oldest message; nullptr when there is none that can be read. Valid until pop().
  const Message* front();
  /// Takes the oldest away, after front(). The disk forgets a batch with its last message: a run that breaks
  /// off in between sends the batch again.
  void pop();

 private:
  disk::RecordQueue queue_;
  std::deque<Message> batch_;  // of the oldest record, what is not sent yet
  std::uint64_t sent_of_batch_ = 0;
};

}  // namespace rtcscope::export_hep
