#include "correlator/stream_figures.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"

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
  return format.kind == "video" && !is_rtx(format) && format.codec != "flexfec-03";
}

/// Why the members of one group are empty.
class AbsenceList {
 public:
  explicit AbsenceList(std::vector<model::Evidence>& list) : list_(list) {}

  template <class Group>
  void add(const Group& group, std::string_view reason) {
    reason_ = reason;
    visit(*this, group);
  }
  template <class Value>
  void operator()(const char* name, const std::optional<Value>& value) {
    if (!value) list_.push_back({name, std::string(reason_)});
  }
  template <class Value>
  void operator()(const char*, const Value&) {}

  void one(const char* name, bool present, std::string_view reason) {
    if (!present) list_.push_back({name, std::string(reason)});
  }

 private:
  std::vector<model::Evidence>& list_;
  std::string_view reason_;
};

const char* no_jitter(const model::Stream& stream) {
  if (equals_ignoring_case(stream.codec, "rtx")) return "retransmission";
  return stream.clock_rate_hz ? "clock_rate_not_metered" : "clock_rate_unknown";
}

const char* no_frames(const model::Stream& stream) {
  if (stream.rtx_of_ssrc || equals_ignoring_case(stream.codec, "rtx")) return "retransmission";
  return stream.kind == "video" ? "too_few_frames" : "not_video";
}

}  // namespace

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

std::vector<model::Evidence> absences(const model::Stream& stream) {
  std::vector<model::Evidence> list;
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
  absent.add(stream.video, no_frames(stream));
  absent.add(stream.remote, "no_rtcp_report");
  return list;
}

}  // namespace rtcscope::correlator
