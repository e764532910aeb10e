#include "flows/delay_variation.hpp"

#include <algorithm>
#include <chrono>

namespace rtcscope::flows {
namespace {

// In ten seconds at 300 ppm, the worst of quartz clocks, the line is off by 3 ms before drift is known.
constexpr Duration kWindow = std::chrono::seconds{10};
constexpr double kMostDrift = 0.0005;
// What comes later than this is no delay of the way but a jump of a clock.
constexpr Duration kJump = std::chrono::seconds{5};
constexpr std::uint32_t kRange = 1U << 24;

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

void DelayVariation::add_send_time(UtcTime arrival, std::uint32_t abs_send_time) noexcept {
  if (last_send_time_) {
    auto step = static_cast<std::int64_t>((abs_send_time - *last_send_time_) & (kRange - 1));
    if (step >= kRange / 2) step -= kRange;
    sent_ += Duration{step * 1'000'000'000 / (1 << 18)};
  }
  last_send_time_ = abs_send_time;
  add(arrival, arrival.time_since_epoch() - sent_);
}

void DelayVariation::add(UtcTime arrival, Duration way) noexcept {
  const Duration line = line_at(arrival);
  if (!started_ || way - line > kJump || line - way > kJump) {
    windows_ = 0;
    drift_ = 0;
    base_ = current_ = {arrival, way};
    window_start_ = arrival;
    started_ = true;
  }
  if (arrival - window_start_ >= kWindow) close_window(arrival);
  if (way < current_.way || current_.time == UtcTime{}) current_ = {arrival, way};
  if (way < line_at(arrival)) base_ = {arrival, way};
  variations_.add(way - line_at(arrival));
}

/// The lower edge of the ways is straight when the clocks drift evenly.
void DelayVariation::close_window(UtcTime now) noexcept {
  if (current_.time != UtcTime{}) {
    least_[windows_++ % kWindows] = current_;
    const Least& oldest = least_[windows_ > kWindows ? windows_ % kWindows : 0];
    const double span = seconds(current_.time - oldest.time);
    if (windows_ >= 3 && span > seconds(kWindow)) {
      drift_ = std::clamp(seconds(current_.way - oldest.way) / span, -kMostDrift, kMostDrift);
    }
    base_ = current_;
  }
  current_ = {};
  window_start_ = now;
}

Duration DelayVariation::line_at(UtcTime time) const noexcept {
  const double moved = drift_ * seconds(time - base_.time);
  return base_.way + std::chrono::duration_cast<Duration>(std::chrono::duration<double>(moved));
}

DelayVariationFigures DelayVariation::figures() const noexcept {
  DelayVariationFigures figures;
  figures.packets = variations_.total();
  figures.p50 = variations_.quantile(0.5);
  figures.p99 = variations_.quantile(0.99);
  if (windows_ >= 3) figures.drift_ppm = drift_ * 1e6;
  return figures;
}

}  // namespace rtcscope::flows
