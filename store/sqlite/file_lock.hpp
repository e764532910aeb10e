#pragma once
// One rtcscope a database: a second one would end what the first observes (Store::end_unfinished) and both
// would overwrite each other's states.

#include <string>

namespace rtcscope::store::sqlite {

/// Holds `path`-lock (flock(2), so it goes with the process). Not the database file itself: to close any
/// descriptor of that would drop SQLite's own locks.
class FileLock {
 public:
  FileLock() = default;
  /// Throws Fault: kBusy when another process has the lock, kCannotOpen when there can be no lock file.
  explicit FileLock(const std::string& path);
  ~FileLock();
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;

 private:
  int descriptor_ = -1;
};

}  // namespace rtcscope::store::sqlite
