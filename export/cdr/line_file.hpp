#pragma once
// A file to which whole lines are appended.

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace rtcscope::export_cdr {

class LineFile {
 public:
  LineFile() = default;
  ~LineFile() { close(); }
  LineFile(const LineFile&) = delete;
  LineFile& operator=(const LineFile&) = delete;

  /// Opens `path` for appending and makes it where there is none. A line that an earlier run left unfinished
  /// is ended. Returns what the system said.
  std::error_code open(const std::filesystem::path& path);
  void close() noexcept;

  /// Octets in the file; 0 when none is open.
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  /// Whether the open file is still the one that has the path: false once it was removed or moved, also with
  /// its folder.
  [[nodiscard]] bool in_place() const;

  /// Appends all of `text` or, when the system takes only a part (a full disk), nothing of it.
  std::error_code append(std::string_view text);
  /// Cuts the file back to `size`, which is a size() from before.
  void cut_to(std::uint64_t size);

 private:
  std::error_code end_last_line();

  std::filesystem::path path_;
  int fd_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace rtcscope::export_cdr
