#pragma once
// Lines for the log that come with requests: a store that is away must not fill a disk with them.

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

namespace rtcscope::api {

/// Any thread.
class LineLimiter {
 public:
  using Clock = std::chrono::steady_clock;

  LineLimiter(std::uint32_t most, std::chrono::seconds window) noexcept : most_(most), window_(window) {}

  /// What to write: the line, with how many were left out before it; nullopt when there were enough in this
  /// window.
  std::optional<std::string> admit(const std::string& line, Clock::time_point now);

 private:
  const std::uint32_t most_;
  const std::chrono::seconds window_;
  std::mutex mutex_;
  std::optional<Clock::time_point> begun_;
  std::uint32_t written_ = 0;
  std::uint64_t left_out_ = 0;
};

}  // namespace rtcscope::api
