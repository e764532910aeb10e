#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.hpp"
#include "correlator/entities.hpp"

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
std::string static_codec(std::uint8_t payload_type) {
  switch (payload_type) {
    case 0:
      return "PCMU";
    case 8:
      return "PCMA";
    case 9:
      return "G722";
    default:
      return {};
  }
}

const DescribedSsrc* described(const StreamState& stream, const FlowState* flow, const Handle* handle) {
  if (handle == nullptr || flow == nullptr || !flow->server()) return nullptr;
  const bool from_server = stream.last.sender == *flow->server();
  const auto& ssrcs = (from_server ? handle->of_server : handle->of_client).ssrcs;
  const auto found = ssrcs.find(stream.last.ssrc);
  return found == ssrcs.end() ? nullptr : &found->second;
}

void set_clock(StreamFormat& format, const StreamState& stream, const Handle* handle) {
  if (handle != nullptr) {
    const auto map = handle->rtpmaps.find(stream.last.payload_type);
    if (map != handle->rtpmaps.end()) {
      format.codec = map->second.encoding;
      format.clock_rate_hz = map->second.clock_rate_hz;
      format.clock_rate_source = "sdp";
      return;
    }
  }
  format.codec = static_codec(stream.last.payload_type);
  format.clock_rate_hz = stream.last.observed_clock_rate_hz;
  if (!format.clock_rate_hz) return;
  format.clock_rate_source = format.codec.empty() ? "timestamps" : "static_payload_type";
}

bool is_rtx(const StreamFormat& format) {
  return equals_ignoring_case(format.codec, "rtx");
}

const flows::ClockJitter* jitter_of(const flows::StreamReport& report, const StreamFormat& format) {
  // A retransmission comes late by design: RFC 3550 jitter says nothing about it.
  if (!format.clock_rate_hz || is_rtx(format)) return nullptr;
  for (const flows::ClockJitter& jitter : report.jitter) {
    if (jitter.clock_rate_hz == *format.clock_rate_hz) return &jitter;
  }
  return nullptr;
}

std::string direction(const StreamState& stream, const FlowState* flow) {
  if (flow == nullptr || !flow->server()) return "unknown";
  return stream.last.sender == *flow->server() ? "downlink" : "uplink";
}

model::StreamFigures figures(const flows::StreamFigures& f) {
  return {f.packets, f.bytes, f.expected, f.lost, f.duplicates, f.reordered, f.frames};
}

std::optional<double> bits_per_second(std::uint64_t bytes, Duration span) {
  if (span <= Duration::zero()) return std::nullopt;
  return static_cast<double>(bytes) * 8 / std::chrono::duration<double>(span).count();
}

void set_recent(model::Stream& entity, const std::deque<RecentReport>& reports) {
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

model::RemoteFigures remote_figures(const StreamState& stream, const FlowState* flow,
                                    const StreamFormat& format) {
  if (flow == nullptr) return {};
  const auto found = flow->remote.find({stream.last.ssrc, stream.last.sender});
  if (found == flow->remote.end()) return {};
  const flows::RemoteReport& report = found->second;
  model::RemoteFigures figures;
  if (report.reports != 0) {
    figures.lost = report.lost;
    figures.fraction_lost = report.fraction_lost;
    if (format.clock_rate_hz && !is_rtx(format)) {
      figures.jitter_ms = report.jitter_ticks * 1000.0 / *format.clock_rate_hz;
    }
  }
  if (report.round_trip) {
    figures.round_trip_ms = to_milliseconds(*report.round_trip);
    figures.round_trip_min_ms = to_milliseconds(*report.min_round_trip);
    figures.round_trip_mean_ms =
        to_milliseconds(report.round_trip_sum) / static_cast<double>(report.round_trips);
  }
  figures.nack_count = report.nack_count;
  figures.nacked_packets = report.nacked_packets;
  figures.pli_count = report.pli_count;
  figures.fir_count = report.fir_count;
  return figures;
}

}  // namespace

StreamFormat stream_format(const StreamState& stream, const FlowState* flow, const Handle* handle) {
  StreamFormat format;
  set_clock(format, stream, handle);
  const DescribedSsrc* medium = described(stream, flow, handle);
  format.mid = stream.facts.mid.empty() && medium != nullptr ? medium->mid : stream.facts.mid;
  format.kind = kind_of_codec(format.codec);
  if (medium != nullptr) {
    format.kind = medium->kind;
    format.rtx_of_ssrc = medium->rtx_of_ssrc;
  } else if (handle != nullptr && !format.mid.empty()) {
    const auto kind = handle->kind_of_mid.find(format.mid);
    if (kind != handle->kind_of_mid.end()) format.kind = kind->second;
  }
  if (format.kind == "unknown" && is_rtx(format)) format.kind = "video";
  return format;
}

model::Stream stream_entity(const StreamState& stream, const FlowState* flow, const Handle* handle,
                            const model::Session* owner) {
  const flows::StreamReport& report = stream.last;
  const StreamFormat format = stream_format(stream, flow, handle);
  model::Stream entity;
  entity.id = report.stream;
  entity.flow = report.flow;
  entity.connection = handle == nullptr ? ConnectionId{} : handle->id;
  entity.direction = direction(stream, flow);
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
  entity.mid = format.mid;
  entity.rid = stream.facts.rid;
  entity.rtx_of_ssrc = format.rtx_of_ssrc;
  entity.first_packet = report.first_packet;
  entity.last_packet = report.last_packet;
  entity.total = figures(report.total);
  entity.bitrate_bps = bits_per_second(report.total.bytes, report.last_packet - report.first_packet);
  if (const flows::ClockJitter* jitter = jitter_of(report, format)) {
    entity.jitter_ms = to_milliseconds(jitter->rfc3550);
    entity.jitter_max_ms = to_milliseconds(jitter->rfc3550_max);
    if (report.total.packets > 1) entity.jitter_mean_ms = to_milliseconds(jitter->rfc3550_mean);
    entity.jitter_frame_ms = to_milliseconds(jitter->frame_based);
  }
  entity.max_gap_ms = to_milliseconds(report.max_gap);
  set_recent(entity, stream.recent);
  entity.capture_drops = stream.capture_drops;
  entity.remote = remote_figures(stream, flow, format);
  entity.ended = report.final;
  return entity;
}

model::StreamSample sample_entity(const flows::StreamReport& report, const StreamFormat& format) {
  model::StreamSample sample;
  sample.stream = report.stream;
  sample.start = report.start;
  sample.end = report.end;
  sample.interval = figures(report.interval);
  sample.bitrate_bps = bits_per_second(report.interval.bytes, report.end - report.start);
  if (const flows::ClockJitter* jitter = jitter_of(report, format)) {
    sample.jitter_ms = to_milliseconds(jitter->rfc3550);
  }
  sample.capture_drops = report.capture_drops;
  return sample;
}

}  // namespace rtcscope::correlator
