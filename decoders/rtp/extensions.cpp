#include "decoders/rtp/extensions.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

namespace rtcscope::rtp {
namespace {

using Fault = std::optional<ExtensionErrc>;

constexpr bool alphanumeric(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
// RFC 8851, 10: rid-id. (RFC 8852 would have letters and digits only; libwebrtc sends what SDP says.)
constexpr bool rid_character(char c) noexcept {
  return alphanumeric(c) || c == '-' || c == '_';
}
// RFC 8866, 9: token-char.
constexpr bool token_character(char c) noexcept {
  return alphanumeric(c) || std::string_view("!#$%&'*+-.^_`{|}~").find(c) != std::string_view::npos;
}

// Up to a null: libwebrtc may fill up a string that it wrote into a longer place.
std::string_view text_of(Bytes bytes) noexcept {
  const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return all.substr(0, all.find('\0'));
}

Fault read_text(Bytes bytes, bool (*allowed)(char) noexcept, ExtensionErrc code,
                std::optional<std::string_view>& out) noexcept {
  const std::string_view text = text_of(bytes);
  if (text.empty() || !std::all_of(text.begin(), text.end(), allowed)) return code;
  out = text;
  return std::nullopt;
}

// 0: V, 1..7: level.
Fault read_audio_level(Bytes bytes, std::optional<AudioLevel>& out) noexcept {
  if (bytes.size() != 1) return ExtensionErrc::kBadAudioLevelSize;
  const auto octet = static_cast<std::uint8_t>(bytes[0]);
  out = AudioLevel{(octet & 0x80) != 0, static_cast<std::uint8_t>(octet & 0x7f)};
  return std::nullopt;
}

Fault read_abs_send_time(Bytes bytes, std::optional<std::uint32_t>& out) noexcept {
  if (bytes.size() != 3) return ExtensionErrc::kBadAbsSendTimeSize;
  out = ByteReader(bytes).u24();
  return std::nullopt;
}

// -01: the number. -02: the number and, where feedback is asked for, T (1 bit) and the count (15 bits).
Fault read_transport_sequence(Bytes bytes, bool version_02, std::optional<TransportSequence>& out) noexcept {
  if (bytes.size() != 2 && !(version_02 && bytes.size() == 4))
    return ExtensionErrc::kBadTransportSequenceSize;
  ByteReader reader(bytes);
  TransportSequence sequence;
  sequence.sequence_number = reader.u16();
  if (!reader.empty()) {
    const std::uint16_t request = reader.u16();
    sequence.feedback_count = request & 0x7fff;
    sequence.feedback_timestamps = (request & 0x8000) != 0;
  }
  out = sequence;
  return std::nullopt;
}

// 0 0 0 0 C F R1 R0.
Fault read_video_orientation(Bytes bytes, std::optional<VideoOrientation>& out) noexcept {
  if (bytes.size() != 1) return ExtensionErrc::kBadVideoOrientationSize;
  const auto octet = static_cast<std::uint8_t>(bytes[0]);
  out = VideoOrientation{(octet & 8) != 0, (octet & 4) != 0, static_cast<std::uint16_t>((octet & 3) * 90)};
  return std::nullopt;
}

// Twelve bits each, 10 ms.
Fault read_playout_delay(Bytes bytes, std::optional<PlayoutDelay>& out) noexcept {
  if (bytes.size() != 3) return ExtensionErrc::kBadPlayoutDelaySize;
  const std::uint32_t both = ByteReader(bytes).u24();
  const std::uint32_t min = both >> 12;
  const std::uint32_t max = both & 0xfffU;
  if (min > max) return ExtensionErrc::kPlayoutDelayOrder;
  constexpr std::chrono::milliseconds kUnit{10};
  out = PlayoutDelay{min * kUnit, max * kUnit};
  return std::nullopt;
}

Fault read_abs_capture_time(Bytes bytes, std::optional<AbsCaptureTime>& out) noexcept {
  if (bytes.size() != 8 && bytes.size() != 16) return ExtensionErrc::kBadAbsCaptureTimeSize;
  ByteReader reader(bytes);
  AbsCaptureTime time;
  time.ntp_timestamp = reader.u64();
  if (!reader.empty()) time.clock_offset = static_cast<std::int64_t>(reader.u64());
  out = time;
  return std::nullopt;
}

Fault read_video_timing(Bytes bytes, std::optional<VideoTiming>& out) noexcept {
  if (bytes.size() != 13) return ExtensionErrc::kBadVideoTimingSize;
  ByteReader reader(bytes);
  VideoTiming timing;
  timing.flags = reader.u8();
  for (std::uint16_t* field : {&timing.encode_start, &timing.encode_finish, &timing.packetized,
                               &timing.pacer_exit, &timing.network_1, &timing.network_2}) {
    *field = reader.u16();
  }
  out = timing;
  return std::nullopt;
}

}  // namespace

std::optional<ExtensionErrc> read_extension(ExtensionKind kind, Bytes bytes, RtpExtensions& out) noexcept {
  switch (kind) {
    case ExtensionKind::kUnknown:
      return std::nullopt;
    case ExtensionKind::kAudioLevel:
      return read_audio_level(bytes, out.audio_level);
    case ExtensionKind::kAbsSendTime:
      return read_abs_send_time(bytes, out.abs_send_time);
    case ExtensionKind::kTransportSequenceNumber:
      return read_transport_sequence(bytes, false, out.transport_sequence);
    case ExtensionKind::kTransportSequenceNumber02:
      return read_transport_sequence(bytes, true, out.transport_sequence);
    case ExtensionKind::kMid:
      return read_text(bytes, token_character, ExtensionErrc::kBadMid, out.mid);
    case ExtensionKind::kRtpStreamId:
      return read_text(bytes, rid_character, ExtensionErrc::kBadRtpStreamId, out.rid);
    case ExtensionKind::kRepairedRtpStreamId:
      return read_text(bytes, rid_character, ExtensionErrc::kBadRtpStreamId, out.repaired_rid);
    case ExtensionKind::kVideoOrientation:
      return read_video_orientation(bytes, out.video_orientation);
    case ExtensionKind::kPlayoutDelay:
      return read_playout_delay(bytes, out.playout_delay);
    case ExtensionKind::kDependencyDescriptor:
      out.dependency_descriptor = bytes;
      return std::nullopt;
    case ExtensionKind::kVideoLayersAllocation:
      out.video_layers = bytes;
      return std::nullopt;
    case ExtensionKind::kAbsCaptureTime:
      return read_abs_capture_time(bytes, out.abs_capture_time);
    case ExtensionKind::kVideoTiming:
      return read_video_timing(bytes, out.video_timing);
  }
  return std::nullopt;
}

ExtensionKind extension_kind(std::string_view uri) noexcept {
  static constexpr std::pair<std::string_view, ExtensionKind> kUris[] = {
      {"urn:ietf:params:rtp-hdrext:ssrc-audio-level", ExtensionKind::kAudioLevel},
      {"http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time", ExtensionKind::kAbsSendTime},
      {"http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
       ExtensionKind::kTransportSequenceNumber},
      {"http://www.webrtc.org/experiments/rtp-hdrext/transport-wide-cc-02",
       ExtensionKind::kTransportSequenceNumber02},
      {"urn:ietf:params:rtp-hdrext:sdes:mid", ExtensionKind::kMid},
      {"urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", ExtensionKind::kRtpStreamId},
      {"urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id", ExtensionKind::kRepairedRtpStreamId},
      {"urn:3gpp:video-orientation", ExtensionKind::kVideoOrientation},
      {"http://www.webrtc.org/experiments/rtp-hdrext/playout-delay", ExtensionKind::kPlayoutDelay},
      {"https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension",
       ExtensionKind::kDependencyDescriptor},
      {"http://www.webrtc.org/experiments/rtp-hdrext/video-layers-allocation00",
       ExtensionKind::kVideoLayersAllocation},
      {"http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time", ExtensionKind::kAbsCaptureTime},
      {"http://www.webrtc.org/experiments/rtp-hdrext/video-timing", ExtensionKind::kVideoTiming},
  };
  for (const auto& [known, kind] : kUris) {
    if (uri == known) return kind;
  }
  return ExtensionKind::kUnknown;
}

const char* to_string(ExtensionKind kind) noexcept {
  // In the order of the enumerators.
  static constexpr const char* kNames[] = {"",
                                           "audio-level",
                                           "abs-send-time",
                                           "transport-cc",
                                           "transport-cc-02",
                                           "mid",
                                           "rid",
                                           "repaired-rid",
                                           "orientation",
                                           "playout-delay",
                                           "dependency-descriptor",
                                           "video-layers",
                                           "abs-capture-time",
                                           "video-timing"};
  static_assert(std::size(kNames) == static_cast<std::size_t>(ExtensionKind::kVideoTiming) + 1);
  const auto index = static_cast<std::size_t>(kind);
  return index < std::size(kNames) ? kNames[index] : "";
}

const char* to_string(ExtensionErrc code) noexcept {
  // In the order of the enumerators; the tests compare both ends.
  static constexpr const char* kNames[] = {"bad_audio_level_size",        "bad_abs_send_time_size",
                                           "bad_transport_sequence_size", "bad_mid",
                                           "bad_rtp_stream_id",           "bad_video_orientation_size",
                                           "bad_playout_delay_size",      "playout_delay_order",
                                           "bad_abs_capture_time_size",   "bad_video_timing_size"};
  static_assert(std::size(kNames) == static_cast<std::size_t>(ExtensionErrc::kBadVideoTimingSize) + 1);
  const auto index = static_cast<std::size_t>(code);
  return index < std::size(kNames) ? kNames[index] : "unknown";
}

bool ExtensionMap::assign(unsigned id, std::string_view uri) noexcept {
  if (id == 0 || id >= kinds_.size()) return false;
  kinds_[id] = extension_kind(uri);
  return true;
}

RtpExtensions read_extensions(const RtpPacketView& packet, const ExtensionMap& map) noexcept {
  RtpExtensions extensions;
  ExtensionReader reader(packet);
  while (const auto element = reader.next()) {
    extensions.elements += 1;
    const Fault fault = read_extension(map.kind(element->id), element->bytes, extensions);
    if (!fault) continue;
    extensions.faults += 1;
    const auto offset = element->bytes.data() - packet.extension.data();
    if (!extensions.first_fault) extensions.first_fault = {*fault, static_cast<std::uint32_t>(offset)};
  }
  return extensions;
}

}  // namespace rtcscope::rtp
