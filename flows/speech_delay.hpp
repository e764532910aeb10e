#pragma once
// How long a receiver's speech buffer holds packets, as libwebrtc's does: video is kept in step with it.

#include <array>
#include <cstdint>

namespace rtcscope::flows {

/// After modules/audio_coding/neteq: delay_manager, decision_logic. All times are in ms.
class SpeechDelay {
 public:
  /// A packet that came at `now_ms`, of speech of `spoken_ms` by its timestamp; both since any origin.
  void add(double now_ms, double spoken_ms) noexcept;
  /// How long speech waits in the buffer.
  [[nodiscard]] double level_ms() const noexcept { return level_ms_ - mean_late_ms_; }

 private:
  struct Slot {
    double least = 0;    // arrival - timestamp
    double largest = 0;  // how late, against the least of the last two seconds
    bool used = false;
  };
  static constexpr std::size_t kSlots = 4;  // half a second each
  static constexpr std::size_t kBuckets = 100;

  void next_slot() noexcept;
  void note_largest(double late_ms) noexcept;

  std::array<Slot, kSlots> slots_{};
  std::size_t slot_ = 0;
  double slot_began_ms_ = -1;
  std::array<float, kBuckets> shares_{};  // of half seconds, by their largest delay, 20 ms each
  unsigned noted_ = 0;
  double target_ms_ = 80;
  double level_ms_ = 80;
  double mean_late_ms_ = 0;
};

}  // namespace rtcscope::flows
