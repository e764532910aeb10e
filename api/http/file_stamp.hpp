#pragma once
// Whether a file is another one than before.

#include <cstdint>
#include <string>

namespace rtcscope::api::http {

/// Tells one content of a file from the next: every change is a new file.
struct FileStamp {
  bool exists = false;
  std::uint64_t device = 0, inode = 0;
  std::int64_t size = 0, modified_ns = 0;

  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};
/// `exists` false: it cannot be looked at.
FileStamp stamp_of(const std::string& path);

}  // namespace rtcscope::api::http
