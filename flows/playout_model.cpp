#include "flows/playout_model.hpp"

#include <algorithm>
#include <cmath>

namespace rtcscope::flows {
namespace {

constexpr Duration kPatience = std::chrono::milliseconds{2500};
constexpr double kTicksPerMs = 90;
// More packets than this at once did not get lost: the sequence starts anew.
constexpr std::uint16_t kLargestGap = 500;
// W3C webrtc-stats freezeCount; see base/rtp_meter.h.
constexpr std::size_t kLeastIntervals = 5;
constexpr double kIncreaseMs = 150;
// A receiver that has nothing to show looks every three seconds whether packets came in the last five; if
// not, the stream is paused (libwebrtc: OnDecodableFrameTimeout).
constexpr double kLookMs = 3000;
constexpr double kPauseMs = 5000;
// A receiver asks for what misses again every 100 ms (libwebrtc: NackRequester, without a known round trip).
// What it still asks for so long after it should be whole is not.
constexpr Duration kAsksOn = std::chrono::milliseconds{500};
// Payloads are encrypted. The last packet of a key frame says how the picture is turned (3GPP TS 26.114,
// 7.4.5), those of other frames only while it is turned. Where no packet says so, a frame so much larger than
// others is taken for a key frame.
constexpr double kKeyFrameRatio = 3;
constexpr std::uint32_t kOrientedShare = 4;
constexpr std::uint32_t kFramesCounted = 1024;
// A receiver that waits this long for a frame asks for a key frame (libwebrtc: kMaxWaitForFrame), and gets it
// within one more second. Without it, frames that stay whole are shown again.
constexpr Duration kRecovered = std::chrono::seconds{3};
constexpr Duration kAnswered = std::chrono::seconds{4};
// One that could show nothing for so long would have asked, though the request takes its time.
constexpr Duration kAskedBy = std::chrono::milliseconds{3500};

// A browser releases at the last tick of 64 a second before a frame is due, what is late at once (libwebrtc:
// DecodeSynchronizer; Chromium: MetronomeSource). Its phase is not known.
constexpr double kTickMs = 1000.0 / 64;
// Between a frame's release and its picture: 10 ms to draw, and a little to decode.
constexpr double kDecodeMs = 12;

double ms_between(UtcTime from, UtcTime to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

Duration duration_of(double ms) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::milli>(ms));
}

bool newer(std::uint32_t timestamp, std::uint32_t than) {
  return timestamp != than && timestamp - than < 0x8000'0000U;
}

}  // namespace

void PlayoutModel::add(const PlayoutPacket& packet) noexcept {
  const bool own = packet.kind == Kind::kInOrder || packet.kind == Kind::kLate;
  place(packet);
  if (own) note_gap(packet);
}

void PlayoutModel::pass(std::uint16_t sequence) noexcept {
  if (Gap* gap = gap_of(sequence)) {
    fill(*gap, sequence);
  } else if (counting_ && static_cast<std::int16_t>(sequence - highest_) == 1) {
    highest_ = sequence;
  }
}

void PlayoutModel::place(const PlayoutPacket& packet) noexcept {
  std::size_t newer_frames = 0;  // frames behind the packet's place
  for (; newer_frames < next_ - shown_; ++newer_frames) {
    Frame& frame = pending(newer_frames);
    if (frame.rtp_timestamp == packet.rtp_timestamp) {
      extend(frame, packet);
      return;
    }
    // Newer than the newest: the common case, a new frame.
    if (newer(packet.rtp_timestamp, frame.rtp_timestamp)) break;
  }
  // Older than all that wait: it was shown, or what was shown has passed it by.
  const bool passed_by = newer_frames == next_ - shown_ && next_ != 0;
  if (packet.kind != Kind::kInOrder && packet.kind != Kind::kLate) return;
  if (passed_by && !newer(packet.rtp_timestamp, last_timestamp_)) return;
  start(packet, newer_frames);
}

void PlayoutModel::start(const PlayoutPacket& packet, std::size_t newer_frames) noexcept {
  if (next_ - shown_ == kPending) show_oldest();
  next_ += 1;
  newer_frames = std::min(newer_frames, next_ - shown_ - 1);
  // A frame that came late as a whole moves those behind it.
  for (std::size_t back = 0; back < newer_frames; ++back) pending(back) = pending(back + 1);
  Frame& frame = pending(newer_frames);
  frame = {};
  frame.rtp_timestamp = packet.rtp_timestamp;
  frame.started = frame.whole = packet.time;
  frame.sent = 1;
  frame.bytes = frame.first_bytes = packet.bytes;
  frame.retransmitted = packet.kind == Kind::kLate;
  frame.oriented = packet.oriented;
  frame.first = frame.last = packet.sequence;
  if (started_ == kFramesCounted) {
    started_ /= 2;
    oriented_ /= 2;
  }
  started_ += 1;
  oriented_ += packet.oriented ? 1 : 0;
}

void PlayoutModel::extend(Frame& frame, const PlayoutPacket& packet) noexcept {
  const bool lost = packet.kind == Kind::kLost || packet.kind == Kind::kRepairLost;
  const bool found = packet.kind == Kind::kFound || packet.kind == Kind::kRepair;
  const int missing = frame.missing + (lost ? 1 : 0) - (found ? 1 : 0);
  frame.missing = static_cast<std::int16_t>(std::clamp(missing, -1000, 1000));
  const bool arrived = packet.kind == Kind::kArrival || packet.kind == Kind::kFound;
  if (lost || arrived) told_ = std::max(told_, frame.started);
  if (lost) return;
  figures_.tells = figures_.tells || arrived;
  if (arrived) {
    frame.arrived += 1;
    frame.complete = std::max(frame.complete, packet.time);
  }
  if (packet.kind == Kind::kInOrder || packet.kind == Kind::kLate) frame.sent += 1;
  frame.whole = std::max(frame.whole, packet.time);
  frame.bytes += packet.bytes;
  // What came late was asked for at once (libwebrtc: delayed_by_retransmission).
  frame.retransmitted = frame.retransmitted || packet.kind == Kind::kRepair || packet.kind == Kind::kLate;
  if (packet.kind == Kind::kInOrder) frame.last = packet.sequence;
  if (packet.oriented && !frame.oriented) oriented_ += 1;
  frame.oriented = frame.oriented || packet.oriented;
}

std::size_t PlayoutModel::place_of(std::uint32_t rtp_timestamp) const noexcept {
  for (std::size_t back = 0; back < next_ - shown_; ++back) {
    const std::uint32_t frame = frames_[(next_ - 1 - back) % kPending].rtp_timestamp;
    if (frame == rtp_timestamp) return back;
    if (newer(rtp_timestamp, frame)) break;
  }
  return next_ - shown_;
}

PlayoutModel::Frame* PlayoutModel::find(std::uint32_t rtp_timestamp) noexcept {
  const std::size_t back = place_of(rtp_timestamp);
  return back < next_ - shown_ ? &pending(back) : nullptr;
}

/// Packets that miss between two are missing in the newer frame or before it: it cannot be decoded without.
void PlayoutModel::note_gap(const PlayoutPacket& packet) noexcept {
  if (packet.kind == Kind::kLate) {
    Frame* frame = find(packet.rtp_timestamp);
    if (Gap* gap = gap_of(packet.sequence)) {
      const std::uint32_t behind = gap->rtp_timestamp;
      fill(*gap, packet.sequence);
      // What still misses before it is missing before its own frame.
      if (frame != nullptr && newer(behind, packet.rtp_timestamp)) move_gaps(packet.sequence, behind, *frame);
    } else if (frame != nullptr && frame->missing > 0) {
      frame->missing -= 1;  // sent again on the stream itself, for it was lost after the tap
    }
    return;
  }
  const auto count = static_cast<std::uint16_t>(packet.sequence - highest_ - 1);
  const bool gap = counting_ && count != 0 && count <= kLargestGap;
  highest_ = packet.sequence;
  counting_ = true;
  Frame* frame = gap ? find(packet.rtp_timestamp) : nullptr;
  if (frame == nullptr) return;
  gaps_[gap_count_++ % kGaps] = {static_cast<std::uint16_t>(packet.sequence - count), count,
                                 packet.rtp_timestamp};
  frame->gap = static_cast<std::int16_t>(std::min(frame->gap + count, 10'000));
}

PlayoutModel::Gap* PlayoutModel::gap_of(std::uint16_t sequence) noexcept {
  for (Gap& gap : gaps_) {
    if (static_cast<std::uint16_t>(sequence - gap.first) < gap.count) return &gap;
  }
  return nullptr;
}

/// Of a gap stays what is before the number and what is behind it.
void PlayoutModel::fill(Gap& gap, std::uint16_t sequence) noexcept {
  if (Frame* frame = find(gap.rtp_timestamp); frame != nullptr && frame->gap > 0) frame->gap -= 1;
  const auto before = static_cast<std::uint16_t>(sequence - gap.first);
  const Gap rest = {static_cast<std::uint16_t>(sequence + 1),
                    static_cast<std::uint16_t>(gap.count - before - 1), gap.rtp_timestamp};
  gap.count = before;
  if (before == 0) {
    gap = rest;
  } else if (rest.count != 0) {
    gaps_[gap_count_++ % kGaps] = rest;
  }
}

/// The gaps of a frame that lie before a number are those of an older frame, which came late.
void PlayoutModel::move_gaps(std::uint16_t before, std::uint32_t from, Frame& to) noexcept {
  Frame* frame = find(from);
  if (frame == nullptr) return;
  for (Gap& gap : gaps_) {
    if (gap.count == 0 || gap.rtp_timestamp != from || static_cast<std::int16_t>(gap.first - before) >= 0)
      continue;
    gap.rtp_timestamp = to.rtp_timestamp;
    to.gap = static_cast<std::int16_t>(std::min(to.gap + gap.count, 10'000));
    frame->gap = static_cast<std::int16_t>(std::max(frame->gap - gap.count, 0));
  }
}

void PlayoutModel::ask(std::uint16_t sequence, UtcTime time) noexcept {
  for (std::size_t back = 0; back < next_ - shown_; ++back) {
    Frame& frame = pending(back);
    const auto length = static_cast<std::uint16_t>(frame.last - frame.first);
    if (static_cast<std::uint16_t>(sequence - frame.first) > length) continue;
    frame.asked = time;
    return;
  }
}

bool PlayoutModel::waits_for(std::uint32_t rtp_timestamp) const noexcept {
  return place_of(rtp_timestamp) < next_ - shown_;
}

bool PlayoutModel::may_have_sent(std::uint32_t rtp_timestamp, std::uint32_t bytes) const noexcept {
  const std::size_t back = place_of(rtp_timestamp);
  if (back >= next_ - shown_) return false;
  const Frame& frame = frames_[(next_ - 1 - back) % kPending];
  return frame.sent != 1 || frame.first_bytes == bytes;
}

void PlayoutModel::advance(UtcTime now) noexcept {
  while (shown_ < next_ && now - frames_[shown_ % kPending].started > kPatience) show_oldest();
}

void PlayoutModel::finish() noexcept {
  while (shown_ < next_) show_oldest();
}

void PlayoutModel::show_oldest() noexcept {
  Frame& frame = frames_[shown_++ % kPending];
  figures_.standstill = {};
  // A receiver that tells what comes to it has fallen silent: what became of the frame is not known.
  if (figures_.tells && frame.started > told_) {
    untold_ = true;
    received_.doubt(frame.started);
    return;
  }
  received_.hear();
  paused_ = paused_ || is_pause(frame.started);
  if (!figures_.tells || frame.arrived != 0) last_started_ = frame.started;
  // What was sent again though it came, only out of order, changes nothing.
  if (frame.arrived >= frame.sent) frame.whole = frame.complete;
  const Fate fate = fate_of(frame);
  if (fate == Fate::kDoubtful) {
    (needs_ == Needs::kSomeBefore ? figures_.doubtful : perhaps_doubtful_) += 1;
    untold_ = true;
    received_.doubt(frame.started);
    received_.doubt(frame.whole);
    return;
  }
  if (fate == Fate::kLost) return stand(frame);
  count_received(frame);
  if (!overtaken(frame)) show(frame);
}

/// libwebrtc counts a frame when it and all that it depends on are whole (ReceiveStatisticsProxy).
void PlayoutModel::count_received(const Frame& frame) noexcept {
  if (!figures_.tells) return;
  last_received_ = std::max(last_received_, frame.whole);
  received_.add(last_received_);
  figures_.received += 1;
}

bool PlayoutModel::is_pause(UtcTime next) const noexcept {
  if (figures_.frames == 0 || ms_between(last_started_, next) <= kPauseMs) return false;
  const double silent_ms = ms_between(origin_, last_started_) + kPauseMs - last_release_ms_;
  const double looked_ms = std::ceil(silent_ms / kLookMs) * kLookMs;
  return last_release_ms_ + looked_ms <= ms_between(origin_, next);
}

void PlayoutModel::show(const Frame& frame) noexcept {
  if (figures_.frames == 0) {
    origin_ = frame.whole;
    last_timestamp_ = frame.rtp_timestamp;
  }
  ticks_ += static_cast<std::int32_t>(frame.rtp_timestamp - last_timestamp_);
  last_timestamp_ = frame.rtp_timestamp;
  const double own_ms = ms_between(origin_, frame.whole);
  // Frames are decoded in order: one that is whole before an older one waits for it.
  last_whole_ms_ = std::max(own_ms, last_whole_ms_);
  const double release_ms = released_ms(frame, own_ms);
  // After a silence that left nothing lost behind, the frames in it were shown, too.
  if (figures_.frames++ != 0 && !paused_ && !untold_) judge(release_ms - last_release_ms_);
  paused_ = untold_ = false;
  last_release_ms_ = release_ms;
}

/// Of a receiver that says nothing the loss may have been the tap's.
void PlayoutModel::stand(const Frame& frame) noexcept {
  if (!said_ || paused_ || figures_.frames == 0) return;
  const double shown_ms = ms_between(origin_, frame.started) - last_release_ms_;
  figures_.standstill = std::max(duration_of(shown_ms), Duration{});
}

bool PlayoutModel::marks_key_frames() const noexcept {
  return oriented_ != 0 && oriented_ * kOrientedShare <= started_;
}

bool PlayoutModel::is_key(const Frame& frame) const noexcept {
  if (marks_key_frames()) return frame.oriented;
  return mean_bytes_ > 0 && frame.bytes > kKeyFrameRatio * mean_bytes_;
}

/// Whether the frame can be decoded: where there are no layers each depends on the one before, up to a key
/// frame.
PlayoutModel::Fate PlayoutModel::fate_of(const Frame& frame) noexcept {
  const bool key = is_key(frame);
  if (!key) mean_bytes_ += (frame.bytes - mean_bytes_) / (mean_bytes_ == 0 ? 1 : 32);
  // A key frame depends on nothing that misses before it, so what does is taken for missing there.
  const bool missing = frame.missing > 0 || frame.asked > frame.whole + kAsksOn;
  const bool left_out = needs_ == Needs::kSomeBefore && passed_by(frame);
  if (missing || left_out || (frame.gap > 0 && !key)) {
    if (!broken_) {
      broken_since_ = frame.started;
      waits_since_ = {};
    }
    broken_ = true;
    said_ = said_ || missing;
    untold_ = false;
    whole_since_ = {};
  } else if (broken_ && recovers(frame, key)) {
    broken_ = said_ = false;
  }
  learn_needs(frame);
  if (!broken_) return Fate::kDecoded;
  // What is behind a loss: not known yet, or never where there are layers.
  const bool doubtful = needs_ == Needs::kSomeBefore || (needs_ == Needs::kUnknown && figures_.tells);
  return doubtful && !missing ? Fate::kDoubtful : Fate::kLost;
}

/// A receiver that misses what the frames behind a loss need asks for a key frame.
void PlayoutModel::learn_needs(const Frame& frame) noexcept {
  if (!broken_ || !said_ || needs_ == Needs::kSomeBefore) return;
  if (waits_since_ == UtcTime{} && frame.arrived != 0) waits_since_ = frame.started;
  if (asked_key_frame_ >= broken_since_) {
    needs_ = Needs::kAllBefore;
    untold_ = false;
  } else if (waits_since_ != UtcTime{} && frame.started - waits_since_ >= kAskedBy) {
    needs_ = Needs::kSomeBefore;
    figures_.doubtful = perhaps_doubtful_;
  }
}

/// A later frame began before this one was whole, and may have been shown without it.
bool PlayoutModel::passed_by(const Frame& frame) const noexcept {
  return shown_ < next_ && frames_[shown_ % kPending].started < frame.whole;
}

bool PlayoutModel::recovers(const Frame& frame, bool key) noexcept {
  if (whole_since_ == UtcTime{}) whole_since_ = frame.started;
  if (key) return true;
  const Duration whole = frame.started - whole_since_;
  if (needs_ == Needs::kSomeBefore) return whole >= kAnswered;
  // One that asks for a key frame misses something, and while it goes on asking it has none.
  const bool asks = asked_key_frame_ >= broken_since_;
  said_ = said_ || asks;
  const bool waits = asks && frame.started - asked_key_frame_ < kRecovered;
  // It asked for none, so nothing missed there: the tap did not see it.
  const bool unseen = !said_ && whole >= kAnswered;
  paused_ = paused_ || unseen;
  return unseen || (said_ && !marks_key_frames() && !waits && whole >= kRecovered);
}

/// A key frame that is whole before the frame is shown in its place.
bool PlayoutModel::overtaken(const Frame& frame) const noexcept {
  for (std::size_t i = shown_; i < next_; ++i) {
    const Frame& other = frames_[i % kPending];
    if (other.started >= frame.whole) return false;
    if (other.whole < frame.whole && other.missing <= 0 && is_key(other)) return true;
  }
  return false;
}

/// When the jitter buffer releases the frame (libwebrtc: modules/video_coding/timing and
/// video_stream_buffer_controller).
double PlayoutModel::released_ms(const Frame& frame, double own_ms) noexcept {
  if (!frame.retransmitted || !line_.started()) line_.add(own_ms, ticks_);
  const double ready_ms = std::max(last_whole_ms_, last_release_ms_);
  const double hold_ms = std::max({hold_ms_, sync_.video_ms() - kDecodeMs, 0.0});
  const double due_ms = line_.due_ms(ticks_) + hold_ms;
  const double release_ms = figures_.frames == 0 ? own_ms : std::max(ready_ms, due_ms - kTickMs / 2);
  // What was sent again says nothing about the way.
  if (frame.retransmitted) return release_ms;
  if (figures_.frames != 0) {
    const double step_ms = static_cast<double>(ticks_ - last_own_ticks_) / kTicksPerMs;
    jitter_.add(own_ms - last_own_ms_ - step_ms, frame.bytes, release_ms);
  }
  last_own_ms_ = own_ms;
  last_own_ticks_ = ticks_;
  follow_delay(release_ms - due_ms);
  return release_ms;
}

double PlayoutModel::hear(double speech_ms, double relative_ms) noexcept {
  sync_.follow(jitter_.delay_ms() + kDecodeMs, speech_ms, relative_ms);
  return sync_.speech_ms();
}

/// Frames that come too late make the buffer hold the next ones longer, up to what jitter asks for.
void PlayoutModel::follow_delay(double late_ms) noexcept {
  const double target_ms = std::max(jitter_.delay_ms(), sync_.video_ms() - kDecodeMs);
  if (hold_ms_ < 0) {
    hold_ms_ = target_ms;
    return;
  }
  hold_ms_ = std::min(hold_ms_ + std::max(late_ms, 0.0), target_ms);
}

/// The receiver reckons in whole ms, and with a mean that is rounded down.
void PlayoutModel::judge(double interval_ms) noexcept {
  intervals_[intervals_seen_++ % kIntervals] = interval_ms;
  const std::size_t count = std::min(intervals_seen_, kIntervals);
  if (count < kLeastIntervals) return;
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += intervals_[i];
  const double mean = std::floor(sum / static_cast<double>(count));
  if (interval_ms < std::max(3 * mean, mean + kIncreaseMs)) return;
  figures_.freezes += 1;
  figures_.frozen += duration_of(interval_ms);
}

}  // namespace rtcscope::flows
