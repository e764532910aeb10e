#pragma once
// Where frames are expected: the line of RTP timestamps over arrival times, as libwebrtc's receiver fits it.

#include <cstdint>

namespace rtcscope::flows {

/// Least squares over all frames, after modules/video_coding/timing/timestamp_extrapolator: frames far off
/// the line are left out, and a change that lasts moves it at once. Times are in ms since any origin.
class CaptureLine {
 public:
  /// `step_ticks`: 1/90000 s since the frame before; a jump of ten seconds or as long a gap starts anew.
  void add(double time_ms, std::int64_t ticks) noexcept;
  /// When a frame with this timestamp is due; `time_ms` of the newest frame before there are two.
  [[nodiscard]] double due_ms(std::int64_t ticks) const noexcept;
  [[nodiscard]] bool started() const noexcept { return frames_ != 0; }

 private:
  void restart(double time_ms, std::int64_t ticks) noexcept;
  [[nodiscard]] bool far_off(double residual) noexcept;
  [[nodiscard]] bool moved(double residual) noexcept;
  void fit(double t, double residual) noexcept;

  double origin_ms_ = 0;
  std::int64_t origin_ticks_ = 0;
  double newest_ms_ = 0;
  std::int64_t newest_ticks_ = 0;
  std::uint32_t frames_ = 0;
  // Ticks a ms, ticks at the origin, and their covariance.
  double slope_ = 0;
  double offset_ = 0;
  double var_slope_ = 0;
  double covariance_ = 0;
  double var_offset_ = 0;
  double residual_mean_ = 0;
  double residual_variance_ = 0;
  unsigned left_out_ = 0;  // in a row
  double above_ = 0;       // cumulated distance above and below the line
  double below_ = 0;
};

}  // namespace rtcscope::flows
