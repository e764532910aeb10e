#include "correlator/stream_figures.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "correlator/voice_quality.hpp"

namespace rtcscope::correlator {
namespace {

/// Standard deviation, in ms, of times of which number, sum and sum of squares are known.
std::optional<double> deviation_ms(std::uint64_t count, std::uint64_t sum_us, std::uint64_t sum_us2) {
  if (count < 2) return std::nullopt;
  const auto n = static_cast<double>(count);
  const double mean = static_cast<double>(sum_us) / n;
  const double variance = static_cast<double>(sum_us2) / n - mean * mean;
  return std::sqrt(std::max(variance, 0.0)) / 1000;
}

bool shows_frames(const StreamFormat& format) {
  return format.kind == "video" && !model::is_repair(format);
}

}  // namespace

// A retransmission comes late by design: RFC 3550 jitter says nothing about it.
const flows::ClockJitter* jitter_of(const ClockJitters& jitters, const StreamFormat& format) {
  if (!format.clock_rate_hz || model::is_retransmission(format)) return nullptr;
  for (const flows::ClockJitter& jitter : jitters) {
    if (jitter.clock_rate_hz == *format.clock_rate_hz) return &jitter;
  }
  return nullptr;
}

model::LossFigures loss_figures(const flows::StreamReport& report) {
  const flows::BurstFigures& b = report.bursts;
  model::LossFigures loss;
  loss.lost_rfc3550 = report.lost_rfc3550;
  loss.padding_packets = report.total.padding_packets;
  loss.padding_bytes = report.total.padding_bytes;
  loss.longest_loss = b.longest_loss;
  loss.bursts = b.bursts;
  loss.burst_packets = b.burst_packets;
  loss.burst_lost = b.burst_lost;
  loss.gap_packets = b.gap_packets;
  loss.gap_lost = b.gap_lost;
  if (b.burst_packets != 0) {
    loss.burst_density_ratio = static_cast<double>(b.burst_lost) / static_cast<double>(b.burst_packets);
  }
  if (b.gap_packets != 0) {
    loss.gap_density_ratio = static_cast<double>(b.gap_lost) / static_cast<double>(b.gap_packets);
  }
  if (b.bursts != 0 && report.total.expected > 1) {
    const double packet_ms = to_milliseconds(report.last_packet - report.first_packet) /
                             static_cast<double>(report.total.expected - 1);
    loss.burst_duration_ms = packet_ms * static_cast<double>(b.burst_packets) / static_cast<double>(b.bursts);
  }
  return loss;
}

model::VideoFigures video_figures(const flows::StreamReport& report, const StreamFormat& format) {
  model::VideoFigures video;
  const flows::StreamFigures& total = report.total;
  if (!shows_frames(format) || total.frames == 0) return video;
  const double seconds = to_milliseconds(report.last_packet - report.first_packet) / 1000;
  if (total.frames > 1 && seconds > 0) {
    video.frame_rate_fps = static_cast<double>(total.frames - 1) / seconds;
  }
  video.frame_bytes_mean = static_cast<double>(total.bytes) / static_cast<double>(total.frames);
  video.frame_bytes_max = report.largest_frame_bytes;
  // An interval is known when the frame after it begins.
  const std::uint64_t intervals = total.frames > 2 ? total.frames - 2 : 0;
  if (intervals != 0) {
    video.frame_interval_ms =
        static_cast<double>(total.frame_interval_us) / static_cast<double>(intervals) / 1000;
  }
  video.frame_jitter_ms = deviation_ms(intervals, total.frame_interval_us, total.frame_interval_us2);
  video.stalls = total.stalls;
  video.stalled_ms = to_milliseconds(total.stalled);
  return video;
}

void set_frames(model::StreamSample& sample, const HeldSample& held, const StreamFormat& format) {
  const double seconds = to_milliseconds(held.end - held.start) / 1000;
  if (!shows_frames(format) || seconds <= 0) return;
  const flows::StreamFigures& interval = held.interval;
  sample.frame_rate_fps = static_cast<double>(interval.frames) / seconds;
  sample.frame_jitter_ms =
      deviation_ms(interval.frames, interval.frame_interval_us, interval.frame_interval_us2);
  sample.stalls = interval.stalls;
}

model::RemoteFigures remote_figures(const StreamState& stream, const StreamFormat& format) {
  const auto& remote = stream.flow->remote;
  const auto found = remote.find({stream.last.ssrc, stream.last.sender});
  if (found == remote.end()) return {};
  const flows::RemoteReport& report = found->second;
  model::RemoteFigures figures;
  if (report.reports != 0) {
    figures.lost = report.lost;
    figures.fraction_lost = report.fraction_lost;
    if (format.clock_rate_hz && !model::is_retransmission(format)) {
      figures.jitter_ms = report.jitter_ticks * 1000.0 / *format.clock_rate_hz;
    }
  }
  if (report.round_trip) {
    figures.round_trip_ms = to_milliseconds(*report.round_trip);
    figures.round_trip_min_ms = to_milliseconds(*report.min_round_trip);
    figures.round_trip_median_ms = to_milliseconds(*report.round_trip_median);
    figures.round_trip_mean_ms =
        to_milliseconds(report.round_trip_sum) / static_cast<double>(report.round_trips);
  }
  figures.nack_count = report.nack_count;
  figures.nacked_packets = report.nacked_packets;
  figures.pli_count = report.pli_count;
  figures.fir_count = report.fir_count;
  return figures;
}

model::LossSplit loss_split(const StreamState& state, const model::Stream& stream) {
  const flows::StreamReport& report = state.last;
  model::LossSplit split;
  if (stream.remote.lost && state.reported) {
    // The receiver counts what missed at the tap, too.
    split.lost_after_tap = *stream.remote.lost - state.reported->lost;
    split.lost_after_tap_source = "rtcp_rr";
    const std::uint64_t told = std::min(state.reported->expected, report.total.expected);
    split.unreported_packets = report.total.expected - told;
  }
  if (report.feedback.reported != 0) {
    split.feedback_packets = report.feedback.reported;
    split.feedback_lost = report.feedback.lost;
    if (!split.lost_after_tap) {
      split.lost_after_tap = static_cast<std::int64_t>(report.feedback.lost);
      split.lost_after_tap_source = "transport_cc";
    }
  }
  if (report.typing.role == flows::MediaRole::kPrimary && stream.kind == "video") {
    split.retransmitted_packets = report.retransmitted;
    // On the way to the tap it repairs gaps at the tap; what the server sends repairs the way behind it.
    if (stream.direction == "uplink") {
      const auto lost = static_cast<std::uint64_t>(std::max<std::int64_t>(report.total.lost, 0));
      split.repaired_packets = std::min(lost, report.retransmitted);
      split.unrepaired_packets = lost - *split.repaired_packets;
    }
  }
  if (report.relay.source.valid()) {
    split.relayed_lost = report.relay.relayed_lost;
    split.server_lost = report.relay.server_lost;
  }
  return split;
}

model::RelayFigures relay_figures(const flows::StreamReport& report) {
  model::RelayFigures figures;
  const flows::RelayFigures& relay = report.relay;
  if (!relay.source.valid()) return figures;
  figures.source_stream = relay.source;
  figures.source_ssrc = relay.source_ssrc;
  figures.source_switches = relay.source_switches;
  if (relay.forwarding_p50) figures.forwarding_p50_ms = to_milliseconds(*relay.forwarding_p50);
  if (relay.forwarding_p99) figures.forwarding_p99_ms = to_milliseconds(*relay.forwarding_p99);
  return figures;
}

model::HeaderFigures header_figures(const flows::StreamReport& report) {
  const flows::HeaderFigures& said = report.headers;
  const auto ms = [](const std::optional<Duration>& value) {
    return value ? std::optional{to_milliseconds(*value)} : std::nullopt;
  };
  const auto mean_ms = [](Duration sum, std::uint64_t count) {
    return count == 0 ? std::nullopt : std::optional{to_milliseconds(sum) / static_cast<double>(count)};
  };
  model::HeaderFigures figures;
  figures.header_extensions = said.extensions;
  figures.repaired_rid = said.repaired_rid;
  if (!report.sampled) figures.cryptex_packets = said.cryptex_packets;
  figures.rotation_degrees = said.rotation_degrees;
  figures.playout_delay_min_ms = ms(said.playout_delay_min);
  figures.playout_delay_max_ms = ms(said.playout_delay_max);
  figures.target_bitrate_bps = said.target_bps;
  figures.target_width = said.target_width;
  figures.target_height = said.target_height;
  figures.target_fps = said.target_fps;
  figures.frame_width = said.frame_width;
  figures.frame_height = said.frame_height;
  if (said.described_frames != 0) {
    figures.described_frames = said.described_frames;
    figures.skipped_frames = said.skipped_frames;
  }
  figures.encode_ms = mean_ms(said.encode_sum, said.timings);
  figures.pacer_ms = mean_ms(said.pacer_sum, said.timings);
  figures.capture_to_send_ms = mean_ms(said.capture_to_send_sum, said.capture_times);
  figures.delay_variation_p50_ms = ms(said.variation.p50);
  figures.delay_variation_p99_ms = ms(said.variation.p99);
  figures.clock_drift_ppm = said.variation.drift_ppm;
  if (said.variation_by == flows::KnownBy::kExtension) figures.delay_variation_source = "abs_send_time";
  if (said.variation_by == flows::KnownBy::kFeedback) figures.delay_variation_source = "transport_cc";
  return figures;
}

model::PlaybackFigures playback_figures(const flows::StreamReport& report, const model::Stream& stream) {
  model::PlaybackFigures figures;
  if (!report.playout || is_repair(stream) || stream.direction != "downlink" || stream.kind != "video")
    return figures;
  figures.doubtful_frames = report.playout->doubtful;
  if (report.playout->doubtful != 0) return figures;
  figures.freezes = report.playout->freezes;
  figures.frozen_ms = to_milliseconds(report.playout->frozen);
  if (report.playout->tells) figures.received_frames = report.playout->received;
  return figures;
}

namespace {

/// What part of the stream its listener misses: the server's ears are at the tap, the client's behind it, and
/// tell no more than they report.
std::optional<double> listener_loss(const StreamState& state, const model::Stream& stream) {
  std::uint64_t expected = state.last.total.expected;
  std::optional<std::int64_t> lost;
  if (stream.direction == "uplink") lost = state.last.total.lost;
  if (stream.direction == "downlink" && state.reported) {
    lost = stream.remote.lost;
    expected = state.reported->expected;
  }
  if (!lost || expected == 0) return std::nullopt;
  const double ratio = static_cast<double>(*lost) / static_cast<double>(expected);
  return std::clamp(ratio, 0.0, 1.0);
}

// Mouth to ear: half the round trip between the two ends, twice the jitter for the buffer, one packet of 20
// ms to fill and one to encode ahead.
std::optional<double> listener_delay_ms(const model::Stream& stream, const FlowState& flow) {
  const bool up = stream.direction == "uplink";
  const auto way = up ? round_trips(flow).client_round_trip_ms : stream.remote.round_trip_median_ms;
  const auto& jitter = up ? stream.jitter_frame_ms : stream.remote.jitter_ms;
  if (!way || !jitter) return std::nullopt;
  return *way / 2 + 2 * *jitter + 40;
}

}  // namespace

model::VoiceFigures voice_figures(const StreamState& state, const model::Stream& stream) {
  const flows::StreamReport& report = state.last;
  model::VoiceFigures figures;
  if (stream.kind != "audio") return figures;
  if (report.voice && report.voice->flagged != 0) {
    const flows::VoiceFigures& voice = *report.voice;
    figures.talk_ms = to_milliseconds(voice.talk);
    if (voice.covered > Duration{}) figures.talk_ratio = *figures.talk_ms / to_milliseconds(voice.covered);
    figures.audio_level_dbov = -static_cast<double>(voice.level_sum) / static_cast<double>(voice.flagged);
  }
  figures.voice_loss_ratio = listener_loss(state, stream);
  if (!equals_ignoring_case(stream.codec, "opus") || !figures.voice_loss_ratio) return figures;
  VoiceInputs inputs{*figures.voice_loss_ratio, 0};
  figures.voice_rating = transmission_rating(inputs);
  figures.mos_lq = mean_opinion(*figures.voice_rating);
  figures.voice_delay_ms = listener_delay_ms(stream, *state.flow);
  if (!figures.voice_delay_ms) return figures;
  inputs.delay_ms = *figures.voice_delay_ms;
  figures.mos_cq = mean_opinion(transmission_rating(inputs));
  return figures;
}

}  // namespace rtcscope::correlator
