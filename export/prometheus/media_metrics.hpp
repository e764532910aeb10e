#pragma once
// What the network did, summed for Prometheus: by kind and direction, and for a bounded number of live
// conferences. No room, user, address or SSRC becomes a label: those are the API's.

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/metric_family.h>
#include <prometheus/registry.h>

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "correlator/model.hpp"

namespace rtcscope::export_prometheus {

struct MediaMetricsOptions {
  std::string host;  // value of the label `host`
  /// Live conferences that have series of their own; those beyond have none and are counted in
  /// rtcscope_label_overflow_total. 0: no series by conference.
  std::size_t max_conferences = 100;
  /// Live streams whose labels are remembered; samples of those beyond go to kind and direction "unknown".
  std::size_t max_streams = 200'000;
};

/// The figures behind the series are those of docs/metrics.md. One thread hands it changes, any thread
/// collects.
class MediaMetrics : public model::ChangeSink {
 public:
  explicit MediaMetrics(MediaMetricsOptions options);

  void on_change(const model::Change& change) override;

  /// Every series as of now.
  [[nodiscard]] std::vector<prometheus::MetricFamily> collect() const { return registry_.Collect(); }

 private:
  /// What one kind of media did in one direction.
  struct MediaSeries {
    prometheus::Counter& packets;
    prometheus::Counter& bytes;
    prometheus::Counter& expected;
    prometheus::Counter& received;
    prometheus::Histogram& loss;
    prometheus::Histogram& jitter;
  };
  struct ConferenceSeries {
    prometheus::Gauge& participants;
    prometheus::Counter& bytes;
    prometheus::Counter& expected;
    prometheus::Counter& received;
    std::set<SessionId> present;
  };
  /// Sessions of one conference that are told apart: far more than any room holds.
  static constexpr std::size_t kMaxPresent = 10'000;
  struct StreamLabels {
    const char* kind = "unknown";
    const char* direction = "unknown";
    ConferenceId conference;
    bool relay_leg = false;
  };

  void take(const model::Conference& conference);
  void take(const model::Session& session);
  void take(const model::Stream& stream);
  void take(const model::StreamSample& sample);
  template <class Other>
  void take(const Other& /*not counted*/) {}

  void open(ConferenceId id);
  void close(ConferenceId id);
  MediaSeries& series_of(const StreamLabels& labels);

  MediaMetricsOptions options_;
  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& packets_;
  prometheus::Family<prometheus::Counter>& bytes_;
  prometheus::Family<prometheus::Counter>& expected_;
  prometheus::Family<prometheus::Counter>& received_;
  prometheus::Family<prometheus::Histogram>& loss_;
  prometheus::Family<prometheus::Histogram>& jitter_;
  prometheus::Family<prometheus::Gauge>& conference_participants_;
  prometheus::Family<prometheus::Counter>& conference_bytes_;
  prometheus::Family<prometheus::Counter>& conference_expected_;
  prometheus::Family<prometheus::Counter>& conference_received_;
  prometheus::Counter& label_overflow_;
  std::unordered_map<StreamId, StreamLabels> streams_;
  /// The last samples of a stream follow its end, behind all streams of the same round.
  std::vector<StreamId> ended_;
  bool round_over_ = false;
  std::map<std::pair<std::string, std::string>, MediaSeries> series_;  // by kind, direction
  std::map<ConferenceId, ConferenceSeries> conferences_;
};

}  // namespace rtcscope::export_prometheus
