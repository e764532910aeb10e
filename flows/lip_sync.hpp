#pragma once
// How much longer a receiver holds video, or speech, to keep both in step.

namespace rtcscope::flows {

/// After libwebrtc's video/stream_synchronization, whole ms as there.
class LipSync {
 public:
  /// Once a second: how long video and speech are held, and how much longer video was on its way than speech,
  /// from capture to arrival.
  void follow(double video_ms, double speech_ms, double relative_ms) noexcept;
  /// The least that video is held.
  [[nodiscard]] double video_ms() const noexcept { return video_.least_ms; }
  /// The least that speech is held.
  [[nodiscard]] double speech_ms() const noexcept { return speech_.least_ms; }

 private:
  struct Extra {
    int ms = 0;        // added on top of what the buffer asks for
    int least_ms = 0;  // asked of the buffer last
  };
  static void shift(Extra& reduced, Extra& raised, int step_ms) noexcept;

  int mean_ms_ = 0;  // video behind speech
  Extra video_;
  Extra speech_;
};

}  // namespace rtcscope::flows
