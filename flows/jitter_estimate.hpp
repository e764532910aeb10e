#pragma once
// How long a receiver holds frames against jitter, as libwebrtc's estimates it: what the largest frame takes
// longer than a mean one, and the noise that is left.

#include <array>
#include <cstdint>

namespace rtcscope::flows {

/// After modules/video_coding/timing/jitter_estimator. All times are in ms.
class JitterEstimate {
 public:
  /// A frame that nothing of was sent again. `variation_ms`: its arrival after the frame before, less the
  /// difference of the RTP timestamps; `bytes`: its size; `now_ms`: when it is released.
  void add(double variation_ms, double bytes, double now_ms) noexcept;
  /// How long to hold a frame, 10 ms for the operating system included.
  [[nodiscard]] double delay_ms() noexcept;

 private:
  /// Delay variation by a frame's growth: ms a byte, and a constant (a Kalman filter of two states).
  struct Way {
    double ms_per_byte = 1 / (512e3 / 8);
    double constant_ms = 0;
    double var_slope = 1e-4;
    double covariance = 0;
    double var_constant = 1e2;

    void follow(double variation_ms, double growth, double largest, double noise_variance) noexcept;
  };

  void follow_sizes(double bytes) noexcept;
  void follow_noise(double deviation_ms, double now_ms) noexcept;
  [[nodiscard]] double frame_rate() const noexcept;

  Way way_;
  double mean_bytes_ = 500;
  double largest_bytes_ = 500;
  double size_variance_ = 100;
  double first_bytes_ = 0;  // sum over the first frames
  unsigned first_frames_ = 0;
  double last_bytes_ = -1;  // none yet
  double noise_mean_ms_ = 0;
  double noise_variance_ = 4;
  unsigned noise_samples_ = 1;
  double last_ms_ = -1;
  std::array<double, 30> intervals_{};  // between frames, for the frame rate
  std::uint32_t interval_count_ = 0;
  double interval_sum_ = 0;
  double last_estimate_ms_ = 1;
};

}  // namespace rtcscope::flows
