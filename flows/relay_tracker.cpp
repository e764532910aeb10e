#include "flows/relay_tracker.hpp"

#include <algorithm>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace rtcscope::flows {
namespace {

// A server forwards within milliseconds; two seconds leave room for one that stalls.
constexpr Duration kMaxForwarding = std::chrono::seconds{2};
// Fingerprints that must agree on source and offsets. Eight sizes, steps and markers with three different
// sizes are seldom alike by chance; three times with the same offsets they are not.
constexpr unsigned kVotes = 3;
// Publishers of the same content (hold music, test tones) show the same fingerprints one after the other.
// What comes soon after its original is its copy; what comes late may be of another, whose medium is not
// known yet.
constexpr Duration kPrompt = std::chrono::milliseconds{50};
constexpr unsigned kLateVotes = 24;
constexpr std::size_t kDifferentSizes = 3;
/// Packets without their original in a row after which the pair is over: the server switched the source.
constexpr unsigned kMaxMisses = 48;
/// Longer gaps are switches or restarts, not losses.
constexpr std::uint16_t kMaxGap = 256;

}  // namespace

RelayTrack::RelayTrack(RelayTracker& tracker, StreamId stream, std::uint32_t ssrc, const IpAddress& from,
                       const IpAddress& to)
    : tracker_(tracker), stream_(stream), from_(from), to_(to), ssrc_(ssrc) {
  followed_ = tracker_.tracks_.size() < RelayTracker::kMaxTracks;
  if (followed_) tracker_.tracks_[stream.value] = this;
}

RelayTrack::~RelayTrack() {
  if (followed_) tracker_.tracks_.erase(stream_.value);
}

RelayFigures RelayTrack::figures() const noexcept {
  RelayFigures figures = figures_;
  if (delays_) {
    figures.samples = delays_->total();
    figures.forwarding_p50 = delays_->quantile(0.5);
    figures.forwarding_p99 = delays_->quantile(0.99);
  }
  return figures;
}

RelayTrack* RelayTracker::find(StreamId stream) noexcept {
  const auto found = tracks_.find(stream.value);
  return found == tracks_.end() ? nullptr : found->second;
}

void RelayTracker::add(RelayTrack& track, UtcTime time, const rtp::RtpPacketView& packet,
                       std::uint32_t wire_bytes) {
  const std::uint16_t number = packet.sequence_number;
  if (track.history_) {
    (*track.history_)[number % RelayTrack::kHistory] = {time, packet.rtp_timestamp, number};
  }
  if (track.source_.valid()) follow(track, time, packet);
  const auto ahead = static_cast<std::uint16_t>(number - track.highest_);
  const bool next = track.started_ && ahead == 1;
  if (!track.started_ || ahead < 0x8000) track.highest_ = number;
  track.started_ = true;
  if (track.source_.valid()) return;
  track.run_length_ = next ? track.run_length_ + 1 : 1;
  const std::uint32_t payload = wire_bytes - std::min(wire_bytes, packet.header_length);
  track.run_[number % RelayTrack::kRun] = {packet.rtp_timestamp, payload, packet.marker};
  if (track.run_length_ >= RelayTrack::kRun) vote(track, time, packet);
}

/// Of what survives the server's rewriting: steps of the timestamp, differences of sizes (the SRTP tags of
/// two associations differ in length), markers. Nothing when the sizes are too alike to mean something.
std::optional<std::uint64_t> RelayTracker::fingerprint(const RelayTrack& track) const noexcept {
  const auto at = [&](std::size_t i) -> const RelayTrack::Shape& {
    return track.run_[(track.highest_ + 1 + i) % RelayTrack::kRun];
  };
  // Most audio goes no further than this.
  std::array<std::uint32_t, RelayTrack::kRun> sizes{};
  std::size_t different = 0;
  for (std::size_t i = 0; i < RelayTrack::kRun && different < kDifferentSizes; ++i) {
    const auto end = sizes.begin() + static_cast<std::ptrdiff_t>(different);
    const std::uint32_t size = track.run_[i].payload_bytes;
    if (std::find(sizes.begin(), end, size) == end) sizes[different++] = size;
  }
  if (different < kDifferentSizes) return std::nullopt;
  std::array<std::uint64_t, RelayTrack::kRun> shapes{};
  for (std::size_t i = 0; i < RelayTrack::kRun; ++i) {
    const RelayTrack::Shape& shape = at(i);
    const std::uint64_t step = shape.rtp_timestamp - at(0).rtp_timestamp;
    const std::uint64_t growth = shape.payload_bytes - at(0).payload_bytes;
    shapes[i] = step << 32 | (growth & 0x7fff'ffffU) << 1 | (shape.marker ? 1U : 0U);
  }
  return XXH3_64bits_withSeed(shapes.data(), sizeof(shapes), seed_);
}

void RelayTracker::vote(RelayTrack& track, UtcTime time, const rtp::RtpPacketView& packet) {
  const auto print = fingerprint(track);
  if (!print) return;
  Seen& seen = seen_[*print % kSeen];
  const bool fresh = seen.fingerprint == *print && time >= seen.time && time - seen.time < kMaxForwarding;
  RelayTrack* source = fresh && seen.stream != track.stream_ ? find(seen.stream) : nullptr;
  // The server sends from the address that it is sent to. Two publishers of the same content are no pair: the
  // newest has the fingerprint.
  if (source == nullptr || source->to_ != track.from_) {
    seen = {*print, track.stream_, time, packet.rtp_timestamp, packet.sequence_number};
    return;
  }
  // The same SSRC and number elsewhere is the same packet on its way (TURN), not one that the server made;
  // and a copy is no source.
  const bool same_packet = source->ssrc_ == track.ssrc_ && seen.sequence_number == packet.sequence_number;
  if (same_packet || source->source_.valid()) return;
  const std::uint32_t timestamps = packet.rtp_timestamp - seen.rtp_timestamp;
  const auto numbers = static_cast<std::uint16_t>(packet.sequence_number - seen.sequence_number);
  const bool agrees = track.candidate_ == seen.stream && track.timestamp_offset_ == timestamps &&
                      track.sequence_offset_ == numbers;
  track.votes_ = agrees ? track.votes_ + 1 : 1;
  track.candidate_ = seen.stream;
  track.timestamp_offset_ = timestamps;
  track.sequence_offset_ = numbers;
  if (track.votes_ >= (time - seen.time <= kPrompt ? kVotes : kLateVotes)) pair(track, *source);
}

void RelayTracker::pair(RelayTrack& copy, RelayTrack& source) {
  if (!source.history_) source.history_ = std::make_unique<RelayTrack::History>();
  if (!copy.delays_) copy.delays_ = std::make_unique<LogHistogram>();
  if (copy.figures_.source.valid() && copy.figures_.source != source.stream_) {
    copy.figures_.source_switches += 1;
  }
  copy.source_ = copy.figures_.source = source.stream_;
  copy.figures_.source_ssrc = source.ssrc_;
  copy.votes_ = copy.misses_ = 0;
}

void RelayTracker::follow(RelayTrack& copy, UtcTime time, const rtp::RtpPacketView& packet) {
  const RelayTrack* source = find(copy.source_);
  if (source == nullptr || !source->history_) {
    copy.source_ = {};
    return;
  }
  const auto number = static_cast<std::uint16_t>(packet.sequence_number - copy.sequence_offset_);
  const RelayTrack::Passed& passed = (*source->history_)[number % RelayTrack::kHistory];
  const bool original = passed.time != UtcTime{} && passed.sequence_number == number &&
                        passed.rtp_timestamp == packet.rtp_timestamp - copy.timestamp_offset_;
  count_gap(copy, *source, packet.sequence_number);
  if (original && time >= passed.time) {
    copy.delays_->add(time - passed.time);
    copy.misses_ = 0;
  } else if (++copy.misses_ > kMaxMisses) {
    copy.source_ = {};
    copy.candidate_ = {};
    copy.run_length_ = 0;
  }
}

/// What misses in front of this packet, or what it fills. A gap is the server's where its own input had the
/// packet, else it was passed on.
void RelayTracker::count_gap(RelayTrack& copy, const RelayTrack& source,
                             std::uint16_t sequence_number) noexcept {
  const auto came_in = [&](std::uint16_t number) {
    const auto original = static_cast<std::uint16_t>(number - copy.sequence_offset_);
    const RelayTrack::Passed& passed = (*source.history_)[original % RelayTrack::kHistory];
    return passed.time != UtcTime{} && passed.sequence_number == original;
  };
  const auto ahead = static_cast<std::uint16_t>(sequence_number - copy.highest_);
  if (ahead == 0 || ahead == 1 || copy.figures_.source != copy.source_) return;
  if (ahead >= 0x8000) {
    // Late: it was counted when it was missing, by its absence upstream at that time.
    std::uint64_t& counted =
        copy.figures_.relayed_lost != 0 ? copy.figures_.relayed_lost : copy.figures_.server_lost;
    counted -= counted != 0 ? 1 : 0;
    return;
  }
  if (ahead > kMaxGap) return;
  for (std::uint16_t i = 1; i < ahead; ++i) {
    const bool server = came_in(static_cast<std::uint16_t>(copy.highest_ + i));
    (server ? copy.figures_.server_lost : copy.figures_.relayed_lost) += 1;
  }
}

}  // namespace rtcscope::flows
