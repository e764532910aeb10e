#pragma once
// A file of the ring: errors as errno values, closed when it goes.

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>

#include "base/byte_reader.hpp"
#include "base/owned_fd.hpp"

namespace rtcscope::ring {

class File {
 public:
  File() = default;
  /// Not open when it cannot be; errno says why. What it makes, only this user can read.
  File(const std::string& path, int flags) : fd_(open(path.c_str(), flags | O_CLOEXEC, S_IRUSR | S_IWUSR)) {}

  [[nodiscard]] bool is_open() const noexcept { return fd_.valid(); }
  [[nodiscard]] bool lock() const noexcept { return flock(fd_.value(), LOCK_EX | LOCK_NB) == 0; }

  /// 0, or an errno value: then some of the octets may be there.
  [[nodiscard]] int append(Bytes octets) const noexcept {
    while (!octets.empty()) {
      const ssize_t done = write(fd_.value(), octets.data(), octets.size());
      if (done < 0 && errno != EINTR) return errno;
      if (done > 0) octets = octets.subspan(static_cast<std::size_t>(done));
    }
    return 0;
  }
  /// Octets that were read, 0 at the end and at a fault.
  [[nodiscard]] std::size_t read_at(std::uint64_t offset, std::byte* place, std::size_t size) const noexcept {
    const ssize_t done = pread(fd_.value(), place, size, static_cast<off_t>(offset));
    return done < 0 ? 0 : static_cast<std::size_t>(done);
  }
  void truncate(std::uint64_t size) const noexcept {
    // Where it cannot be cut, readers stop at the first block that is not whole.
    if (ftruncate(fd_.value(), static_cast<off_t>(size)) == 0)
      (void)lseek(fd_.value(), static_cast<off_t>(size), SEEK_SET);
  }

 private:
  OwnedFd fd_;
};

}  // namespace rtcscope::ring
