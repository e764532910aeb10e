#include "flows/lip_sync.hpp"

#include <algorithm>
#include <cmath>

namespace rtcscope::flows {
namespace {

constexpr double kKept = 0.75;
// Nothing is done about less than 30 ms; half of more is taken at once, 80 ms at most.
constexpr double kLeastMs = 30;
constexpr double kMostStepMs = 80;
// What a browser takes to decode and play speech beyond its buffer.
constexpr double kDeviceMs = 30;

}  // namespace

void LipSync::follow(double video_ms, double speech_ms) noexcept {
  const double video = std::max(video_ms, extra_video_ms_);
  const double speech = std::max(speech_ms, extra_speech_ms_) + kDeviceMs;
  mean_ms_ = kKept * mean_ms_ + (1 - kKept) * (video - speech);
  if (std::abs(mean_ms_) < kLeastMs) return;
  const double step = std::clamp(mean_ms_ / 2, -kMostStepMs, kMostStepMs);
  mean_ms_ = 0;
  // Extra time of one is taken back before the other gets some.
  double& first = step > 0 ? extra_video_ms_ : extra_speech_ms_;
  double& second = step > 0 ? extra_speech_ms_ : extra_video_ms_;
  if (first > 0) {
    first = std::max(first - std::abs(step), 0.0);
    second = 0;
  } else {
    second += std::abs(step);
  }
}

}  // namespace rtcscope::flows
