#pragma once
// The ring's files: capture files of bounded size, of which the oldest goes when there are too many.

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "ring/file.hpp"
#include "ring/pcapng_blocks.hpp"

namespace rtcscope::ring {

struct TimeSpan {
  UtcTime first{}, last{};
};

/// A file to read from; it stays readable when the ring has let go of it.
struct OpenSegment {
  File file;
  std::uint64_t bytes = 0;  // that may be read
};

struct FolderCounts {
  std::uint64_t bytes = 0;  // of all files
  std::uint64_t files_removed = 0;
  std::optional<UtcTime> oldest;  // packet; of files whose times are known
};

struct FolderOptions {
  std::string folder;
  std::uint64_t capacity_bytes = 0;
  std::uint64_t file_bytes = 0;  // at which another file begins
  Duration max_age{};            // 0: any
};

/// One thread writes, any may read.
class SegmentFolder {
 public:
  /// Makes the folder when it is not there, for this user only; files of an earlier run stay. Throws
  /// std::runtime_error when that cannot be, or another process has it.
  explicit SegmentFolder(FolderOptions options);
  ~SegmentFolder();
  SegmentFolder(const SegmentFolder&) = delete;
  SegmentFolder& operator=(const SegmentFolder&) = delete;

  /// Adds whole blocks; `header` begins a file, if one begins. "" or why it could not: then none of the
  /// blocks is in the ring.
  std::string append(const Octets& header, Bytes blocks, TimeSpan span);
  /// Removes files whose newest packet is older than the bound.
  void remove_older(UtcTime now);

  /// The files that may hold packets of the span, oldest first.
  [[nodiscard]] std::vector<OpenSegment> open_all(TimeSpan span) const;
  [[nodiscard]] FolderCounts counts() const;

 private:
  struct Segment {
    std::uint64_t number = 0;
    std::string name;
    std::uint64_t bytes = 0;
    std::optional<TimeSpan> span;  // nullopt: no packet yet
  };

  void find_files();
  std::string begin_file(const Octets& header);
  void close_file();
  void remove_oldest();
  void make_room(std::uint64_t bytes);
  [[nodiscard]] std::string path(const std::string& name) const { return options_.folder + '/' + name; }

  FolderOptions options_;
  File lock_;
  File current_;  // of the writing thread
  mutable std::mutex mutex_;
  std::vector<Segment> segments_;  // oldest first; the last one is written to while current_ is open
  std::uint64_t total_bytes_ = 0;
  std::uint64_t files_removed_ = 0;
};

}  // namespace rtcscope::ring
