#pragma once
// What the elements of an RTP header extension say, once SDP (a=extmap) has named their ids by URI.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/parse_error.hpp"
#include "base/time.hpp"
#include "decoders/rtp/rtp_packet.hpp"

namespace rtcscope::rtp {

enum class ExtensionKind : std::uint8_t {
  kUnknown,
  kAudioLevel,                 // RFC 6464
  kAbsSendTime,                // www.webrtc.org/experiments/rtp-hdrext/abs-send-time
  kTransportSequenceNumber,    // draft-holmer-rmcat-transport-wide-cc-extensions-01, 2
  kTransportSequenceNumber02,  // www.webrtc.org/experiments/rtp-hdrext/transport-wide-cc-02
  kMid,                        // RFC 9143, 15
  kRtpStreamId,                // RFC 8852, 3.1
  kRepairedRtpStreamId,        // RFC 8852, 3.1
  kVideoOrientation,           // 3GPP TS 26.114, 7.4.5
  kPlayoutDelay,               // www.webrtc.org/experiments/rtp-hdrext/playout-delay
  kDependencyDescriptor,       // AV1 RTP payload specification, A.8
  kVideoLayersAllocation,      // www.webrtc.org/experiments/rtp-hdrext/video-layers-allocation00
  kAbsCaptureTime,             // www.webrtc.org/experiments/rtp-hdrext/abs-capture-time
  kVideoTiming,                // www.webrtc.org/experiments/rtp-hdrext/video-timing
};

/// The kind that a URI of a=extmap names; kUnknown for every other, also for an encrypted one (RFC 6904).
ExtensionKind extension_kind(std::string_view uri) noexcept;
/// A short name, e.g. "abs-send-time"; "" for kUnknown.
const char* to_string(ExtensionKind kind) noexcept;

enum class ExtensionErrc : std::uint8_t {
  kBadAudioLevelSize,         // not 1 octet
  kBadAbsSendTimeSize,        // not 3
  kBadTransportSequenceSize,  // not 2; -02: neither 2 nor 4
  kBadMid,                    // empty or no token (RFC 5888, 4)
  kBadRtpStreamId,            // empty or no rid-id (RFC 8851, 10)
  kBadVideoOrientationSize,   // not 1
  kBadPlayoutDelaySize,       // not 3
  kPlayoutDelayOrder,         // the least delay is above the greatest
  kBadAbsCaptureTimeSize,     // neither 8 nor 16
  kBadVideoTimingSize,        // not 13
};
using ExtensionError = ParseError<ExtensionErrc>;
/// The code's name as a counter's label, e.g. "bad_mid".
const char* to_string(ExtensionErrc code) noexcept;

/// The ids of one media section. Sections of a BUNDLE group should agree on them (RFC 9143), but those of
/// aiortc do not: where the payload type tells the section, look an element up in that section's map.
class ExtensionMap {
 public:
  /// False, and nothing changes, for an id that no packet can carry: one-byte elements have 1..14, two-byte
  /// ones 1..255 (RFC 8285, 5). The newest URI of an id counts.
  bool assign(unsigned id, std::string_view uri) noexcept;
  [[nodiscard]] ExtensionKind kind(std::uint8_t id) const noexcept { return kinds_[id]; }

 private:
  std::array<ExtensionKind, 256> kinds_{};
};

/// RFC 6464, 3: the level of a packet without any sound, in -dBov.
inline constexpr std::uint8_t kDigitalSilence = 127;

struct AudioLevel {
  bool voice_activity = false;
  std::uint8_t level = kDigitalSilence;  // -dBov: 0 the loudest
};

struct TransportSequence {
  std::uint16_t sequence_number = 0;  // counts all packets of the transport, over all SSRCs; wraps
  // -02 only: feedback is asked for about this many packets, this one the last; 0: none is.
  std::uint16_t feedback_count = 0;
  bool feedback_timestamps = false;  // ... with arrival times
};

struct VideoOrientation {
  bool back_facing_camera = false;
  bool flipped = false;                // horizontally
  std::uint16_t rotation_degrees = 0;  // clockwise, to show it upright: 0, 90, 180 or 270
};

struct PlayoutDelay {
  Duration min{};  // multiples of 10 ms, up to 40.95 s
  Duration max{};
};

/// abs-capture-time: when the first sensor saw the frame, on the clock of who captured it.
struct AbsCaptureTime {
  std::uint64_t ntp_timestamp = 0;           // 32.32 fixed point
  std::optional<std::int64_t> clock_offset;  // 32.32: to add, to have it on the sender's clock
};

/// video-timing: what happened at the sender, in ms since the frame was captured.
struct VideoTiming {
  std::uint8_t flags = 0;
  std::uint16_t encode_start = 0, encode_finish = 0, packetized = 0, pacer_exit = 0;
  std::uint16_t network_1 = 0, network_2 = 0;  // for middle boxes
};

/// The views last as long as the packet.
struct RtpExtensions {
  std::optional<AudioLevel> audio_level;
  std::optional<std::uint32_t> abs_send_time;  // 6.18 fixed-point seconds, wraps each 64 s
  std::optional<TransportSequence> transport_sequence;
  std::optional<std::string_view> mid;
  std::optional<std::string_view> rid;
  std::optional<std::string_view> repaired_rid;
  std::optional<VideoOrientation> video_orientation;
  std::optional<PlayoutDelay> playout_delay;
  std::optional<AbsCaptureTime> abs_capture_time;
  std::optional<VideoTiming> video_timing;
  Bytes dependency_descriptor;  // empty: none; see parse_dependency_descriptor()
  Bytes video_layers;           // empty: none; see parse_video_layers_allocation()
  std::uint16_t elements = 0;   // known and unknown ones
  std::uint16_t faults = 0;     // elements of a known kind that were refused
  std::optional<ExtensionError> first_fault;
};

/// All elements of the packet that `map` knows, one- or two-byte (RFC 8285, 4). Of two elements of a kind the
/// last counts. A refused one is absent and leaves the others alone; offsets count from the start of
/// packet.extension. An element that runs past the block ends the reading: ExtensionReader tells.
RtpExtensions read_extensions(const RtpPacketView& packet, const ExtensionMap& map) noexcept;

/// One element, of a kind that is known by other means. Nothing when it was read, else why it was refused.
std::optional<ExtensionErrc> read_extension(ExtensionKind kind, Bytes element, RtpExtensions& out) noexcept;

/// abs-send-time as a duration within its 64 s, cut to nanoseconds.
constexpr Duration abs_send_time_duration(std::uint32_t abs_send_time) noexcept {
  return Duration{static_cast<std::int64_t>(abs_send_time & 0xffffffU) * 1'000'000'000 >> 18};
}

}  // namespace rtcscope::rtp
