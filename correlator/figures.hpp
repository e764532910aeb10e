#pragma once
// Figures of a stream in groups. Each group's visit() names its members once: for SQL columns, JSON and CSV.
// A member that is empty was not measured; Stream::absent says why. docs/metrics.md defines each.

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>

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
  std::optional<double> round_trip_min_ms, round_trip_mean_ms;
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
  v("nack_count", e.nack_count);
  v("nacked_packets", e.nacked_packets);
  v("pli_count", e.pli_count);
  v("fir_count", e.fir_count);
}

}  // namespace rtcscope::model
