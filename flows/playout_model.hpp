#pragma once
// When a receiver would have shown the frames of a video stream, and where it froze: the packets of a frame
// as they left the tap, late ones and retransmissions included, through a model of libwebrtc's jitter buffer.

#include <array>
#include <cstdint>

#include "base/time.hpp"
#include "flows/report.hpp"

namespace rtcscope::flows {

/// One packet as the model takes it: where its frame belongs, and what it was.
struct PlayoutPacket {
  enum class Kind : std::uint8_t {
    kInOrder,        // of the stream itself: it may start a frame
    kLate,           // behind a higher sequence number: it was asked for again
    kRepair,         // of a retransmission stream
    kArrival,        // seen before: the receiver says when it came
    kLost,           // seen before: the receiver says that it did not come
    kRepairArrival,  // the same two of a retransmission
    kRepairLost,
    kFound,  // said to be lost before, and came after all
  };
  std::uint32_t rtp_timestamp = 0;
  UtcTime time{};  // when it reached the receiver, not counting the constant part of the way
  Kind kind = Kind::kInOrder;
  std::uint32_t bytes = 0;
};

class PlayoutModel {
 public:
  using Kind = PlayoutPacket::Kind;

  /// A frame is whole when its last packet is there.
  void add(const PlayoutPacket& packet) noexcept;
  /// A frame with this RTP timestamp began in the last 2.5 seconds.
  [[nodiscard]] bool waits_for(std::uint32_t rtp_timestamp) const noexcept;
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
    std::uint32_t bytes = 0;
    std::int16_t missing = 0;    // packets that the receiver did not get, less those that were sent again
    bool retransmitted = false;  // in part, or came late as a whole
  };
  static constexpr std::size_t kPending = 128;  // a power of two: two seconds at 60 frames a second
  static constexpr std::size_t kIntervals = 30;

  [[nodiscard]] Frame& pending(std::size_t back) noexcept { return frames_[(next_ - 1 - back) % kPending]; }
  void start(const PlayoutPacket& packet, std::size_t newer) noexcept;
  void extend(Frame& frame, const PlayoutPacket& packet) noexcept;
  void show_oldest() noexcept;
  [[nodiscard]] bool decodes(const Frame& frame) noexcept;
  double released_ms(const Frame& frame, double own_ms) noexcept;
  void follow_line(double own_ms) noexcept;
  void follow_noise(double own_ms, const Frame& frame) noexcept;
  void judge(double interval_ms) noexcept;

  std::array<Frame, kPending> frames_{};
  std::size_t next_ = 0;   // frames so far
  std::size_t shown_ = 0;  // of them
  PlayoutFigures figures_;
  UtcTime last_started_{};  // of the frame before, shown or not
  bool paused_ = false;     // nothing came for so long that it is no freeze
  bool broken_ = false;     // a frame is missing on which later ones depend
  UtcTime whole_since_{};   // frames are whole again, while it is broken
  double mean_bytes_ = 0;
  // The line of capture times, in ms since `origin_`.
  UtcTime origin_{};
  std::uint32_t last_timestamp_ = 0;
  double captured_ms_ = 0;  // by the RTP timestamps
  double offset_ms_ = 0;    // mean time from capture to whole
  double offset_frames_ = 0;
  std::array<double, 2> drifts_ms_{};  // cumulated distance above and below the line
  double last_whole_ms_ = 0;           // frames are decoded in order: not before this
  double last_own_ms_ = 0;             // of the last frame that was not retransmitted
  std::uint32_t last_own_timestamp_ = 0;
  double noise_mean_ms_ = 0;
  double noise_variance_ = 4;
  unsigned noise_samples_ = 0;
  double last_release_ms_ = 0;
  std::array<double, kIntervals> intervals_{};
  std::size_t intervals_seen_ = 0;
};

}  // namespace rtcscope::flows
