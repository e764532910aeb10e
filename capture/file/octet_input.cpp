#include "capture/file/octet_input.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <limits>
#include <system_error>
#include <utility>

namespace rtcscope {
namespace {

class FileInput final : public OctetInput {
 public:
  explicit FileInput(int fd) noexcept : fd_(fd) {}
  ~FileInput() override {
    if (fd_ != STDIN_FILENO) close(fd_);
  }
  FileInput(const FileInput&) = delete;
  FileInput& operator=(const FileInput&) = delete;

  Outcome read(std::span<std::byte> into, Duration max_wait) override {
    // A signal ends the wait early, so that the caller sees its stop flag at once.
    const auto wait_ms = std::chrono::ceil<std::chrono::milliseconds>(max_wait).count();
    pollfd ready{fd_, POLLIN, 0};
    const int polled = poll(&ready, 1, static_cast<int>(std::clamp<std::int64_t>(wait_ms, 0, 60'000)));
    if (polled == 0 || (polled < 0 && errno == EINTR)) return {};
    if (polled < 0) return {.error = errno};
    const ssize_t got = ::read(fd_, into.data(), into.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return {};
    if (got < 0) return {.error = errno};
    return {.octets = static_cast<std::size_t>(got), .end = got == 0};
  }

 private:
  int fd_;
};

class MemoryInput final : public OctetInput {
 public:
  MemoryInput(Bytes bytes, std::size_t piece) noexcept : rest_(bytes), piece_(piece) {}

  Outcome read(std::span<std::byte> into, Duration /*max_wait*/) override {
    const std::size_t octets = std::min({into.size(), rest_.size(), piece_});
    if (octets == 0) return {.end = true};
    std::memcpy(into.data(), rest_.data(), octets);
    rest_ = rest_.subspan(octets);
    return {.octets = octets};
  }

 private:
  Bytes rest_;
  std::size_t piece_;
};

Unexpected<CaptureError> refuse(CaptureErrc code, std::string message) {
  return Unexpected{CaptureError{.code = code, .message = std::move(message)}};
}

Unexpected<CaptureError> refuse_open(const std::string& path, int error) {
  if (error == ENOENT) return refuse(CaptureErrc::kNotFound, path + ": no such file; check the path");
  if (error == EACCES || error == EPERM) {
    return refuse(CaptureErrc::kNoPermission,
                  path + ": no permission to read it; change its mode or run as a user who may");
  }
  return refuse(CaptureErrc::kReadFailed,
                path + ": cannot be opened: " + std::generic_category().message(error));
}

}  // namespace

Result<OpenedInput, CaptureError> open_octet_input(const std::string& path) {
  if (path == "-") {
    return OpenedInput{std::make_unique<FileInput>(STDIN_FILENO), "standard input", true};
  }
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return refuse_open(path, errno);
  auto input = std::make_unique<FileInput>(fd);
  struct stat status {};
  if (fstat(fd, &status) != 0) return refuse_open(path, errno);
  if (S_ISDIR(status.st_mode)) {
    return refuse(CaptureErrc::kNotAFile, path + ": is a directory; name a capture file in it");
  }
  const bool regular = S_ISREG(status.st_mode);
  if (!regular && !S_ISFIFO(status.st_mode)) {
    return refuse(CaptureErrc::kNotAFile, path + ": is neither a file nor a pipe");
  }
  if (regular && status.st_size == 0) {
    return refuse(CaptureErrc::kEmptyFile, path + ": is empty; a capture has at least a file header");
  }
  if (regular) posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  return OpenedInput{std::move(input), path, !regular};
}

std::unique_ptr<OctetInput> octet_input_over(Bytes bytes, std::size_t piece) {
  return std::make_unique<MemoryInput>(bytes, piece);
}

}  // namespace rtcscope
