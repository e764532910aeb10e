#include "export/prometheus/media_metrics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace rtcscope::export_prometheus {
namespace {

using Labels = std::map<std::string, std::string>;

const prometheus::ClientMetric* find(const std::vector<prometheus::MetricFamily>& families,
                                     const std::string& name, const Labels& labels) {
  for (const auto& family : families) {
    if (family.name != name) continue;
    for (const auto& metric : family.metric) {
      Labels found;
      for (const auto& label : metric.label) found[label.name] = label.value;
      if (found == labels) return &metric;
    }
  }
  return nullptr;
}

double counter(const MediaMetrics& metrics, const std::string& name, const Labels& labels) {
  const auto families = metrics.collect();
  const auto* metric = find(families, name, labels);
  return metric == nullptr ? -1 : metric->counter.value;
}

double gauge(const MediaMetrics& metrics, const std::string& name, const Labels& labels) {
  const auto families = metrics.collect();
  const auto* metric = find(families, name, labels);
  return metric == nullptr ? -1 : metric->gauge.value;
}

model::Stream stream(std::uint64_t id, const char* kind, const char* direction) {
  model::Stream s;
  s.id = StreamId{id};
  s.kind = kind;
  s.direction = direction;
  return s;
}

model::StreamSample sample(std::uint64_t id, std::uint64_t expected, std::int64_t lost) {
  model::StreamSample s;
  s.stream = StreamId{id};
  s.interval.expected = expected;
  s.interval.lost = lost;
  s.interval.packets = expected - static_cast<std::uint64_t>(std::max<std::int64_t>(lost, 0));
  s.interval.bytes = s.interval.packets * 100;
  return s;
}

model::Conference conference(std::uint64_t id) {
  model::Conference c;
  c.id = ConferenceId{id};
  return c;
}

const Labels kVideoUp{{"host", "media1"}, {"kind", "video"}, {"direction", "uplink"}};

TEST(MediaMetrics, SamplesAreSummedByKindAndDirection) {
  MediaMetrics metrics({.host = "media1"});
  metrics.on_change(stream(1, "video", "uplink"));
  metrics.on_change(stream(2, "video", "uplink"));
  metrics.on_change(stream(3, "audio", "downlink"));
  metrics.on_change(sample(1, 100, 3));
  metrics.on_change(sample(2, 50, 0));
  metrics.on_change(sample(3, 50, 0));
  EXPECT_EQ(counter(metrics, "rtcscope_rtp_packets_expected_total", kVideoUp), 150);
  EXPECT_EQ(counter(metrics, "rtcscope_rtp_packets_received_total", kVideoUp), 147);
  EXPECT_EQ(counter(metrics, "rtcscope_rtp_bytes_total", kVideoUp), 14'700);
}

TEST(MediaMetrics, LateArrivalsRaiseWhatWasReceived) {
  MediaMetrics metrics({.host = "media1"});
  metrics.on_change(stream(1, "video", "uplink"));
  metrics.on_change(sample(1, 100, 3));
  metrics.on_change(sample(1, 100, -3));
  EXPECT_EQ(counter(metrics, "rtcscope_rtp_packets_received_total", kVideoUp), 200);
}

TEST(MediaMetrics, RetransmissionsAreAKindOfTheirOwn) {
  MediaMetrics metrics({.host = "media1"});
  model::Stream rtx = stream(1, "video", "uplink");
  rtx.rtx_of_ssrc = 7;
  metrics.on_change(rtx);
  metrics.on_change(sample(1, 10, 5));
  EXPECT_EQ(counter(metrics, "rtcscope_rtp_packets_expected_total", kVideoUp), -1);
  const Labels kRtx{{"host", "media1"}, {"kind", "rtx"}, {"direction", "uplink"}};
  EXPECT_EQ(counter(metrics, "rtcscope_rtp_packets_expected_total", kRtx), 10);
}

TEST(MediaMetrics, FecIsAKindOfItsOwn) {
  MediaMetrics metrics({.host = "media1"});
  model::Stream fec = stream(1, "video", "uplink");
  fec.codec = "flexfec-03";
  metrics.on_change(fec);
  metrics.on_change(sample(1, 10, 5));
  EXPECT_EQ(counter(metrics, "rtcscope_rtp_packets_expected_total", kVideoUp), -1);
  const Labels kFec{{"host", "media1"}, {"kind", "fec"}, {"direction", "uplink"}};
  EXPECT_EQ(counter(metrics, "rtcscope_rtp_packets_expected_total", kFec), 10);
}

TEST(MediaMetrics, OfTwoLegsOfARelayedPathOneCounts) {
  MediaMetrics metrics({.host = "media1"});
  model::Stream inside = stream(1, "video", "uplink");
  inside.relay_leg = true;
  metrics.on_change(inside);
  metrics.on_change(stream(2, "video", "uplink"));
  metrics.on_change(sample(1, 10, 0));
  metrics.on_change(sample(2, 10, 0));
  EXPECT_EQ(counter(metrics, "rtcscope_rtp_packets_expected_total", kVideoUp), 10);
}

TEST(MediaMetrics, TheLastSampleOfAStreamKeepsItsLabels) {
  MediaMetrics metrics({.host = "media1"});
  model::Stream last = stream(1, "video", "uplink");
  last.ended = true;
  metrics.on_change(last);
  metrics.on_change(sample(1, 10, 0));
  EXPECT_EQ(counter(metrics, "rtcscope_rtp_packets_expected_total", kVideoUp), 10);
}

TEST(MediaMetrics, LossIsAHistogramOfIntervals) {
  MediaMetrics metrics({.host = "media1"});
  metrics.on_change(stream(1, "video", "uplink"));
  metrics.on_change(sample(1, 100, 0));
  metrics.on_change(sample(1, 100, 3));
  metrics.on_change(sample(1, 0, 0));  // nothing expected: no ratio
  const auto families = metrics.collect();
  const auto* loss = find(families, "rtcscope_stream_loss_ratio", kVideoUp);
  ASSERT_NE(loss, nullptr);
  EXPECT_EQ(loss->histogram.sample_count, 2U);
  const auto bucket = [&](double bound) {
    return std::find_if(loss->histogram.bucket.begin(), loss->histogram.bucket.end(),
                        [&](const auto& b) { return b.upper_bound == bound; })
        ->cumulative_count;
  };
  EXPECT_EQ(bucket(0), 1U);
  EXPECT_EQ(bucket(0.02), 1U);
  EXPECT_EQ(bucket(0.05), 2U);
}

TEST(MediaMetrics, AConferenceHasSeriesWhileItLives) {
  MediaMetrics metrics({.host = "media1"});
  const Labels kRoom{{"host", "media1"}, {"conference", "0000000000000005"}};
  metrics.on_change(conference(5));
  model::Session session;
  session.id = SessionId{1};
  session.conference = ConferenceId{5};
  metrics.on_change(session);
  metrics.on_change(session);
  EXPECT_EQ(gauge(metrics, "rtcscope_conference_participants", kRoom), 1);
  model::Stream in_room = stream(1, "video", "uplink");
  in_room.conference = ConferenceId{5};
  metrics.on_change(in_room);
  metrics.on_change(sample(1, 100, 10));
  EXPECT_EQ(counter(metrics, "rtcscope_conference_packets_received_total", kRoom), 90);
  session.left = model::Ending{};
  metrics.on_change(session);
  EXPECT_EQ(gauge(metrics, "rtcscope_conference_participants", kRoom), 0);
  model::Conference over = conference(5);
  over.ended = model::Ending{};
  metrics.on_change(over);
  EXPECT_EQ(gauge(metrics, "rtcscope_conference_participants", kRoom), -1);
}

TEST(MediaMetrics, ConferencesOverTheBoundAreCountedNotShown) {
  MediaMetrics metrics({.host = "media1", .max_conferences = 2});
  for (std::uint64_t id = 1; id <= 5; ++id) metrics.on_change(conference(id));
  EXPECT_EQ(counter(metrics, "rtcscope_label_overflow_total", {{"host", "media1"}}), 3);
  EXPECT_EQ(gauge(metrics, "rtcscope_conference_participants",
                  {{"host", "media1"}, {"conference", "0000000000000002"}}),
            0);
  EXPECT_EQ(gauge(metrics, "rtcscope_conference_participants",
                  {{"host", "media1"}, {"conference", "0000000000000003"}}),
            -1);
}

}  // namespace
}  // namespace rtcscope::export_prometheus
