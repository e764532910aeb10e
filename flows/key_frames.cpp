#include "flows/key_frames.hpp"

#include <algorithm>

namespace rtcscope::flows {
namespace {

// Switches between three layers of simulcast are three key frames in a row on the SSRC that a server sends.
constexpr int kTooManySigns = 6;

}  // namespace

void KeyFrames::describe(std::uint32_t rtp_timestamp, bool key) noexcept {
  by_descriptor_ = true;
  if (key) begun_ = rtp_timestamp;
}

void KeyFrames::add(UtcTime time, const rtp::RtpPacketView& packet,
                    const std::optional<rtp::VideoOrientation>& orientation) {
  if (packet.has_padding) return;
  // The marker ends a frame of video (RFC 3551, 5); where that packet is lost, the next frame does.
  if (begun_ && (packet.marker || packet.rtp_timestamp != *begun_)) {
    pass(time, *begun_);
    begun_.reset();
  }
  if (frame_ != packet.rtp_timestamp) note_frame(packet.rtp_timestamp);
  if (!orientation) return;
  if (!signed_) ambiguous_ = ++signed_run_ >= kTooManySigns || ambiguous_;
  signed_ = true;
  note_orientation(time, packet, *orientation);
}

void KeyFrames::note_frame(std::uint32_t rtp_timestamp) noexcept {
  if (!signed_) signed_run_ = 0;
  signed_ = false;
  frame_ = rtp_timestamp;
}

void KeyFrames::add_repeated(UtcTime time, const rtp::RtpPacketView& packet,
                             const std::optional<rtp::VideoOrientation>& orientation) {
  if (orientation && !packet.has_padding) note_orientation(time, packet, *orientation);
}

void KeyFrames::note_orientation(UtcTime time, const rtp::RtpPacketView& packet,
                                 const rtp::VideoOrientation& value) {
  ambiguous_ = ambiguous_ || value.rotation_degrees != 0 || value.flipped || value.back_facing_camera;
  if (!ambiguous_ && !by_descriptor_ && packet.marker) pass(time, packet.rtp_timestamp);
}

void KeyFrames::pass(UtcTime time, std::uint32_t rtp_timestamp) {
  const auto known = static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(passed_, newest_.size()));
  if (std::find(newest_.begin(), newest_.begin() + known, rtp_timestamp) != newest_.begin() + known) return;
  newest_[passed_ % newest_.size()] = rtp_timestamp;
  passed_ += 1;
  // A request that came before the stream was known to be one may be younger than its first packet.
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(waiters_);
  const auto younger = std::find_if(waiting_.begin(), end, [&](UtcTime asked) { return asked > time; });
  if (younger == waiting_.begin()) return;
  if (!waits_) waits_ = std::make_unique<LogHistogram>();
  for (auto asked = waiting_.begin(); asked != younger; ++asked) waits_->add(time - *asked);
  longest_ = std::max(longest_, time - waiting_[0]);
  waiters_ = static_cast<std::size_t>(std::copy(younger, end, waiting_.begin()) - waiting_.begin());
}

void KeyFrames::ask(UtcTime time) noexcept {
  // More than these in one wait are seconds of begging: the oldest, which counts for the longest, is there.
  if (waiters_ < waiting_.size()) waiting_[waiters_++] = time;
}

KeyFrameFigures KeyFrames::figures() const {
  KeyFrameFigures figures;
  figures.ambiguous = ambiguous_ && !by_descriptor_;
  if (figures.ambiguous || (passed_ == 0 && !by_descriptor_)) return figures;
  figures.by = by_descriptor_ ? KeyFrameSign::kDescriptor : KeyFrameSign::kOrientation;
  figures.key_frames = passed_;
  if (!waits_) return figures;
  figures.waits = waits_->total();
  figures.wait_p50 = std::min(*waits_->quantile(0.5), longest_);  // a bucket reaches beyond what is in it
  figures.wait_max = longest_;
  return figures;
}

}  // namespace rtcscope::flows
