#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.hpp"
#include "correlator/entities.hpp"
#include "correlator/stream_figures.hpp"

namespace rtcscope::correlator {
namespace {

std::string kind_of_codec(std::string_view codec) {
  static constexpr std::array<std::string_view, 5> kAudio = {"opus", "PCMU", "PCMA", "G722",
                                                             "telephone-event"};
  static constexpr std::array<std::string_view, 5> kVideo = {"VP8", "VP9", "H264", "H265", "AV1"};
  const auto is = [&](std::string_view name) { return equals_ignoring_case(name, codec); };
  if (std::any_of(kAudio.begin(), kAudio.end(), is)) return "audio";
  return std::any_of(kVideo.begin(), kVideo.end(), is) ? "video" : "unknown";
}

// RFC 3551, 6: these numbers mean their codec without any signalling.
const char* static_codec(std::uint8_t payload_type) {
  switch (payload_type) {
    case 0:
      return "PCMU";
    case 8:
      return "PCMA";
    case 9:
      return "G722";
    default:
      return "";
  }
}

const DescribedSsrc* described(const StreamState& stream, const Handle* handle) {
  const auto server = stream.flow->server();
  if (handle == nullptr || !server) return nullptr;
  const bool from_server = stream.last.sender == *server;
  const auto& ssrcs = (from_server ? handle->of_server : handle->of_client).ssrcs;
  const auto found = ssrcs.find(stream.last.ssrc);
  return found == ssrcs.end() ? nullptr : &found->second;
}

const char* name_of(flows::KnownBy by) {
  switch (by) {
    case flows::KnownBy::kNothing:
      return "";
    case flows::KnownBy::kStaticPayloadType:
      return "static_pt";
    case flows::KnownBy::kExtension:
      return "extension";
    case flows::KnownBy::kTimestampStep:
      return "timestamp_step";
    case flows::KnownBy::kSlope:
      return "slope";
    case flows::KnownBy::kPairing:
      return "pairing";
    case flows::KnownBy::kConvention:
      return "convention";
    case flows::KnownBy::kFeedback:
      return "transport_cc";
  }
  return "";
}

void set_codec(StreamFormat& format, const char* codec, const char* source) {
  format.codec = codec;
  format.codec_source = format.codec.empty() ? "" : source;
}

// Without SDP: what repeats is known by whom it repeats; audio on a 48 kHz clock is Opus in practice
// (RFC 7587, 4.1), and no video codec shows outside of the encrypted payload.
void set_observed_codec(StreamFormat& format, const StreamState& stream) {
  const flows::TypingFacts& typing = stream.last.typing;
  if (typing.role == flows::MediaRole::kRetransmission) {
    set_codec(format, "rtx", "pairing");
  } else if (typing.role == flows::MediaRole::kFec) {
    set_codec(format, "flexfec-03", "pairing");
  } else if (typing.clock_by == flows::KnownBy::kStaticPayloadType) {
    set_codec(format, static_codec(stream.last.payload_type), "static_pt");
  } else if (typing.kind == flows::MediaKind::kAudio && typing.clock_rate_hz == 48'000) {
    // Chrome and Firefox offer RED of Opus as 63.
    set_codec(format, stream.last.payload_type == 63 ? "red" : "opus", "convention");
  }
}

/// RFC 2198, 5: fmtp of "red" lists the payload types of its blocks, the primary one first.
void set_red_codec(StreamFormat& format, const StreamState& stream, const Handle& handle) {
  const auto block = handle.red_blocks.find(stream.last.payload_type);
  if (!equals_ignoring_case(format.codec, "red") || block == handle.red_blocks.end()) return;
  const auto map = handle.rtpmaps.find(block->second);
  if (map != handle.rtpmaps.end()) format.red_codec = map->second.encoding;
}

void set_clock(StreamFormat& format, const StreamState& stream, const Handle* handle) {
  if (handle != nullptr) {
    const auto map = handle->rtpmaps.find(stream.last.payload_type);
    if (map != handle->rtpmaps.end()) {
      set_codec(format, map->second.encoding.c_str(), "sdp");
      format.clock_rate_hz = map->second.clock_rate_hz;
      format.clock_rate_source = "sdp";
      set_red_codec(format, stream, *handle);
      return;
    }
  }
  set_observed_codec(format, stream);
  const flows::TypingFacts& typing = stream.last.typing;
  if (typing.clock_rate_hz == 0) return;
  format.clock_rate_hz = typing.clock_rate_hz;
  format.clock_rate_source = name_of(typing.clock_by);
}

void set_kind(StreamFormat& format, const std::string& kind, const char* source) {
  if (kind.empty() || kind == "unknown") return;
  format.kind = kind;
  format.kind_source = source;
}

/// What the stream repeats or protects.
void set_repaired(StreamFormat& format, const flows::TypingFacts& typing, const DescribedSsrc* medium) {
  if (medium != nullptr) {
    format.rtx_of_ssrc = medium->rtx_of_ssrc;
    format.fec_of_ssrc = medium->fec_of_ssrc;
    if (format.rtx_of_ssrc || format.fec_of_ssrc) format.rtx_source = "sdp";
    return;
  }
  if (!typing.repeats_ssrc) return;
  const bool fec =
      format.codec_source == "sdp" ? model::is_fec(format) : typing.role == flows::MediaRole::kFec;
  (fec ? format.fec_of_ssrc : format.rtx_of_ssrc) = typing.repeats_ssrc;
  format.rtx_source = "timestamps";
}

const char* observed_kind(const flows::TypingFacts& typing) {
  switch (typing.kind) {
    case flows::MediaKind::kAudio:
      return "audio";
    case flows::MediaKind::kVideo:
      return "video";
    case flows::MediaKind::kUnknown:
      break;
  }
  return "unknown";
}

const char* direction(const StreamState& stream) {
  const auto server = stream.flow->server();
  if (!server) return "unknown";
  return stream.last.sender == *server ? "downlink" : "uplink";
}

model::StreamFigures figures(const flows::StreamFigures& f) {
  return {f.packets, f.bytes, f.expected, f.lost, f.duplicates, f.reordered, f.frames};
}

std::optional<double> bits_per_second(std::uint64_t bytes, Duration span) {
  if (span <= Duration::zero()) return std::nullopt;
  return static_cast<double>(bytes) * 8 / std::chrono::duration<double>(span).count();
}

void set_recent(model::Stream& entity, const std::vector<RecentReport>& reports) {
  if (reports.empty()) return;
  RecentReport sum;
  for (const RecentReport& report : reports) {
    sum.bytes += report.bytes;
    sum.expected += report.expected;
    sum.lost += report.lost;
  }
  entity.recent_bitrate_bps = bits_per_second(sum.bytes, reports.back().end - reports.front().start);
  if (sum.expected == 0) return;
  const double ratio = static_cast<double>(sum.lost) / static_cast<double>(sum.expected);
  entity.recent_loss_ratio = std::clamp(ratio, 0.0, 1.0);
}

}  // namespace

StreamFormat stream_format(const StreamState& stream, const Handle* handle) {
  StreamFormat format;
  set_clock(format, stream, handle);
  const DescribedSsrc* medium = described(stream, handle);
  format.mid = stream.mid.empty() && medium != nullptr ? medium->mid : stream.mid;
  // The weakest first: each that knows better overwrites.
  const flows::TypingFacts& typing = stream.last.typing;
  set_kind(format, observed_kind(typing), name_of(typing.kind_by));
  if (format.codec_source == "sdp") set_kind(format, kind_of_codec(format.codec), "sdp");
  set_repaired(format, typing, medium);
  if (medium != nullptr) {
    set_kind(format, medium->kind, "sdp");
  } else if (handle != nullptr && !format.mid.empty()) {
    const auto kind = handle->kind_of_mid.find(format.mid);
    if (kind != handle->kind_of_mid.end()) set_kind(format, kind->second, "sdp");
  }
  // RFC 4588 is used for video only by browsers.
  if (format.kind == "unknown" && model::is_retransmission(format)) set_kind(format, "video", "convention");
  return format;
}

model::Stream stream_entity(const StreamState& stream, const Handle* handle, const model::Session* owner) {
  const flows::StreamReport& report = stream.last;
  const StreamFormat format = stream_format(stream, handle);
  model::Stream entity;
  entity.id = report.stream;
  entity.flow = report.flow;
  entity.connection = handle == nullptr ? ConnectionId{} : handle->id;
  entity.direction = direction(stream);
  if (owner != nullptr) {
    entity.conference = owner->conference;
    entity.participant = owner->participant;
  }
  if (handle != nullptr) {
    // What a subscriber is sent is another's; what anybody else sends or gets back is their own.
    const bool relayed = handle->role == "subscriber" && entity.direction == "downlink";
    entity.source_participant = relayed ? handle->source_of(format.mid) : entity.participant;
  }
  entity.ssrc = report.ssrc;
  entity.kind = format.kind;
  entity.codec = format.codec;
  entity.payload_type = report.payload_type;
  entity.clock_rate_hz = format.clock_rate_hz;
  entity.clock_rate_source = format.clock_rate_source;
  entity.typing.kind_source = format.kind_source;
  entity.typing.codec_source = format.codec_source;
  entity.typing.rtx_source = format.rtx_source;
  if (report.typing.kind != flows::MediaKind::kUnknown) {
    entity.typing.kind_after_ms = to_milliseconds(report.typing.kind_after);
  }
  entity.mid = format.mid;
  entity.rid = stream.rid;
  entity.rtx_of_ssrc = format.rtx_of_ssrc;
  entity.first_packet = report.first_packet;
  entity.last_packet = report.last_packet;
  entity.total = figures(report.total);
  entity.bitrate_bps = bits_per_second(report.total.bytes, report.last_packet - report.first_packet);
  if (const flows::ClockJitter* jitter = jitter_of(report.jitter, format)) {
    entity.jitter_ms = to_milliseconds(jitter->rfc3550);
    entity.jitter_max_ms = to_milliseconds(jitter->rfc3550_max);
    if (report.total.packets > 1) entity.jitter_mean_ms = to_milliseconds(jitter->rfc3550_mean);
    entity.jitter_frame_ms = to_milliseconds(jitter->frame_based);
  }
  entity.max_gap_ms = to_milliseconds(report.max_gap);
  set_recent(entity, stream.recent);
  entity.capture_drops = stream.capture_drops;
  entity.loss = loss_figures(report);
  entity.video = video_figures(report, format);
  entity.remote = remote_figures(stream, format);
  entity.loss_split = loss_split(stream, entity);
  entity.relay = relay_figures(report);
  entity.headers = header_figures(report);
  entity.key_frames = key_frame_figures(report, entity);
  entity.redundancy = {format.fec_of_ssrc, format.red_codec};
  entity.playback = playback_figures(report, entity);
  entity.voice = voice_figures(stream, entity);
  entity.sampled = report.sampled;
  entity.key_frames_ambiguous = report.key_frames.ambiguous;
  entity.ended = report.final;
  return entity;
}

model::StreamSample sample_entity(const StreamState& stream, const HeldSample& held,
                                  const StreamFormat& format) {
  model::StreamSample sample;
  sample.stream = stream.last.stream;
  sample.start = held.start;
  sample.end = held.end;
  sample.interval = figures(held.interval);
  sample.bitrate_bps = bits_per_second(held.interval.bytes, held.end - held.start);
  if (const flows::ClockJitter* jitter = jitter_of(held.jitter, format)) {
    sample.jitter_ms = to_milliseconds(jitter->rfc3550);
  }
  sample.capture_drops = held.capture_drops;
  set_frames(sample, held, format);
  // Nobody watches at the server.
  if (std::string_view(direction(stream)) != "downlink" || format.kind != "video") return sample;
  sample.freezes = held.freezes;
  static_assert(model::StreamSample::kReceivedBehind == flows::kReceivedBehind);
  sample.received_frames = held.received;
  return sample;
}

}  // namespace rtcscope::correlator
