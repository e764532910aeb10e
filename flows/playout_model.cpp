#include "flows/playout_model.hpp"

#include <algorithm>
#include <cmath>

namespace rtcscope::flows {
namespace {

constexpr Duration kPatience = std::chrono::milliseconds{2500};
constexpr double kTicksPerMs = 90;

// libwebrtc's receiver (modules/video_coding/timing): deviations beyond fifteen standard deviations are cut,
// the estimate averages over 400 frames at 30 a second, and the buffer holds 2.33 standard deviations less
// 30 ms, at least 1 ms, and 10 ms for the operating system.
constexpr double kOutlierDeviations = 15;
constexpr double kNoiseFrames = 400;
constexpr double kNoiseFrameRate = 30;
constexpr double kNoiseDeviations = 2.33;
constexpr double kNoiseOffsetMs = 30;
constexpr double kLeastJitterMs = 1;
constexpr double kSystemJitterMs = 10;
// Its line of capture times is the mean over all frames; what stays off by more than 73 ms for long (6600
// ticks drift, 7000 at most a frame, alarm at 60000) moves it at once (timestamp_extrapolator).
constexpr double kDriftMs = 6600 / kTicksPerMs;
constexpr double kMostErrorMs = 7000 / kTicksPerMs;
constexpr double kAlarmMs = 60000 / kTicksPerMs;
// W3C webrtc-stats freezeCount; see base/rtp_meter.h.
constexpr std::size_t kLeastIntervals = 5;
constexpr double kIncreaseMs = 150;
constexpr double kPauseMs = 5000;
// Payloads are encrypted. A frame so much larger than others is taken for a key frame; without one, frames
// that stay whole for as long as receivers wait until they ask for the next key frame.
constexpr double kKeyFrameRatio = 3;
constexpr Duration kRecovered = std::chrono::seconds{3};

double ms_between(UtcTime from, UtcTime to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

}  // namespace

void PlayoutModel::add(const PlayoutPacket& packet) noexcept {
  std::size_t newer = 0;  // frames behind the packet's place
  for (; newer < next_ - shown_; ++newer) {
    Frame& frame = pending(newer);
    if (frame.rtp_timestamp == packet.rtp_timestamp) {
      extend(frame, packet);
      return;
    }
    // Newer than the newest: the common case, a new frame.
    if (packet.rtp_timestamp - frame.rtp_timestamp < 0x8000'0000U) break;
  }
  // Older than all that wait: it was shown, or what was shown has passed it by.
  const bool passed_by = newer == next_ - shown_ && next_ != 0;
  if (packet.kind != Kind::kInOrder && packet.kind != Kind::kLate) return;
  if (passed_by && packet.rtp_timestamp - last_timestamp_ - 1 >= 0x7fff'ffffU) return;
  start(packet, newer);
}

void PlayoutModel::start(const PlayoutPacket& packet, std::size_t newer) noexcept {
  if (next_ - shown_ == kPending) show_oldest();
  next_ += 1;
  newer = std::min(newer, next_ - shown_ - 1);
  // A frame that came late as a whole moves those behind it.
  for (std::size_t back = 0; back < newer; ++back) pending(back) = pending(back + 1);
  pending(newer) = {packet.rtp_timestamp, packet.time, packet.time,
                    packet.bytes,         0,           packet.kind == Kind::kLate};
}

void PlayoutModel::extend(Frame& frame, const PlayoutPacket& packet) noexcept {
  const bool lost = packet.kind == Kind::kLost || packet.kind == Kind::kRepairLost;
  const bool found = packet.kind == Kind::kFound || packet.kind == Kind::kRepair;
  const int missing = frame.missing + (lost ? 1 : 0) - (found ? 1 : 0);
  frame.missing = static_cast<std::int16_t>(std::clamp(missing, -1000, 1000));
  if (lost) return;
  frame.whole = std::max(frame.whole, packet.time);
  frame.bytes += packet.bytes;
  frame.retransmitted = frame.retransmitted || packet.kind == Kind::kRepair;
}

bool PlayoutModel::waits_for(std::uint32_t rtp_timestamp) const noexcept {
  for (std::size_t i = next_; i-- > shown_;) {
    const std::uint32_t newer_by = frames_[i % kPending].rtp_timestamp - rtp_timestamp;
    if (newer_by == 0) return true;
    if (newer_by >= 0x8000'0000U) return false;
  }
  return false;
}

void PlayoutModel::advance(UtcTime now) noexcept {
  while (shown_ < next_ && now - frames_[shown_ % kPending].started > kPatience) show_oldest();
}

void PlayoutModel::finish() noexcept {
  while (shown_ < next_) show_oldest();
}

void PlayoutModel::show_oldest() noexcept {
  const Frame& frame = frames_[shown_++ % kPending];
  if (last_started_ != UtcTime{} && ms_between(last_started_, frame.started) > kPauseMs) paused_ = true;
  last_started_ = frame.started;
  if (!decodes(frame)) return;
  if (figures_.frames == 0) {
    origin_ = frame.whole;
    last_timestamp_ = frame.rtp_timestamp;
  }
  const double own_ms = ms_between(origin_, frame.whole);
  // Frames are decoded in order: one that is whole before an older one waits for it.
  last_whole_ms_ = std::max(own_ms, last_whole_ms_);
  const double release_ms = std::max({last_whole_ms_, released_ms(frame, own_ms), last_release_ms_});
  last_timestamp_ = frame.rtp_timestamp;
  if (figures_.frames++ != 0 && !paused_) judge(release_ms - last_release_ms_);
  paused_ = false;
  last_release_ms_ = release_ms;
}

/// Whether the frame can be decoded: each depends on the one before, up to a key frame.
bool PlayoutModel::decodes(const Frame& frame) noexcept {
  const bool key = mean_bytes_ > 0 && frame.bytes > kKeyFrameRatio * mean_bytes_;
  if (!key) mean_bytes_ += (frame.bytes - mean_bytes_) / (mean_bytes_ == 0 ? 1 : 32);
  if (frame.missing > 0) {
    broken_ = true;
    whole_since_ = {};
    return false;
  }
  if (!broken_) return true;
  if (whole_since_ == UtcTime{}) whole_since_ = frame.started;
  broken_ = !key && frame.started - whole_since_ < kRecovered;
  return !broken_;
}

/// When the jitter buffer releases the frame.
double PlayoutModel::released_ms(const Frame& frame, double own_ms) noexcept {
  const double step_ms = static_cast<std::int32_t>(frame.rtp_timestamp - last_timestamp_) / kTicksPerMs;
  if (figures_.frames == 0 || step_ms > kPauseMs) {
    captured_ms_ = own_ms;
    offset_ms_ = 0;
    offset_frames_ = 1;
    drifts_ms_ = {};
    last_own_ms_ = own_ms;
    last_own_timestamp_ = frame.rtp_timestamp;
    return own_ms;
  }
  captured_ms_ += step_ms;
  // What was sent again says nothing about the way (libwebrtc: delayed_by_retransmission).
  if (!frame.retransmitted) {
    follow_line(own_ms);
    follow_noise(own_ms, frame);
  }
  const double jitter = kNoiseDeviations * std::sqrt(noise_variance_) - kNoiseOffsetMs;
  return captured_ms_ + offset_ms_ + std::max(jitter, kLeastJitterMs) + kSystemJitterMs;
}

void PlayoutModel::follow_line(double own_ms) noexcept {
  const double off = own_ms - captured_ms_ - offset_ms_;
  const double error = std::clamp(off, -kMostErrorMs, kMostErrorMs);
  drifts_ms_[0] = std::max(drifts_ms_[0] + error - kDriftMs, 0.0);
  drifts_ms_[1] = std::max(drifts_ms_[1] - error - kDriftMs, 0.0);
  if (drifts_ms_[0] > kAlarmMs || drifts_ms_[1] > kAlarmMs) {
    drifts_ms_ = {};
    offset_frames_ = 0;
  }
  offset_frames_ += 1;
  offset_ms_ += off / offset_frames_;
}

void PlayoutModel::follow_noise(double own_ms, const Frame& frame) noexcept {
  const double step_ms = static_cast<std::int32_t>(frame.rtp_timestamp - last_own_timestamp_) / kTicksPerMs;
  const double limit = noise_samples_ < 10 ? kPauseMs : kOutlierDeviations * std::sqrt(noise_variance_);
  const double noise = std::clamp(own_ms - last_own_ms_ - step_ms, -limit, limit);
  last_own_ms_ = own_ms;
  last_own_timestamp_ = frame.rtp_timestamp;
  noise_samples_ += noise_samples_ < static_cast<unsigned>(kNoiseFrames) ? 1 : 0;
  const double frames_per_second = 1000 / std::clamp(step_ms, 1000 / 60.0, 1000.0);
  const double kept = std::pow((noise_samples_ - 1.0) / noise_samples_, kNoiseFrameRate / frames_per_second);
  noise_mean_ms_ = kept * noise_mean_ms_ + (1 - kept) * noise;
  const double off = noise - noise_mean_ms_;
  noise_variance_ = std::max(1.0, kept * noise_variance_ + (1 - kept) * off * off);
}

void PlayoutModel::judge(double interval_ms) noexcept {
  intervals_[intervals_seen_++ % kIntervals] = interval_ms;
  const std::size_t count = std::min(intervals_seen_, kIntervals);
  if (count < kLeastIntervals) return;
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += intervals_[i];
  const double mean = sum / static_cast<double>(count);
  if (interval_ms < std::max(3 * mean, mean + kIncreaseMs)) return;
  figures_.freezes += 1;
  figures_.frozen +=
      std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::milli>(interval_ms));
}

}  // namespace rtcscope::flows
