#pragma once
// Octets that wait on disk for somebody who is away: records in the order they came, in files of a folder,
// within a bound. A record is in it when append() returned true, also after a power cut.

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/owned_fd.hpp"

namespace rtcscope::disk {

struct RecordQueueOptions {
  std::string folder;
  std::string name;  // before the files' own: several queues may share a folder; "" = none
  std::uint64_t max_bytes = 1'073'741'824;
  std::uint64_t file_bytes = 8'388'608;  // a new file begins when one is larger
  std::uint64_t format = 0;              // records that were written with another one are not read
};

struct RecordQueueCounts {
  std::uint64_t bytes = 0;    // on disk now
  std::uint64_t records = 0;  // that wait
  std::uint64_t items = 0;    // in them
  /// Records or ends of files that could not be read back: a run that broke off while it wrote, a damaged
  /// disk, another format.
  std::uint64_t unreadable = 0;
  std::uint64_t lost_items = 0;  // of the unreadable records whose head could be read
};

/// Of something that waits on disk for a peer, in one line: why the disk takes no more, and why the peer
/// takes nothing. Either may be "".
std::string both_errors(const std::string& disk, const std::string& peer);

/// Not for more than one thread at a time.
class RecordQueue {
 public:
  /// Makes the folder if need be, takes its lock and finds what an earlier run left. Throws
  /// std::runtime_error, one line that says what was tried, what went wrong and what to do.
  explicit RecordQueue(RecordQueueOptions options);
  RecordQueue(const RecordQueue&) = delete;
  RecordQueue& operator=(const RecordQueue&) = delete;

  [[nodiscard]] bool empty() const noexcept { return counts_.records == 0; }
  [[nodiscard]] const RecordQueueCounts& counts() const noexcept { return counts_; }
  [[nodiscard]] std::uint64_t capacity_bytes() const noexcept { return options_.max_bytes; }
  /// Why the last append() did not.
  [[nodiscard]] const std::string& error() const noexcept { return error_; }

  /// False: there is no room within the bound or on the disk; nothing of the record is kept. `items` is what
  /// the owner counts in it; without any there is nothing to keep.
  bool append(std::string_view record, std::uint32_t items);
  /// The oldest record; nullopt when there is none.
  std::optional<std::string> oldest();
  /// Takes the oldest record away.
  void pop();
  /// The same, for one that could not be read: it is counted.
  void skip();

 private:
  struct Record {
    std::uint64_t offset = 0;
    std::uint32_t octets = 0;
    std::uint32_t items = 0;
  };
  struct File {
    std::uint64_t number = 0;
    std::uint64_t bytes = 0;
    std::deque<Record> records;  // that wait
  };

  [[nodiscard]] std::string prefix() const;
  [[nodiscard]] std::string path_of(std::uint64_t number) const;
  void find_files();
  /// Reads the heads of the records of a file that an earlier run left.
  void adopt(std::uint64_t number);
  bool open_file();
  bool write_record(std::string_view record, std::uint32_t items);
  bool fail(const char* what, int code);
  void drop_empty_files();
  std::optional<std::string> read_octets(const File& file, const Record& record) const;

  const RecordQueueOptions options_;
  OwnedFd lock_;
  OwnedFd current_;  // of files_.back(), while this run appends to it
  std::deque<File> files_;
  std::uint64_t next_number_ = 1;
  RecordQueueCounts counts_;
  std::string error_;
};

}  // namespace rtcscope::disk
