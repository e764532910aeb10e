#pragma once
// Figures of a stream in groups. Each group's visit() names its members once: for SQL columns, JSON and CSV.
// A member that is empty was not measured; api/absences.hpp says why. docs/metrics.md defines each.

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>

#include "base/strong_id.hpp"

namespace rtcscope::model {

template <class E, class Entity>
concept Is = std::same_as<std::remove_const_t<E>, Entity>;

/// How medium, codec and repetition are known.
struct TypingFigures {
  std::string kind_source;   // sdp, static_pt, extension, timestamp_step, slope, pairing, convention; ""
  std::string codec_source;  // sdp, static_pt, pairing, convention; ""
  std::string rtx_source;    // sdp, timestamps; "" for what repeats nothing
  std::optional<double> kind_after_ms;  // first packet to the last change of what the packets say about kind

  friend bool operator==(const TypingFigures&, const TypingFigures&) = default;
};

template <class V, Is<TypingFigures> E>
void visit(V& v, E& e) {
  v("kind_source", e.kind_source);
  v("codec_source", e.codec_source);
  v("rtx_source", e.rtx_source);
  v("kind_after_ms", e.kind_after_ms);
}

/// Losses before the tap, closer.
struct LossFigures {
  std::int64_t lost_rfc3550 = 0;
  std::uint64_t padding_packets = 0;
  std::uint64_t padding_bytes = 0;
  std::uint64_t longest_loss = 0;
  std::uint64_t bursts = 0;
  std::uint64_t burst_packets = 0;
  std::uint64_t burst_lost = 0;
  std::uint64_t gap_packets = 0;
  std::uint64_t gap_lost = 0;
  std::optional<double> burst_density_ratio;
  std::optional<double> gap_density_ratio;
  std::optional<double> burst_duration_ms;

  friend bool operator==(const LossFigures&, const LossFigures&) = default;
};

template <class V, Is<LossFigures> E>
void visit(V& v, E& e) {
  v("lost_rfc3550", e.lost_rfc3550);
  v("padding_packets", e.padding_packets);
  v("padding_bytes", e.padding_bytes);
  v("longest_loss", e.longest_loss);
  v("bursts", e.bursts);
  v("burst_packets", e.burst_packets);
  v("burst_lost", e.burst_lost);
  v("gap_packets", e.gap_packets);
  v("gap_lost", e.gap_lost);
  v("burst_density_ratio", e.burst_density_ratio);
  v("gap_density_ratio", e.gap_density_ratio);
  v("burst_duration_ms", e.burst_duration_ms);
}

/// Frames of a video stream as they pass the tap.
struct VideoFigures {
  std::optional<double> frame_rate_fps;
  std::optional<double> frame_bytes_mean;
  std::optional<std::uint64_t> frame_bytes_max;
  std::optional<double> frame_interval_ms;
  std::optional<double> frame_jitter_ms;
  std::optional<std::uint64_t> stalls;
  std::optional<double> stalled_ms;

  friend bool operator==(const VideoFigures&, const VideoFigures&) = default;
};

template <class V, Is<VideoFigures> E>
void visit(V& v, E& e) {
  v("frame_rate_fps", e.frame_rate_fps);
  v("frame_bytes_mean", e.frame_bytes_mean);
  v("frame_bytes_max", e.frame_bytes_max);
  v("frame_interval_ms", e.frame_interval_ms);
  v("frame_jitter_ms", e.frame_jitter_ms);
  v("stalls", e.stalls);
  v("stalled_ms", e.stalled_ms);
}

/// What the receiving end says of a stream in RTCP; all absent where none could be read.
struct RemoteFigures {
  std::optional<std::int64_t> lost;     // cumulative number of packets lost (RFC 3550, 6.4.1)
  std::optional<double> fraction_lost;  // of the last report's interval
  std::optional<double> jitter_ms;      // absent without a clock rate
  std::optional<double> round_trip_ms;  // tap to the receiver and back; newest
  std::optional<double> round_trip_min_ms, round_trip_mean_ms, round_trip_median_ms;
  std::optional<std::uint64_t> nack_count;      // NACK packets
  std::optional<std::uint64_t> nacked_packets;  // RTP packets they asked for
  std::optional<std::uint64_t> pli_count;
  std::optional<std::uint64_t> fir_count;

  friend bool operator==(const RemoteFigures&, const RemoteFigures&) = default;
};

template <class V, Is<RemoteFigures> E>
void visit(V& v, E& e) {
  v("remote_lost", e.lost);
  v("remote_fraction_lost", e.fraction_lost);
  v("remote_jitter_ms", e.jitter_ms);
  v("round_trip_ms", e.round_trip_ms);
  v("round_trip_min_ms", e.round_trip_min_ms);
  v("round_trip_mean_ms", e.round_trip_mean_ms);
  v("round_trip_median_ms", e.round_trip_median_ms);
  v("nack_count", e.nack_count);
  v("nacked_packets", e.nacked_packets);
  v("pli_count", e.pli_count);
  v("fir_count", e.fir_count);
}

/// Where packets were lost, on both sides of the tap.
struct LossSplit {
  std::optional<std::int64_t> lost_after_tap;
  std::string lost_after_tap_source;                // rtcp_rr, transport_cc; "" when absent
  std::optional<std::uint64_t> unreported_packets;  // expected after the newest report block
  std::optional<std::uint64_t> feedback_packets;    // packets that transport-wide feedback told about
  std::optional<std::uint64_t> feedback_lost;
  std::optional<std::uint64_t> retransmitted_packets;
  std::optional<std::uint64_t> repaired_packets;
  std::optional<std::uint64_t> unrepaired_packets;
  std::optional<std::uint64_t> relayed_lost;
  std::optional<std::uint64_t> server_lost;

  friend bool operator==(const LossSplit&, const LossSplit&) = default;
};

template <class V, Is<LossSplit> E>
void visit(V& v, E& e) {
  v("lost_after_tap", e.lost_after_tap);
  v("lost_after_tap_source", e.lost_after_tap_source);
  v("unreported_packets", e.unreported_packets);
  v("feedback_packets", e.feedback_packets);
  v("feedback_lost", e.feedback_lost);
  v("retransmitted_packets", e.retransmitted_packets);
  v("repaired_packets", e.repaired_packets);
  v("unrepaired_packets", e.unrepaired_packets);
  v("relayed_lost", e.relayed_lost);
  v("server_lost", e.server_lost);
}

/// A copy that the media server made, and of what.
struct RelayFigures {
  StreamId source_stream;  // invalid: none was found
  std::optional<std::uint32_t> source_ssrc;
  std::optional<double> forwarding_p50_ms;
  std::optional<double> forwarding_p99_ms;
  std::optional<std::uint64_t> source_switches;

  friend bool operator==(const RelayFigures&, const RelayFigures&) = default;
};

template <class V, Is<RelayFigures> E>
void visit(V& v, E& e) {
  v("source_stream_id", e.source_stream);
  v("source_ssrc", e.source_ssrc);
  v("forwarding_p50_ms", e.forwarding_p50_ms);
  v("forwarding_p99_ms", e.forwarding_p99_ms);
  v("source_switches", e.source_switches);
}

/// What the client shows of video, by model.
struct PlaybackFigures {
  std::optional<std::uint64_t> freezes;
  std::optional<double> frozen_ms;
  std::optional<std::uint64_t> received_frames;
  std::optional<std::uint64_t> doubtful_frames;  // not 0: the others are absent

  friend bool operator==(const PlaybackFigures&, const PlaybackFigures&) = default;
};

template <class V, Is<PlaybackFigures> E>
void visit(V& v, E& e) {
  v("freezes", e.freezes);
  v("frozen_ms", e.frozen_ms);
  v("received_frames", e.received_frames);
  v("doubtful_frames", e.doubtful_frames);
}

/// What a listener hears of audio.
struct VoiceFigures {
  std::optional<double> mos_lq;
  std::optional<double> mos_cq;
  std::optional<double> voice_rating;  // R of the listening quality, 0..148
  std::optional<double> voice_loss_ratio;
  std::optional<double> voice_delay_ms;
  std::optional<double> talk_ms;
  std::optional<double> talk_ratio;
  std::optional<double> audio_level_dbov;

  friend bool operator==(const VoiceFigures&, const VoiceFigures&) = default;
};

template <class V, Is<VoiceFigures> E>
void visit(V& v, E& e) {
  v("mos_lq", e.mos_lq);
  v("mos_cq", e.mos_cq);
  v("voice_rating", e.voice_rating);
  v("voice_loss_ratio", e.voice_loss_ratio);
  v("voice_delay_ms", e.voice_delay_ms);
  v("talk_ms", e.talk_ms);
  v("talk_ratio", e.talk_ratio);
  v("audio_level_dbov", e.audio_level_dbov);
}

/// What the header extensions of a stream's packets say.
struct HeaderFigures {
  std::string header_extensions;  // "1=audio-level (sdp) 4=mid (convention)"; "" when none is known
  std::string repaired_rid;       // RFC 8852; "" when none was sent
  std::optional<std::uint64_t> cryptex_packets;
  std::optional<std::uint32_t> rotation_degrees;
  std::optional<double> playout_delay_min_ms;
  std::optional<double> playout_delay_max_ms;
  std::optional<std::uint64_t> target_bitrate_bps;
  std::optional<std::uint32_t> target_width;
  std::optional<std::uint32_t> target_height;
  std::optional<std::uint32_t> target_fps;
  std::optional<std::uint32_t> frame_width;
  std::optional<std::uint32_t> frame_height;
  std::optional<std::uint64_t> described_frames;
  std::optional<std::uint64_t> skipped_frames;
  std::optional<double> encode_ms;
  std::optional<double> pacer_ms;
  std::optional<double> capture_to_send_ms;
  std::optional<double> delay_variation_p50_ms;
  std::optional<double> delay_variation_p99_ms;
  std::string delay_variation_source;  // abs_send_time, transport_cc; "" when absent
  std::optional<double> clock_drift_ppm;

  friend bool operator==(const HeaderFigures&, const HeaderFigures&) = default;
};

template <class V, Is<HeaderFigures> E>
void visit(V& v, E& e) {
  v("header_extensions", e.header_extensions);
  v("repaired_rid", e.repaired_rid);
  v("cryptex_packets", e.cryptex_packets);
  v("rotation_degrees", e.rotation_degrees);
  v("playout_delay_min_ms", e.playout_delay_min_ms);
  v("playout_delay_max_ms", e.playout_delay_max_ms);
  v("target_bitrate_bps", e.target_bitrate_bps);
  v("target_width", e.target_width);
  v("target_height", e.target_height);
  v("target_fps", e.target_fps);
  v("frame_width", e.frame_width);
  v("frame_height", e.frame_height);
  v("described_frames", e.described_frames);
  v("skipped_frames", e.skipped_frames);
  v("encode_ms", e.encode_ms);
  v("pacer_ms", e.pacer_ms);
  v("capture_to_send_ms", e.capture_to_send_ms);
  v("delay_variation_p50_ms", e.delay_variation_p50_ms);
  v("delay_variation_p99_ms", e.delay_variation_p99_ms);
  v("delay_variation_source", e.delay_variation_source);
  v("clock_drift_ppm", e.clock_drift_ppm);
}

/// Key frames that show in header extensions, and how long those who asked for one waited.
struct KeyFrameFigures {
  std::optional<std::uint64_t> key_frames;
  std::string key_frames_source;                 // dependency_descriptor, video_orientation; "" when absent
  std::optional<std::uint64_t> key_frame_waits;  // PLI and FIR that a key frame followed
  std::optional<double> key_frame_wait_p50_ms;
  std::optional<double> key_frame_wait_max_ms;

  friend bool operator==(const KeyFrameFigures&, const KeyFrameFigures&) = default;
};

template <class V, Is<KeyFrameFigures> E>
void visit(V& v, E& e) {
  v("key_frames", e.key_frames);
  v("key_frames_source", e.key_frames_source);
  v("key_frame_waits", e.key_frame_waits);
  v("key_frame_wait_p50_ms", e.key_frame_wait_p50_ms);
  v("key_frame_wait_max_ms", e.key_frame_wait_max_ms);
}

/// Redundancy that is sent without being asked for: FEC, and RED (RFC 2198).
struct RedundancyFigures {
  std::optional<std::uint32_t> fec_of_ssrc;  // of a FEC stream: what it protects
  std::string red_codec;  // what the blocks of RED hold, by SDP; "" for no RED, or not said

  friend bool operator==(const RedundancyFigures&, const RedundancyFigures&) = default;
};

template <class V, Is<RedundancyFigures> E>
void visit(V& v, E& e) {
  v("fec_of_ssrc", e.fec_of_ssrc);
  v("red_codec", e.red_codec);
}

/// Round trips between the tap and the two ends of a flow.
struct RoundTripFigures {
  std::optional<double> client_round_trip_ms;  // median of RTCP, else least of ICE checks
  std::string client_round_trip_source;        // rtcp, transport_cc, ice; "" when absent
  std::optional<double> server_round_trip_ms;
  std::string server_round_trip_source;

  friend bool operator==(const RoundTripFigures&, const RoundTripFigures&) = default;
};

template <class V, Is<RoundTripFigures> E>
void visit(V& v, E& e) {
  v("client_round_trip_ms", e.client_round_trip_ms);
  v("client_round_trip_source", e.client_round_trip_source);
  v("server_round_trip_ms", e.server_round_trip_ms);
  v("server_round_trip_source", e.server_round_trip_source);
}

}  // namespace rtcscope::model
