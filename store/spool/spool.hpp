#pragma once
// What waits for a store that is away, on disk: batches in the order they came, in files of a folder, within
// a bound. A batch is in it when append() returned true, also after a power cut.

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "correlator/model.hpp"

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
  /// Makes the folder if need be, takes its lock and finds what an earlier run left. Throws
  /// std::runtime_error, one line that says what was tried, what went wrong and what to do.
  explicit Spool(SpoolOptions options);
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  [[nodiscard]] bool empty() const noexcept { return counts_.batches == 0; }
  [[nodiscard]] const SpoolCounts& counts() const noexcept { return counts_; }
  [[nodiscard]] std::uint64_t capacity_bytes() const noexcept { return options_.max_bytes; }
  /// Why the last append() did not.
  [[nodiscard]] const std::string& error() const noexcept { return error_; }

  /// False: there is no room within the bound or on the disk; nothing of the batch is kept.
  bool append(std::span<const model::Change> changes);
  /// The oldest batch; nullopt when there is none.
  std::optional<std::vector<model::Change>> oldest();
  /// Takes the oldest batch away.
  void pop();

 private:
  struct Record {
    std::uint64_t offset = 0;
    std::uint32_t octets = 0;  // of the batch
    std::uint32_t changes = 0;
  };
  struct File {
    std::uint64_t number = 0;
    std::uint64_t bytes = 0;
    std::deque<Record> records;  // that wait
  };

  [[nodiscard]] std::string path_of(std::uint64_t number) const;
  void find_files();
  /// Reads the heads of the records of a file that an earlier run left.
  void adopt(std::uint64_t number);
  bool open_file();
  bool write_record(std::span<const model::Change> changes);
  bool fail(const char* what, int code);
  void drop_empty_files();
  std::optional<std::string> read_octets(const File& file, const Record& record) const;

  const SpoolOptions options_;
  int lock_ = -1;
  int current_ = -1;  // descriptor of files_.back(), while this run appends to it
  std::deque<File> files_;
  std::uint64_t next_number_ = 1;
  SpoolCounts counts_;
  std::string error_;
};

}  // namespace rtcscope::store::spool
