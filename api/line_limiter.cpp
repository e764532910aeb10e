#include "api/line_limiter.hpp"

#include <utility>

namespace rtcscope::api {

std::optional<std::string> LineLimiter::admit(const std::string& line, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (!begun_ || now - *begun_ >= window_) {
    begun_ = now;
    written_ = 0;
  }
  if (written_ >= most_) {
    left_out_ += 1;
    return std::nullopt;
  }
  written_ += 1;
  const std::uint64_t left_out = std::exchange(left_out_, 0);
  return left_out == 0 ? line : line + " (" + std::to_string(left_out) + " more lines were left out)";
}

}  // namespace rtcscope::api
