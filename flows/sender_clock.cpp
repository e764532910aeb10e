#include "flows/sender_clock.hpp"

#include <algorithm>
#include <cmath>

namespace rtcscope::flows {
namespace {

constexpr double kMsPerNtp = 1000.0 / 4'294'967'296.0;
// An SR an hour or 2^25 ticks after the one before is of another clock.
constexpr std::uint64_t kLongestStep = std::uint64_t{3600} << 32;
constexpr std::int64_t kMostTicks = 1 << 25;
constexpr unsigned kMostLeftOut = 3;

}  // namespace

bool SenderClock::repeats(const Point& point) const noexcept {
  const auto end = points_.begin() + static_cast<std::ptrdiff_t>(std::min(added_, kPoints));
  return std::any_of(points_.begin(), end,
                     [&](const Point& p) { return p.ntp == point.ntp || p.ticks == point.ticks; });
}

bool SenderClock::follows(const Point& point) const noexcept {
  const std::uint64_t step = point.ntp - newest().ntp;
  const std::int64_t ticks = point.ticks - newest().ticks;
  return point.ntp > newest().ntp && step <= kLongestStep && ticks > 0 && ticks <= kMostTicks;
}

void SenderClock::add(std::uint64_t ntp_timestamp, std::uint32_t rtp_timestamp) noexcept {
  Point point{ntp_timestamp, 0};
  if (added_ != 0) {
    point.ticks = newest().ticks + static_cast<std::int32_t>(rtp_timestamp - newest_rtp_);
    if (repeats(point)) return;
    if (!follows(point) && ++left_out_ < kMostLeftOut) return;
  }
  if (left_out_ == kMostLeftOut) *this = {};
  left_out_ = 0;
  points_[added_++ % kPoints] = point;
  newest_rtp_ = rtp_timestamp;
  fit();
}

void SenderClock::fit() noexcept {
  const std::size_t count = std::min(added_, kPoints);
  if (count < 2) return;
  const auto ticks = [&](const Point& p) { return static_cast<double>(p.ticks - newest().ticks); };
  const auto ms = [&](const Point& p) {
    return static_cast<double>(static_cast<std::int64_t>(p.ntp - newest().ntp)) * kMsPerNtp;
  };
  double mean_ticks = 0;
  double mean_ms = 0;
  for (std::size_t i = 0; i < count; ++i) {
    mean_ticks += ticks(points_[i]) / static_cast<double>(count);
    mean_ms += ms(points_[i]) / static_cast<double>(count);
  }
  double variance = 0;
  double covariance = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double off = ticks(points_[i]) - mean_ticks;
    variance += off * off;
    covariance += off * (ms(points_[i]) - mean_ms);
  }
  slope_ = covariance / variance;  // no two points have the same ticks
  offset_ms_ = mean_ms - slope_ * mean_ticks;
  fitted_ = true;
}

std::optional<double> SenderClock::captured_ms(std::uint32_t rtp_timestamp) const noexcept {
  if (!fitted_) return std::nullopt;
  const double ticks = static_cast<std::int32_t>(rtp_timestamp - newest_rtp_);
  return static_cast<double>(newest().ntp) * kMsPerNtp + offset_ms_ + slope_ * ticks;
}

}  // namespace rtcscope::flows
