#include "flows/jitter_estimate.hpp"

#include <algorithm>
#include <cmath>

namespace rtcscope::flows {
namespace {

// Sizes: the mean follows slowly and leaves key frames out, the largest is forgotten very slowly.
constexpr unsigned kFirstFrames = 5;
constexpr double kMeanKept = 0.97;
constexpr double kLargestKept = 0.9999;
// A variation counts as 3.5 standard deviations of the noise at most. What comes right after a frame that is
// larger by a quarter of the largest came in its wake, and says nothing.
constexpr double kMostDeviations = 3.5;
constexpr double kOutlierDeviations = 15;
constexpr double kLargeDeviations = 3;
constexpr double kWakeRatio = -0.25;
// The noise averages over 400 frames at 30 a second; the buffer holds 2.33 deviations less 30 ms.
constexpr unsigned kNoiseSamples = 400;
constexpr unsigned kStartFrames = 30;
constexpr double kNoiseFrameRate = 30;
constexpr double kNoiseDeviations = 2.33;
constexpr double kNoiseOffsetMs = 30;
constexpr double kLeastMs = 1;
constexpr double kMostMs = 10'000;
constexpr double kSystemMs = 10;
// Slow streams are shown as they come: nothing is held below 5 frames a second, all of it from 10 on.
constexpr double kSlowRate = 5;
constexpr double kFullRate = 10;
constexpr double kMostRate = 200;
// Drift of the way's two states a frame, and the least ms a byte (8 Gbit/s).
constexpr double kSlopeDrift = 2.5e-10;
constexpr double kConstantDrift = 1e-10;
constexpr double kLeastSlope = 1e-6;

}  // namespace

void JitterEstimate::Way::follow(double variation_ms, double growth, double largest,
                                 double noise_variance) noexcept {
  var_slope += kSlopeDrift;
  var_constant += kConstantDrift;
  const double surprise = variation_ms - ms_per_byte * growth - constant_ms;
  const double slope_part = var_slope * growth + covariance;
  const double constant_part = covariance * growth + var_constant;
  // Frames of equal size say little of the way: their weight is up to 300 times less.
  const double noise = (300 * std::exp(-std::abs(growth) / largest) + 1) * std::sqrt(noise_variance);
  const double total = growth * slope_part + constant_part + std::max(noise, 1.0);
  if (std::abs(total) < 1e-9) return;
  const double slope_gain = slope_part / total;
  const double constant_gain = constant_part / total;
  ms_per_byte = std::max(ms_per_byte + slope_gain * surprise, kLeastSlope);
  constant_ms += constant_gain * surprise;
  var_slope -= slope_gain * slope_part;
  covariance -= slope_gain * constant_part;
  var_constant -= constant_gain * constant_part;
}

void JitterEstimate::follow_sizes(double bytes) noexcept {
  if (first_frames_ < kFirstFrames) {
    first_bytes_ += bytes;
    first_frames_ += 1;
  } else if (first_frames_ == kFirstFrames) {
    mean_bytes_ = first_bytes_ / kFirstFrames;
    first_frames_ += 1;
  }
  const double mean = kMeanKept * mean_bytes_ + (1 - kMeanKept) * bytes;
  if (bytes < mean_bytes_ + 2 * std::sqrt(size_variance_)) mean_bytes_ = mean;
  const double off = bytes - mean;
  size_variance_ = std::max(1.0, kMeanKept * size_variance_ + (1 - kMeanKept) * off * off);
  largest_bytes_ = std::max(kLargestKept * largest_bytes_, bytes);
}

void JitterEstimate::add(double variation_ms, double bytes, double now_ms) noexcept {
  follow_sizes(bytes);
  const double growth = bytes - last_bytes_;
  const bool first = last_bytes_ < 0;
  last_bytes_ = bytes;
  if (first) return;
  const double deviation = std::sqrt(noise_variance_);
  const double limit = kMostDeviations * deviation + 0.5;
  const double variation = std::clamp(variation_ms, -limit, limit);
  const double off = variation - way_.ms_per_byte * growth - way_.constant_ms;
  const bool large = bytes > mean_bytes_ + kLargeDeviations * std::sqrt(size_variance_);
  if (std::abs(off) >= kOutlierDeviations * deviation && !large) {
    follow_noise(std::copysign(kOutlierDeviations * deviation, off), now_ms);
  } else if (growth > kWakeRatio * largest_bytes_) {
    follow_noise(off, now_ms);
    way_.follow(variation, growth, largest_bytes_, noise_variance_);
  }
}

void JitterEstimate::follow_noise(double deviation_ms, double now_ms) noexcept {
  if (last_ms_ >= 0) {
    double& slot = intervals_[interval_count_++ % intervals_.size()];
    interval_sum_ += now_ms - last_ms_ - slot;
    slot = now_ms - last_ms_;
  }
  last_ms_ = now_ms;
  const double samples = noise_samples_;
  double kept = (samples - 1) / samples;
  noise_samples_ = std::min(noise_samples_ + 1, kNoiseSamples);
  if (const double rate = frame_rate(); rate > 0) {
    double scale = kNoiseFrameRate / rate;
    if (noise_samples_ < kStartFrames)
      scale = (noise_samples_ * scale + (kStartFrames - noise_samples_)) / kStartFrames;
    kept = std::pow(kept, scale);
  }
  const double off = deviation_ms - noise_mean_ms_;
  noise_mean_ms_ = kept * noise_mean_ms_ + (1 - kept) * deviation_ms;
  noise_variance_ = std::max(1.0, kept * noise_variance_ + (1 - kept) * off * off);
}

double JitterEstimate::frame_rate() const noexcept {
  const auto count = std::min<std::size_t>(interval_count_, intervals_.size());
  if (count == 0 || interval_sum_ <= 0) return 0;
  return std::min(1000 * static_cast<double>(count) / interval_sum_, kMostRate);
}

double JitterEstimate::delay_ms() noexcept {
  const double noise = std::max(kNoiseDeviations * std::sqrt(noise_variance_) - kNoiseOffsetMs, kLeastMs);
  const double estimate = way_.ms_per_byte * (largest_bytes_ - mean_bytes_) + noise;
  // Less than 1 ms is not believed.
  if (estimate >= kLeastMs) last_estimate_ms_ = std::min(estimate, kMostMs);
  const double delay = last_estimate_ms_ + kSystemMs;
  const double rate = frame_rate();
  if (rate == 0) return delay;
  return delay * std::clamp((rate - kSlowRate) / (kFullRate - kSlowRate), 0.0, 1.0);
}

}  // namespace rtcscope::flows
