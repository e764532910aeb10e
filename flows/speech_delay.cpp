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
// Speech is played in steps of 10 ms. It is made shorter only when it waits so much longer than it should,
// and longer when it waits less: once in six steps, by a few ms, for a period of the voice is left out or
// said twice.
constexpr double kStepMs = 10;
constexpr double kPacketMs = 20;  // what a packet of Opus holds, as browsers send it
constexpr double kSlackMs = 20;
constexpr int kStretchEvery = 6;
constexpr double kStretchMs = 3;
// When nothing was there to play for so long that it became silence, the buffer fills by half first.
constexpr double kSilentMs = 60;
constexpr double kRefilled = 0.5;
constexpr double kEarlyMs = 50;  // what is so much more than asked for is played before its time
// A timestamp that jumps, or so long a silence, starts anew.
constexpr double kJumpMs = 5000;

/// Of the mean level, kept at each step.
double kept_level(double target_ms) noexcept {
  if (target_ms <= 20) return 251.0 / 256;
  if (target_ms <= 60) return 252.0 / 256;
  return (target_ms <= 140 ? 253.0 : 254.0) / 256;
}

}  // namespace

void SpeechDelay::add(double now_ms, double spoken_ms) noexcept {
  const double way = now_ms - spoken_ms;
  const Slot& current = slots_[slot_];
  if (started_ && (way > current.least + kJumpMs || way < current.least - kJumpMs)) *this = {};
  if (started_ && now_ms - clock_ms_ > kJumpMs) *this = {};
  if (!started_) start(now_ms, spoken_ms);
  play_until(now_ms);
  note_way(now_ms, way);
  const double step = spoken_ms + kPacketMs - newest_ms_;
  if (step <= 0) return;  // late: its place is counted
  if (newest_ms_ - played_ms_ < kStepMs && step > kPacketMs + 1) next_ms_ = spoken_ms;
  newest_ms_ = spoken_ms + kPacketMs;
}

void SpeechDelay::start(double now_ms, double spoken_ms) noexcept {
  started_ = true;
  clock_ms_ = now_ms;
  played_ms_ = newest_ms_ = spoken_ms;
  made_up_ms_ = kSilentMs;  // there was nothing before
}

void SpeechDelay::note_way(double now_ms, double way) noexcept {
  if (slot_began_ms_ < 0) slot_began_ms_ = now_ms;
  if (now_ms - slot_began_ms_ > kSlotMs) {
    next_slot();
    slot_began_ms_ = now_ms;
  }
  Slot& slot = slots_[slot_];
  slot.least = std::min(slot.least, way);
  least_way_ = std::min(least_way_, way);
  slot.largest = std::max(slot.largest, way - least_way_);
  largest_late_ = std::max(largest_late_, slot.largest);
}

double SpeechDelay::target_ms() const noexcept {
  return std::max(asked_ms_, least_ms_);
}

void SpeechDelay::play_until(double now_ms) noexcept {
  for (; clock_ms_ < now_ms; clock_ms_ += kStepMs) play(clock_ms_);
}

/// The step that begins at `now_ms`.
void SpeechDelay::play(double now_ms) noexcept {
  stretched_ += 1;
  if (waits()) {
    made_up_ms_ += kStepMs;
    return;
  }
  if (made_up_ms_ == 0) stretch(now_ms);
  const double waiting = newest_ms_ - played_ms_;
  const double kept = kept_level(target_ms());
  level_ms_ = made_up_ms_ >= kSilentMs ? waiting : kept * level_ms_ + (1 - kept) * waiting;
  made_up_ms_ = 0;
  played_ms_ += kStepMs;
}

/// Whether there is nothing to play yet; moves on over a gap.
bool SpeechDelay::waits() noexcept {
  if (next_ms_ >= 0) {
    const bool early = next_ms_ - played_ms_ > made_up_ms_;
    if (early && newest_ms_ - next_ms_ <= target_ms() + kEarlyMs) return true;
    played_ms_ = next_ms_;
    next_ms_ = -1;
  }
  const double waiting = newest_ms_ - played_ms_;
  if (made_up_ms_ >= kSilentMs && waiting < kRefilled * target_ms()) return true;
  return waiting < kStepMs;
}

void SpeechDelay::stretch(double now_ms) noexcept {
  if (stretched_ < kStretchEvery) return;
  const double delay = now_ms - played_ms_ - least_way_;
  const double most = target_ms() + largest_late_ + kSlackMs;
  const double by = delay < target_ms() ? -kStretchMs : delay >= most ? kStretchMs : 0;
  played_ms_ += by;
  if (by != 0) stretched_ = 0;
}

void SpeechDelay::next_slot() noexcept {
  note_largest(slots_[slot_].largest);
  slot_ = (slot_ + 1) % kSlots;
  slots_[slot_] = {};
  least_way_ = kNone;
  largest_late_ = 0;
  for (const Slot& slot : slots_) {
    least_way_ = std::min(least_way_, slot.least);
    largest_late_ = std::max(largest_late_, slot.largest);
  }
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
    asked_ms_ = static_cast<double>(i + 1) * kBucketMs;
    return;
  }
}

}  // namespace rtcscope::flows
