#include "export/prometheus/media_metrics.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/text.hpp"

namespace rtcscope::export_prometheus {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;

// Around the thresholds of health (docs/api/openapi.yaml, "Health").
const prometheus::Histogram::BucketBoundaries kLossRatios{0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5};
const prometheus::Histogram::BucketBoundaries kJitterSeconds{0.001, 0.002, 0.005, 0.01, 0.02,
                                                             0.03,  0.06,  0.1,   0.2,  0.5};

const char* kind_of(const model::Stream& stream) {
  if (is_retransmission(stream)) return "rtx";
  if (is_fec(stream)) return "fec";
  if (stream.kind == "audio") return "audio";
  return stream.kind == "video" ? "video" : "unknown";
}

const char* direction_of(const model::Stream& stream) {
  if (stream.direction == "uplink") return "uplink";
  return stream.direction == "downlink" ? "downlink" : "unknown";
}

std::uint64_t received(const model::StreamFigures& figures) {
  const std::int64_t distinct = static_cast<std::int64_t>(figures.expected) - figures.lost;
  return static_cast<std::uint64_t>(std::max<std::int64_t>(distinct, 0));
}

void count(prometheus::Counter& counter, std::uint64_t value) {
  counter.Increment(static_cast<double>(value));
}

auto& counter(prometheus::Registry& registry, const char* name, const char* help) {
  return BuildCounter().Name(name).Help(help).Register(registry);
}
auto& histogram(prometheus::Registry& registry, const char* name, const char* help) {
  return BuildHistogram().Name(name).Help(help).Register(registry);
}

}  // namespace

MediaMetrics::MediaMetrics(MediaMetricsOptions options)
    : options_(std::move(options)),
      packets_(counter(registry_, "rtcscope_rtp_packets_total", "RTP packets seen, duplicates included.")),
      bytes_(counter(registry_, "rtcscope_rtp_bytes_total", "UDP payload octets of RTP packets seen.")),
      expected_(counter(registry_, "rtcscope_rtp_packets_expected_total",
                        "RTP packets that sequence numbers announce (RFC 3550, A.3).")),
      received_(counter(registry_, "rtcscope_rtp_packets_received_total",
                        "Distinct RTP packets seen; expected minus received is lost before the tap.")),
      loss_(histogram(registry_, "rtcscope_stream_loss_ratio",
                      "Loss before the tap, one observation a stream and report interval.")),
      jitter_(histogram(registry_, "rtcscope_stream_jitter_seconds",
                        "Interarrival jitter (RFC 3550), one observation a stream and report interval.")),
      conference_participants_(BuildGauge()
                                   .Name("rtcscope_conference_participants")
                                   .Help("Sessions that are in a live conference.")
                                   .Register(registry_)),
      conference_bytes_(counter(registry_, "rtcscope_conference_bytes_total",
                                "UDP payload octets of RTP of a live conference, both directions.")),
      conference_expected_(counter(registry_, "rtcscope_conference_packets_expected_total",
                                   "Expected RTP packets of a live conference, RTX left out.")),
      conference_received_(counter(registry_, "rtcscope_conference_packets_received_total",
                                   "Distinct RTP packets of a live conference, RTX left out.")),
      label_overflow_(counter(registry_, "rtcscope_label_overflow_total",
                              "Times that a conference or a stream got no series of its own.")
                          .Add({{"host", options_.host}})) {}

void MediaMetrics::on_change(const model::Change& change) {
  std::visit([this](const auto& what) { take(what); }, change);
}

void MediaMetrics::take(const model::Conference& conference) {
  const bool known = conferences_.contains(conference.id);
  if (!known && !conference.ended) open(conference.id);
  if (known && conference.ended) close(conference.id);
}

void MediaMetrics::open(ConferenceId id) {
  if (conferences_.size() >= options_.max_conferences) {
    label_overflow_.Increment();
    return;
  }
  const prometheus::Labels labels{{"host", options_.host}, {"conference", hex_id(id.value)}};
  conferences_.emplace(id, ConferenceSeries{conference_participants_.Add(labels),
                                            conference_bytes_.Add(labels),
                                            conference_expected_.Add(labels),
                                            conference_received_.Add(labels),
                                            {}});
}

void MediaMetrics::close(ConferenceId id) {
  const auto found = conferences_.find(id);
  conference_participants_.Remove(&found->second.participants);
  conference_bytes_.Remove(&found->second.bytes);
  conference_expected_.Remove(&found->second.expected);
  conference_received_.Remove(&found->second.received);
  conferences_.erase(found);
}

void MediaMetrics::take(const model::Session& session) {
  const auto found = conferences_.find(session.conference);
  if (found == conferences_.end()) return;
  std::set<SessionId>& present = found->second.present;
  if (session.left) {
    present.erase(session.id);
  } else if (present.size() < kMaxPresent) {
    present.insert(session.id);
  }
  found->second.participants.Set(static_cast<double>(present.size()));
}

void MediaMetrics::take(const model::Stream& stream) {
  if (round_over_) {
    for (const StreamId id : ended_) streams_.erase(id);
    ended_.clear();
    round_over_ = false;
  }
  if (stream.ended) ended_.push_back(stream.id);
  const StreamLabels labels{kind_of(stream), direction_of(stream), stream.conference, stream.relay_leg};
  const auto found = streams_.find(stream.id);
  if (found != streams_.end()) {
    found->second = labels;
  } else if (streams_.size() < options_.max_streams) {
    streams_.emplace(stream.id, labels);
  } else {
    label_overflow_.Increment();
  }
}

void MediaMetrics::take(const model::StreamSample& sample) {
  round_over_ = true;
  const auto found = streams_.find(sample.stream);
  const StreamLabels labels = found == streams_.end() ? StreamLabels{} : found->second;
  if (labels.relay_leg) return;
  const model::StreamFigures& figures = sample.interval;
  MediaSeries& series = series_of(labels);
  count(series.packets, figures.packets);
  count(series.bytes, figures.bytes);
  count(series.expected, figures.expected);
  count(series.received, received(figures));
  if (figures.expected != 0) {
    const double lost = static_cast<double>(std::max<std::int64_t>(figures.lost, 0));
    series.loss.Observe(lost / static_cast<double>(figures.expected));
  }
  if (sample.jitter_ms) series.jitter.Observe(*sample.jitter_ms / 1000);
  const auto conference = conferences_.find(labels.conference);
  if (conference == conferences_.end()) return;
  count(conference->second.bytes, figures.bytes);
  const std::string_view kind = labels.kind;
  if (kind == "rtx" || kind == "fec") return;
  count(conference->second.expected, figures.expected);
  count(conference->second.received, received(figures));
}

MediaMetrics::MediaSeries& MediaMetrics::series_of(const StreamLabels& labels) {
  const std::pair<std::string, std::string> key{labels.kind, labels.direction};
  const auto found = series_.find(key);
  if (found != series_.end()) return found->second;
  const prometheus::Labels names{
      {"host", options_.host}, {"kind", labels.kind}, {"direction", labels.direction}};
  return series_
      .emplace(key,
               MediaSeries{packets_.Add(names), bytes_.Add(names), expected_.Add(names), received_.Add(names),
                           loss_.Add(names, kLossRatios), jitter_.Add(names, kJitterSeconds)})
      .first->second;
}

}  // namespace rtcscope::export_prometheus
