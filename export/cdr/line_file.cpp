#include "export/cdr/line_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace rtcscope::export_cdr {
namespace {

std::error_code last_error() {
  return {errno, std::generic_category()};
}

}  // namespace

std::error_code LineFile::open(const std::filesystem::path& path) {
  close();
  fd_ = ::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
  struct stat status {};
  if (fd_ < 0 || fstat(fd_, &status) != 0) {
    const std::error_code error = last_error();
    close();
    return error;
  }
  path_ = path;
  size_ = static_cast<std::uint64_t>(status.st_size);
  return end_last_line();
}

std::error_code LineFile::end_last_line() {
  char last = '\n';
  if (size_ == 0 || pread(fd_, &last, 1, static_cast<off_t>(size_ - 1)) != 1 || last == '\n') return {};
  return append("\n");
}

void LineFile::close() noexcept {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  size_ = 0;
}

bool LineFile::in_place() const {
  struct stat named {
  }, opened{};
  return fd_ >= 0 && stat(path_.c_str(), &named) == 0 && fstat(fd_, &opened) == 0 &&
         named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

std::error_code LineFile::append(std::string_view text) {
  const std::uint64_t before = size_;
  while (!text.empty()) {
    const ssize_t written = ::write(fd_, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      const std::error_code error = written < 0 ? last_error() : std::make_error_code(std::errc::io_error);
      cut_to(before);
      return error;
    }
    size_ += static_cast<std::uint64_t>(written);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

void LineFile::cut_to(std::uint64_t size) {
  // Where that fails, too, the next open() ends the line that was left.
  if (size_ > size && ftruncate(fd_, static_cast<off_t>(size)) == 0) size_ = size;
}

}  // namespace rtcscope::export_cdr
