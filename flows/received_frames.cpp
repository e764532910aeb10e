#include "flows/received_frames.hpp"

#include <algorithm>

namespace rtcscope::flows {

ReceivedFrames::Second& ReceivedFrames::at(UtcTime time) noexcept {
  const SecondTime begin = std::chrono::floor<std::chrono::seconds>(time);
  Second& second = seconds_[static_cast<std::size_t>(begin.time_since_epoch().count()) % kKept];
  if (second.begin != begin) second = {begin, 0, true};
  return second;
}

void ReceivedFrames::add(UtcTime whole) noexcept {
  Second& second = at(whole);
  second.frames += 1;
  first_ = std::min(first_, second.begin);
}

void ReceivedFrames::doubt(UtcTime started) noexcept {
  at(started).known = false;
  silent_ = true;
}

std::optional<std::uint32_t> ReceivedFrames::behind(UtcTime time) const noexcept {
  const SecondTime begin = std::chrono::floor<std::chrono::seconds>(time) - kReceivedBehind;
  if (begin < first_) return std::nullopt;
  const Second& second = seconds_[static_cast<std::size_t>(begin.time_since_epoch().count()) % kKept];
  if (second.begin == begin) return second.known ? std::optional(second.frames) : std::nullopt;
  // No frame was sent then, or none was whole.
  return silent_ ? std::nullopt : std::optional(0U);
}

}  // namespace rtcscope::flows
