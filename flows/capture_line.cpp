#include "flows/capture_line.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace rtcscope::flows {
namespace {

constexpr double kTicksPerMs = 90;
constexpr double kRestartMs = 10'000;
constexpr std::int64_t kRestartTicks = 900'000;
// How sure the receiver is of the slope, (ticks/ms)^2, and of the offset, ticks^2, at first.
constexpr double kFirstSlopeVariance = 1;
constexpr double kFirstOffsetVariance = 1e10;
// After 300 frames, what lies beyond two standard deviations is left out, 150 in a row at most.
constexpr double kFirstResidualVariance = 3000.0 * 3000.0;
constexpr double kResidualKept = 0.999;
constexpr double kFarDeviations = 2;
constexpr unsigned kFarFrames = 300;
constexpr unsigned kMostLeftOut = 150;
// A lasting change: more than 6600 ticks (73 ms) off a frame, 7000 of which count at most, 60000 in sum.
constexpr double kDrift = 6600;
constexpr double kMostError = 7000;
constexpr double kAlarm = 60'000;
constexpr unsigned kFirstFrames = 2;
constexpr std::uint32_t kFramesCounted = 3000;

}  // namespace

void CaptureLine::restart(double time_ms, std::int64_t ticks) noexcept {
  *this = {};
  origin_ms_ = time_ms;
  origin_ticks_ = ticks;
  slope_ = kTicksPerMs;
  var_slope_ = kFirstSlopeVariance;
  var_offset_ = kFirstOffsetVariance;
  residual_variance_ = kFirstResidualVariance;
}

void CaptureLine::add(double time_ms, std::int64_t ticks) noexcept {
  const bool jump = std::llabs(ticks - newest_ticks_) > kRestartTicks;
  if (frames_ == 0 || jump || time_ms - newest_ms_ > kRestartMs) restart(time_ms, ticks);
  const double t = time_ms - origin_ms_;
  const double residual = static_cast<double>(ticks - origin_ticks_) - t * slope_ - offset_;
  newest_ms_ = time_ms;
  newest_ticks_ = ticks;
  if (far_off(residual)) {
    left_out_ += 1;
    if (left_out_ <= kMostLeftOut) return;
    var_offset_ = kFirstOffsetVariance;
  }
  left_out_ = 0;
  if (moved(residual) && frames_ >= kFirstFrames) var_offset_ = kFirstOffsetVariance;
  fit(t, residual);
  frames_ = std::min(frames_ + 1, kFramesCounted);
}

/// Recursive least squares over (time, 1).
void CaptureLine::fit(double t, double residual) noexcept {
  const double slope_part = var_slope_ * t + covariance_;
  const double offset_part = covariance_ * t + var_offset_;
  const double total = 1 + t * slope_part + offset_part;
  slope_ += slope_part / total * residual;
  offset_ += offset_part / total * residual;
  var_slope_ -= slope_part * slope_part / total;
  covariance_ -= slope_part * offset_part / total;
  var_offset_ -= offset_part * offset_part / total;
}

bool CaptureLine::far_off(double residual) noexcept {
  const bool far = std::abs(residual - residual_mean_) > kFarDeviations * std::sqrt(residual_variance_);
  if (frames_ >= kFarFrames && far) return true;
  residual_mean_ = kResidualKept * residual_mean_ + (1 - kResidualKept) * residual;
  const double off = residual - residual_mean_;
  residual_variance_ = std::max(1.0, kResidualKept * residual_variance_ + (1 - kResidualKept) * off * off);
  return false;
}

bool CaptureLine::moved(double residual) noexcept {
  const double error = std::clamp(residual, -kMostError, kMostError);
  above_ = std::max(above_ + error - kDrift, 0.0);
  below_ = std::max(below_ - error - kDrift, 0.0);
  if (above_ <= kAlarm && below_ <= kAlarm) return false;
  above_ = below_ = 0;
  return true;
}

double CaptureLine::due_ms(std::int64_t ticks) const noexcept {
  if (frames_ < kFirstFrames) return newest_ms_ + static_cast<double>(ticks - newest_ticks_) / kTicksPerMs;
  // A slope that is no clock's: libwebrtc, too, shows at once then.
  if (slope_ < 1e-3) return origin_ms_;
  return origin_ms_ + (static_cast<double>(ticks - origin_ticks_) - offset_) / slope_;
}

}  // namespace rtcscope::flows
