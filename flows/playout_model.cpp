#include "flows/playout_model.hpp"

#include <algorithm>
#include <cmath>

namespace rtcscope::flows {
namespace {

constexpr Duration kPatience = std::chrono::milliseconds{2500};
constexpr double kTicksPerMs = 90;

// libwebrtc's receiver (modules/video_coding/timing): deviations beyond fifteen standard deviations are cut,
// the estimate averages over 400 frames at 30 a second, and the buffer holds 2.33 standard deviations less
// 30 ms, at least 1 ms, and 10 ms for the operating system.
constexpr double kOutlierDeviations = 15;
constexpr double kNoiseFrames = 400;
constexpr double kNoiseFrameRate = 30;
constexpr double kNoiseDeviations = 2.33;
constexpr double kNoiseOffsetMs = 30;
constexpr double kLeastJitterMs = 1;
constexpr double kSystemJitterMs = 10;
// Drift of the capture clock against ours that the line follows upwards: 300 ppm.
constexpr double kDrift = 0.0003;
// W3C webrtc-stats freezeCount; see base/rtp_meter.h.
constexpr std::size_t kLeastIntervals = 5;
constexpr double kIncreaseMs = 150;
constexpr double kPauseMs = 5000;

double ms_between(UtcTime from, UtcTime to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

}  // namespace

void PlayoutModel::add(std::uint32_t rtp_timestamp, UtcTime time, bool starts) noexcept {
  std::size_t newer = 0;  // frames behind the packet's place
  for (; newer < next_ - shown_; ++newer) {
    Frame& frame = pending(newer);
    if (frame.rtp_timestamp == rtp_timestamp) {
      frame.whole = std::max(frame.whole, time);
      return;
    }
    // Newer than the newest: the common case, a new frame.
    if (rtp_timestamp - frame.rtp_timestamp < 0x8000'0000U) break;
  }
  // Older than all that wait: it was shown, or what was shown has passed it by.
  const bool passed_by = newer == next_ - shown_ && next_ != 0;
  if (!starts || (passed_by && rtp_timestamp - last_timestamp_ - 1 >= 0x7fff'ffffU)) return;
  if (next_ - shown_ == kPending) show_oldest();
  next_ += 1;
  newer = std::min(newer, next_ - shown_ - 1);
  // A frame that came late as a whole moves those behind it.
  for (std::size_t back = 0; back < newer; ++back) pending(back) = pending(back + 1);
  pending(newer) = {rtp_timestamp, time, time};
}

void PlayoutModel::advance(UtcTime now) noexcept {
  while (shown_ < next_ && now - frames_[shown_ % kPending].started > kPatience) show_oldest();
}

void PlayoutModel::finish() noexcept {
  while (shown_ < next_) show_oldest();
}

void PlayoutModel::show_oldest() noexcept {
  const Frame& frame = frames_[shown_++ % kPending];
  if (figures_.frames == 0) {
    origin_ = frame.whole;
    last_timestamp_ = frame.rtp_timestamp;
  }
  // Frames are decoded in order: one that is whole before an older one waits for it.
  const double whole_ms = std::max(ms_between(origin_, frame.whole), last_whole_ms_);
  const double render_ms = std::max({whole_ms, buffered_ms(frame, whole_ms), last_render_ms_});
  last_whole_ms_ = whole_ms;
  last_timestamp_ = frame.rtp_timestamp;
  if (figures_.frames++ != 0) judge(render_ms - last_render_ms_);
  last_render_ms_ = render_ms;
}

/// When the jitter buffer releases the frame.
double PlayoutModel::buffered_ms(const Frame& frame, double whole_ms) noexcept {
  const double step_ms = static_cast<std::int32_t>(frame.rtp_timestamp - last_timestamp_) / kTicksPerMs;
  if (figures_.frames == 0 || step_ms > kPauseMs) {
    captured_ms_ = whole_ms;
    quickest_ms_ = 0;
    return whole_ms;
  }
  captured_ms_ += step_ms;
  const double deviation = std::sqrt(noise_variance_);
  const double limit = noise_samples_ < 10 ? kPauseMs : kOutlierDeviations * deviation;
  const double noise = std::clamp(whole_ms - last_whole_ms_ - step_ms, -limit, limit);
  noise_samples_ += noise_samples_ < static_cast<unsigned>(kNoiseFrames) ? 1 : 0;
  const double frames_per_second = 1000 / std::clamp(step_ms, 1000 / 60.0, 1000.0);
  const double kept = std::pow((noise_samples_ - 1.0) / noise_samples_, kNoiseFrameRate / frames_per_second);
  noise_mean_ms_ = kept * noise_mean_ms_ + (1 - kept) * noise;
  const double off = noise - noise_mean_ms_;
  noise_variance_ = std::max(1.0, kept * noise_variance_ + (1 - kept) * off * off);
  quickest_ms_ = std::min(whole_ms - captured_ms_, quickest_ms_ + step_ms * kDrift);
  const double jitter = kNoiseDeviations * std::sqrt(noise_variance_) - kNoiseOffsetMs;
  return captured_ms_ + quickest_ms_ + std::max(jitter, kLeastJitterMs) + kSystemJitterMs;
}

void PlayoutModel::judge(double interval_ms) noexcept {
  if (interval_ms > kPauseMs) return;
  intervals_[intervals_seen_++ % kIntervals] = interval_ms;
  const std::size_t count = std::min(intervals_seen_, kIntervals);
  if (count < kLeastIntervals) return;
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += intervals_[i];
  const double mean = sum / static_cast<double>(count);
  if (interval_ms < std::max(3 * mean, mean + kIncreaseMs)) return;
  figures_.freezes += 1;
  figures_.frozen +=
      std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::milli>(interval_ms));
}

}  // namespace rtcscope::flows
