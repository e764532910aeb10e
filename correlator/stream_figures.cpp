#include "correlator/stream_figures.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "correlator/absence_list.hpp"
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

const char* no_jitter(const model::Stream& stream) {
  if (is_retransmission(stream)) return "retransmission";
  return stream.clock_rate_hz ? "clock_rate_not_metered" : "clock_rate_unknown";
}

const char* no_frames(const model::Stream& stream) {
  if (is_retransmission(stream)) return "retransmission";
  if (is_fec(stream)) return "fec";
  return stream.kind == "video" ? "too_few_frames" : "not_video";
}

}  // namespace

const flows::ClockJitter* jitter_of(const flows::StreamReport& report, const StreamFormat& format) {
  // A retransmission comes late by design: RFC 3550 jitter says nothing about it.
  if (!format.clock_rate_hz || model::is_retransmission(format)) return nullptr;
  for (const flows::ClockJitter& jitter : report.jitter) {
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

void set_frames(model::StreamSample& sample, const flows::StreamReport& report, const StreamFormat& format) {
  const double seconds = to_milliseconds(report.end - report.start) / 1000;
  if (!shows_frames(format) || seconds <= 0) return;
  const flows::StreamFigures& interval = report.interval;
  sample.frame_rate_fps = static_cast<double>(interval.frames) / seconds;
  sample.frame_jitter_ms =
      deviation_ms(interval.frames, interval.frame_interval_us, interval.frame_interval_us2);
  sample.stalls = interval.stalls;
  if (report.playout) sample.freezes = report.interval_freezes;
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

model::LossSplit loss_split(const flows::StreamReport& report, const model::Stream& stream) {
  model::LossSplit split;
  if (stream.remote.lost) {
    // The receiver counts what missed at the tap, too.
    split.lost_after_tap = *stream.remote.lost - report.total.lost;
    split.lost_after_tap_source = "rtcp_rr";
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
  figures.freezes = report.playout->freezes;
  figures.frozen_ms = to_milliseconds(report.playout->frozen);
  return figures;
}

namespace {

/// What part of the stream its listener misses: the server's ears are at the tap, the client's behind it.
std::optional<double> listener_loss(const flows::StreamReport& report, const model::Stream& stream) {
  if (report.total.expected == 0) return std::nullopt;
  std::optional<std::int64_t> lost;
  if (stream.direction == "uplink") lost = report.total.lost;
  if (stream.direction == "downlink") lost = stream.remote.lost;
  if (!lost) return std::nullopt;
  const double ratio = static_cast<double>(*lost) / static_cast<double>(report.total.expected);
  return std::clamp(ratio, 0.0, 1.0);
}

// Mouth to ear: half the round trip between the two ends, twice the jitter for the buffer, one packet of 20
// ms to fill and one to encode ahead.
std::optional<double> listener_delay_ms(const model::Stream& stream,
                                        const model::RoundTripFigures& round_trips) {
  const auto& way =
      stream.direction == "uplink" ? round_trips.client_round_trip_ms : stream.remote.round_trip_median_ms;
  const auto& jitter = stream.direction == "uplink" ? stream.jitter_frame_ms : stream.remote.jitter_ms;
  if (!way || !jitter) return std::nullopt;
  return *way / 2 + 2 * *jitter + 40;
}

}  // namespace

model::VoiceFigures voice_figures(const flows::StreamReport& report, const model::Stream& stream,
                                  const model::RoundTripFigures& round_trips) {
  model::VoiceFigures figures;
  if (stream.kind != "audio") return figures;
  if (report.voice && report.voice->flagged != 0) {
    const flows::VoiceFigures& voice = *report.voice;
    figures.talk_ms = to_milliseconds(voice.talk);
    if (voice.covered > Duration{}) figures.talk_ratio = *figures.talk_ms / to_milliseconds(voice.covered);
    figures.audio_level_dbov = -static_cast<double>(voice.level_sum) / static_cast<double>(voice.flagged);
  }
  figures.voice_loss_ratio = listener_loss(report, stream);
  if (!equals_ignoring_case(stream.codec, "opus") || !figures.voice_loss_ratio) return figures;
  VoiceInputs inputs{*figures.voice_loss_ratio, 0};
  figures.voice_rating = transmission_rating(inputs);
  figures.mos_lq = mean_opinion(*figures.voice_rating);
  figures.voice_delay_ms = listener_delay_ms(stream, round_trips);
  if (!figures.voice_delay_ms) return figures;
  inputs.delay_ms = *figures.voice_delay_ms;
  figures.mos_cq = mean_opinion(transmission_rating(inputs));
  return figures;
}

namespace {

const char* no_playback(const model::Stream& stream, bool sampled) {
  if (stream.kind != "video") return "not_video";
  if (is_retransmission(stream)) return "retransmission";
  if (is_fec(stream)) return "fec";
  if (stream.direction == "uplink") return "receiver_is_server";
  if (stream.direction != "downlink") return "direction_unknown";
  return sampled ? "packets_sampled" : "too_few_frames";
}

void add_voice_absences(AbsenceList& absent, const model::Stream& stream, bool sampled) {
  const model::VoiceFigures& voice = stream.voice;
  if (stream.kind != "audio") {
    absent.add(voice, "not_audio");
    return;
  }
  const bool opus = equals_ignoring_case(stream.codec, "opus");
  const char* rating = voice.voice_loss_ratio ? "codec_without_constants" : "listener_loss_unknown";
  absent.one("voice_loss_ratio", voice.voice_loss_ratio.has_value(), "listener_loss_unknown");
  absent.one("voice_rating", voice.voice_rating.has_value(), rating);
  absent.one("mos_lq", voice.mos_lq.has_value(), rating);
  const char* delay = opus && voice.mos_lq ? "round_trip_unknown" : rating;
  absent.one("mos_cq", voice.mos_cq.has_value(), delay);
  absent.one("voice_delay_ms", voice.voice_delay_ms.has_value(), delay);
  const char* talk = sampled ? "packets_sampled" : "no_voice_flag";
  absent.one("talk_ms", voice.talk_ms.has_value(), talk);
  absent.one("talk_ratio", voice.talk_ratio.has_value(), talk);
  absent.one("audio_level_dbov", voice.audio_level_dbov.has_value(), talk);
}

void add_split_absences(AbsenceList& absent, const model::Stream& stream, const char* no_relay) {
  const model::LossSplit& split = stream.loss_split;
  absent.one("lost_after_tap", split.lost_after_tap.has_value(), "no_rtcp_report");
  absent.one("feedback_packets", split.feedback_packets.has_value(), "no_transport_feedback");
  absent.one("feedback_lost", split.feedback_lost.has_value(), "no_transport_feedback");
  const char* repair = stream.kind == "video" ? "retransmission" : "not_video";
  absent.one("retransmitted_packets", split.retransmitted_packets.has_value(), repair);
  const char* repaired = split.retransmitted_packets ? "not_uplink" : repair;
  absent.one("repaired_packets", split.repaired_packets.has_value(), repaired);
  absent.one("unrepaired_packets", split.unrepaired_packets.has_value(), repaired);
  absent.one("relayed_lost", split.relayed_lost.has_value(), no_relay);
  absent.one("server_lost", split.server_lost.has_value(), no_relay);
  absent.one("source_stream_id", stream.relay.source_stream.valid(), no_relay);
  absent.add(stream.relay, no_relay);
}

}  // namespace

std::vector<model::Evidence> absences(const model::Stream& stream, const flows::StreamReport& report) {
  std::vector<model::Evidence> list;
  list.reserve(64);  // more than there are figures: built once a stream and second
  AbsenceList absent(list);
  absent.one("clock_rate_hz", stream.clock_rate_hz.has_value(), "not_shown_yet");
  absent.one("bitrate_bps", stream.bitrate_bps.has_value(), "single_packet");
  const char* jitter = no_jitter(stream);
  absent.one("jitter_ms", stream.jitter_ms.has_value(), jitter);
  absent.one("jitter_max_ms", stream.jitter_max_ms.has_value(), jitter);
  absent.one("jitter_mean_ms", stream.jitter_mean_ms.has_value(),
             stream.jitter_ms ? "single_packet" : jitter);
  absent.one("jitter_frame_ms", stream.jitter_frame_ms.has_value(), jitter);
  absent.add(stream.typing, "kind_not_shown");
  absent.add(stream.loss, "no_burst");
  add_split_absences(absent, stream, report.sampled ? "packets_sampled" : "no_source_found");
  absent.add(stream.video, no_frames(stream));
  absent.add(stream.playback, no_playback(stream, report.sampled));
  add_voice_absences(absent, stream, report.sampled);
  const char* header = stream.headers.cryptex_packets.value_or(0) != 0 ? "cryptex" : "not_sent";
  absent.add(stream.headers, report.sampled ? "packets_sampled" : header);
  absent.add(stream.remote, "no_rtcp_report");
  add_key_frame_absences(absent, stream, report);
  return list;
}

}  // namespace rtcscope::correlator
