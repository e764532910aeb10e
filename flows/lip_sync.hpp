#pragma once
// How much longer a receiver holds video, or speech, to keep both in step.

namespace rtcscope::flows {

/// After libwebrtc's video/stream_synchronization. All times are in ms.
class LipSync {
 public:
  /// Once a second: how long video and speech are held without it.
  void follow(double video_ms, double speech_ms) noexcept;
  /// The least that video is held.
  [[nodiscard]] double video_ms() const noexcept { return extra_video_ms_; }

 private:
  double mean_ms_ = 0;  // video behind speech
  double extra_video_ms_ = 0;
  double extra_speech_ms_ = 0;
};

}  // namespace rtcscope::flows
