#pragma once
// When a receiver would have shown the frames of a video stream, and where it froze: the packets of a frame
// as they left the tap, late ones and retransmissions included, through a model of libwebrtc's jitter buffer.

#include <array>
#include <cstdint>

#include "base/time.hpp"
#include "flows/report.hpp"

namespace rtcscope::flows {

class PlayoutModel {
 public:
  /// A packet of the frame with this RTP timestamp will have reached the receiver at `time`, not counting the
  /// constant part of the way. The latest of a frame counts: a frame is whole when its last packet is there.
  /// `starts`: only packets of the stream itself start frames, retransmissions only delay them.
  void add(std::uint32_t rtp_timestamp, UtcTime time, bool starts) noexcept;
  /// Shows what had its 2.5 seconds for late packets.
  void advance(UtcTime now) noexcept;
  /// The stream is over: shows all.
  void finish() noexcept;

  [[nodiscard]] const PlayoutFigures& figures() const noexcept { return figures_; }

 private:
  struct Frame {
    std::uint32_t rtp_timestamp = 0;
    UtcTime started{};
    UtcTime whole{};
  };
  static constexpr std::size_t kPending = 128;  // a power of two: two seconds at 60 frames a second
  static constexpr std::size_t kIntervals = 30;

  [[nodiscard]] Frame& pending(std::size_t back) noexcept { return frames_[(next_ - 1 - back) % kPending]; }
  void show_oldest() noexcept;
  double buffered_ms(const Frame& frame, double whole_ms) noexcept;
  void judge(double interval_ms) noexcept;

  std::array<Frame, kPending> frames_{};
  std::size_t next_ = 0;   // frames so far
  std::size_t shown_ = 0;  // of them
  PlayoutFigures figures_;
  // The line of capture times, in ms since `origin_`.
  UtcTime origin_{};
  std::uint32_t last_timestamp_ = 0;
  double captured_ms_ = 0;  // by the RTP timestamps
  double last_whole_ms_ = 0;
  double quickest_ms_ = 0;  // least time from capture to whole, which the buffer's delay counts from
  double noise_mean_ms_ = 0;
  double noise_variance_ = 4;
  unsigned noise_samples_ = 0;
  double last_render_ms_ = 0;
  std::array<double, kIntervals> intervals_{};
  std::size_t intervals_seen_ = 0;
};

}  // namespace rtcscope::flows
