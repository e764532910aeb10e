#pragma once
// How long a receiver's speech buffer holds packets, as libwebrtc's does: video is kept in step with it.

#include <array>
#include <cstdint>
#include <limits>

namespace rtcscope::flows {

/// After modules/audio_coding/neteq: delay_manager, decision_logic, buffer_level_filter. All times are in ms.
class SpeechDelay {
 public:
  /// A packet that came at `now_ms`, of speech from `spoken_ms` on by its timestamp; both since any origin.
  void add(double now_ms, double spoken_ms) noexcept;
  /// Speech is held so long at least, to keep it in step with video.
  void hold(double least_ms) noexcept { least_ms_ = least_ms; }
  /// How much speech waits in the buffer, on the mean of the last seconds.
  [[nodiscard]] double level_ms() const noexcept { return level_ms_; }

 private:
  static constexpr double kNone = std::numeric_limits<double>::infinity();
  struct Slot {
    double least = kNone;  // arrival - timestamp
    double largest = 0;    // how late, against the least of the last two seconds
  };
  static constexpr std::size_t kSlots = 4;  // half a second each
  static constexpr std::size_t kBuckets = 100;

  void note_way(double now_ms, double way) noexcept;
  void next_slot() noexcept;
  void note_largest(double late_ms) noexcept;
  void start(double now_ms, double spoken_ms) noexcept;
  void play_until(double now_ms) noexcept;
  void play(double now_ms) noexcept;
  void stretch(double now_ms) noexcept;
  [[nodiscard]] bool waits() noexcept;
  [[nodiscard]] double target_ms() const noexcept;

  std::array<Slot, kSlots> slots_{};
  std::size_t slot_ = 0;
  double slot_began_ms_ = -1;
  // Of all slots.
  double least_way_ = kNone;
  double largest_late_ = 0;
  std::array<float, kBuckets> shares_{};  // of half seconds, by their largest delay, 20 ms each
  unsigned noted_ = 0;
  double asked_ms_ = 80;  // by the largest delays
  double least_ms_ = 0;   // by the lips
  bool started_ = false;
  double newest_ms_ = 0;   // end of the newest packet's speech
  double played_ms_ = 0;   // speech up to here was played
  double clock_ms_ = 0;    // so far the model ran
  double made_up_ms_ = 0;  // played since the buffer ran dry
  double next_ms_ = -1;    // where speech goes on after a gap; none
  double level_ms_ = 0;
  int stretched_ = 0;  // steps since speech was stretched
};

}  // namespace rtcscope::flows
