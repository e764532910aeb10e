#pragma once
// A file of JSON lines, one bounded line at a time.

#include <cstdint>
#include <fstream>
#include <string>

namespace rtcscope::feeds {

struct LineCounts {
  std::uint64_t lines = 0;
  std::uint64_t malformed = 0;             // not JSON, nothing of ours in it, too long or too deep
  std::uint64_t first_malformed_line = 0;  // counted from 1; 0 = none
};

class LineReader {
 public:
  static constexpr std::size_t kMaxLineBytes = 8 * 1024 * 1024;

  /// `what` is named in faults: "event log". Throws std::system_error that names the path when it cannot be
  /// opened.
  LineReader(const std::string& what, const std::string& path);

  /// The next line that is not blank, cut behind kMaxLineBytes; false at the end.
  bool next(std::string& line);
  /// Counts the line that next() gave last as none of ours.
  void refuse() noexcept;
  [[nodiscard]] const LineCounts& counts() const noexcept { return counts_; }

 private:
  bool read(std::string& line);

  std::ifstream file_;
  LineCounts counts_;
};

}  // namespace rtcscope::feeds
