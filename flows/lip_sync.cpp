#include "flows/lip_sync.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace rtcscope::flows {
namespace {

constexpr int kMeanOver = 4;
// Nothing is done about less than 30 ms; half of more is taken at once, 80 ms at most.
constexpr int kLeastMs = 30;
constexpr int kMostStepMs = 80;
constexpr int kMostMs = 10'000;
// What a browser takes to decode and play speech beyond its buffer.
constexpr double kDeviceMs = 14;

}  // namespace

/// Extra time of one is taken back before the other gets some. What was asked of a buffer last stands until
/// it gets extra time anew.
void LipSync::shift(Extra& reduced, Extra& raised, int step_ms) noexcept {
  if (reduced.ms > 0) {
    reduced.ms -= step_ms;
    raised.ms = 0;
  } else {
    raised.ms += step_ms;
    reduced.ms = 0;
  }
  reduced.ms = std::max(reduced.ms, 0);
  for (Extra* extra : {&reduced, &raised}) {
    if (extra->ms > 0) extra->least_ms = std::min(extra->ms, kMostMs);
  }
}

void LipSync::follow(double video_ms, double speech_ms, double relative_ms) noexcept {
  if (std::abs(relative_ms) > kMostMs) return;  // of two clocks
  const double video = std::max(video_ms, static_cast<double>(video_.least_ms));
  const auto behind = static_cast<int>(video - speech_ms - kDeviceMs + relative_ms);
  mean_ms_ = ((kMeanOver - 1) * mean_ms_ + behind) / kMeanOver;
  if (std::abs(mean_ms_) < kLeastMs) return;
  const int step_ms = std::min(std::abs(mean_ms_) / 2, kMostStepMs);
  const bool late = mean_ms_ > 0;
  mean_ms_ = 0;
  shift(late ? video_ : speech_, late ? speech_ : video_, step_ms);
}

}  // namespace rtcscope::flows
