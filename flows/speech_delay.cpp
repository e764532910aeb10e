#include "flows/speech_delay.hpp"

#include <algorithm>

namespace rtcscope::flows {
namespace {

constexpr double kSlotMs = 500;
constexpr double kBucketMs = 20;
// The buffer aims at the 95th percentile of the largest delay of half a second; old ones fade, the first ones
// quickly.
constexpr double kQuantile = 0.95;
constexpr double kKept = 0.983;
constexpr double kFirstWeight = 2;
// It shortens speech only when it holds so much more than it aims at.
constexpr double kSlackMs = 20;
constexpr double kMeanKept = 252.0 / 256;
// A timestamp that jumps is of another clock.
constexpr double kJumpMs = 5000;

}  // namespace

void SpeechDelay::add(double now_ms, double spoken_ms) noexcept {
  const double way = now_ms - spoken_ms;
  const Slot& current = slots_[slot_];
  if (current.used && (way > current.least + kJumpMs || way < current.least - kJumpMs)) *this = {};
  if (slot_began_ms_ < 0) slot_began_ms_ = now_ms;
  if (now_ms - slot_began_ms_ > kSlotMs) {
    next_slot();
    slot_began_ms_ = now_ms;
  }
  Slot& slot = slots_[slot_];
  slot.least = slot.used ? std::min(slot.least, way) : way;
  slot.used = true;
  double least = way;
  double largest = 0;
  for (const Slot& each : slots_) {
    if (!each.used) continue;
    least = std::min(least, each.least);
    largest = std::max(largest, each.largest);
  }
  const double late = way - least;
  slot.largest = std::max(slot.largest, late);
  mean_late_ms_ = kMeanKept * mean_late_ms_ + (1 - kMeanKept) * late;
  // What comes later than the buffer holds lets it run dry, and waits from then on.
  const double most = target_ms_ + std::max(largest, late) + kSlackMs;
  level_ms_ = std::min(std::max({level_ms_, target_ms_, late}), most);
}

void SpeechDelay::next_slot() noexcept {
  note_largest(slots_[slot_].largest);
  slot_ = (slot_ + 1) % kSlots;
  slots_[slot_] = {};
}

void SpeechDelay::note_largest(double late_ms) noexcept {
  const auto bucket = static_cast<std::size_t>(late_ms / kBucketMs);
  if (bucket >= kBuckets) return;
  const double kept = noted_ == 0 ? 0 : std::clamp(1 - kFirstWeight / (noted_ + 1), 0.0, kKept);
  noted_ += 1;
  for (float& share : shares_) share *= static_cast<float>(kept);
  shares_[bucket] += static_cast<float>(1 - kept);
  double sum = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    sum += shares_[i];
    if (sum < kQuantile && i + 1 < kBuckets) continue;
    target_ms_ = static_cast<double>(i + 1) * kBucketMs;
    return;
  }
}

}  // namespace rtcscope::flows
