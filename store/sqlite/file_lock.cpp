#include "store/sqlite/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "store/sqlite/connection.hpp"

namespace rtcscope::store::sqlite {
namespace {

[[noreturn]] void fail(int error) {
  if (error == EWOULDBLOCK) throw Fault{StoreErrc::kBusy, "another rtcscope is using it"};
  throw Fault{StoreErrc::kCannotOpen, "no lock file beside it: " + std::generic_category().message(error)};
}

}  // namespace

FileLock::FileLock(const std::string& path)
    : descriptor_(open((path + "-lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
  if (descriptor_ < 0) fail(errno);
  if (flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
  const int error = errno;
  close(descriptor_);
  fail(error);
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

}  // namespace rtcscope::store::sqlite
