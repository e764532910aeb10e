// Streams and samples: direction, format, source, figures and what waits for a name.

#include <gtest/gtest.h>

#include "tests/unit/correlator/scene.hpp"

namespace rtcscope::correlator {
namespace {

class StreamTest : public Scene {
 protected:
  static constexpr std::uint32_t kSsrc = 4242;

  void connect(const Peer& peer) {
    take_all(peer.describes(0s, kClient, "cli1", "", kSsrc), peer.describes(0s, kServer, "srv1", ""));
    take(flow(1, 0s, "srv1", "cli1"));
  }
  const model::Stream& stream(std::uint64_t id = 7) {
    correlator.advance(kStart + 1h);
    return sink.streams.at(StreamId{id});
  }
};

TEST_F(StreamTest, SdpGivesCodecClockAndJitter) {
  connect(alice);
  take(report(7, 1, kSsrc, 0s));
  EXPECT_EQ(stream().codec, "opus");
  EXPECT_EQ(stream().kind, "audio");
  EXPECT_EQ(stream().mid, "0");
  EXPECT_EQ(stream().clock_rate_hz, 48000U);
  EXPECT_EQ(stream().clock_rate_source, "sdp");
  EXPECT_EQ(stream().jitter_ms, 4.0);
  EXPECT_EQ(stream().jitter_max_ms, 6.0);
  EXPECT_EQ(stream().direction, "uplink");
}

TEST_F(StreamTest, WithoutAClockThereIsNoJitter) {
  take(flow(1, 0s, "srv1", "cli1"));
  take(report(7, 1, kSsrc, 0s));
  EXPECT_FALSE(stream().jitter_ms);
  EXPECT_EQ(stream().direction, "unknown");
  EXPECT_EQ(stream().kind, "unknown");
}

TEST_F(StreamTest, TheClockThatTimestampsShowIsUsedUntilTheSdpComes) {
  take(flow(1, 0s, "srv1", "cli1"));
  flows::StreamReport r = report(7, 1, kSsrc, 0s);
  r.typing.clock_rate_hz = 90000;
  r.typing.clock_by = flows::KnownBy::kSlope;
  take(r);
  EXPECT_EQ(stream().clock_rate_source, "slope");
  EXPECT_EQ(stream().jitter_ms, 9.0);
  connect(alice);
  EXPECT_EQ(stream().clock_rate_source, "sdp");
  EXPECT_EQ(stream().jitter_ms, 4.0);
}

TEST_F(StreamTest, SamplesWaitForTheClockThatALateDescriptionNames) {
  take(flow(1, 0s, "srv1", "cli1"));
  take(report(7, 1, kSsrc, 0s));
  correlator.advance(kStart + 1s);
  EXPECT_TRUE(sink.samples.empty());
  connect(alice);
  correlator.advance(kStart + 2s);
  ASSERT_EQ(sink.samples.size(), 1U);
  EXPECT_EQ(sink.samples[0].jitter_ms, 4.0);
  EXPECT_EQ(sink.samples[0].bitrate_bps, 40000.0);
}

TEST_F(StreamTest, SamplesDoNotWaitForEver) {
  take(flow(1, 0s, "srv1", "cli1"));
  for (int i = 0; i < 5; ++i) take(report(7, 1, kSsrc, std::chrono::seconds(i)));
  correlator.advance(kStart + 5s);
  ASSERT_EQ(sink.samples.size(), 5U);
  EXPECT_FALSE(sink.samples[0].jitter_ms);
}

TEST_F(StreamTest, WhatASubscriberIsSentIsThePublishersMedium) {
  take_all(joined(alice, 0s, "1234", "a", "alice"), joined(bob, 0s, "1234", "b", "bob"));
  const Peer subscriber{"11", "102"};
  take(subscriber.says(
      0s, feeds::RoomSubscribed{"videoroom", "1234", "", {{"0", "audio", "opus", "b", "bob", "0"}}}));
  connect(subscriber);
  take(report(7, 1, 999, 0s, flows::Side::kB));
  EXPECT_EQ(stream().direction, "downlink");
  EXPECT_EQ(sink.participants.at(stream().participant).display, "alice");
  EXPECT_EQ(sink.participants.at(stream().source_participant).display, "bob");
}

TEST_F(StreamTest, OneSubscriptionToTwoFeedsNamesTheSourceByMidOnly) {
  take_all(joined(alice, 0s, "1234", "a", "alice"), joined(bob, 0s, "1234", "b", "bob"));
  const Peer subscriber{"33", "303"};
  take(subscriber.says(0s, feeds::RoomSubscribed{"videoroom",
                                                 "1234",
                                                 "",
                                                 {{"0", "audio", "opus", "b", "bob", "0"},
                                                  {"1", "audio", "opus", "a", "alice", "0"}}}));
  connect(subscriber);
  take(report(7, 1, 999, 0s, flows::Side::kB));
  EXPECT_FALSE(stream().source_participant.valid());  // no mid, two feeds: not known is better than wrong
}

TEST_F(StreamTest, RecentFiguresCoverTheLastTenSeconds) {
  connect(alice);
  for (int i = 0; i < 30; ++i) {
    flows::StreamReport r = report(7, 1, kSsrc, std::chrono::seconds(i));
    r.interval.lost = i < 20 ? 25 : 0;
    take(r);
  }
  EXPECT_EQ(stream().recent_loss_ratio, 0.0);
  EXPECT_EQ(stream().recent_bitrate_bps, 40000.0);
}

TEST_F(StreamTest, EventsOfPacketsWaitForTheirNames) {
  take(flow(1, 0s, "srv1", "cli1"));
  correlator.on_flow_event({kStart, FlowId{1}, {}, flows::FlowEventKind::kDtlsConnected, flows::Side::kA, 0});
  correlator.advance(kStart + 1s);
  EXPECT_EQ(sink.event("dtls_connected"), nullptr);
  take(joined(alice, 0s, "1234", "a", "alice"));
  connect(alice);
  correlator.advance(kStart + 2s);
  ASSERT_NE(sink.event("dtls_connected"), nullptr);
  EXPECT_EQ(sink.participants.at(sink.event("dtls_connected")->participant).display, "alice");
}

TEST_F(StreamTest, EventsThatNobodyNamesComeAfterFiveSeconds) {
  take(flow(1, 0s, "srv1", "cli1"));
  correlator.on_flow_event({kStart, FlowId{1}, {}, flows::FlowEventKind::kDtlsConnected, flows::Side::kA, 0});
  correlator.advance(kStart + 5s);
  ASSERT_NE(sink.event("dtls_connected"), nullptr);
  EXPECT_FALSE(sink.event("dtls_connected")->participant.valid());
}

TEST_F(StreamTest, EvictedFlowsAreToldOnceMore) {
  CorrelatorOptions options;
  options.max_flows = 4;
  Recorder changes;
  Correlator small({"host"}, options, changes);
  for (std::uint64_t i = 1; i <= 10; ++i) small.on_flow(flow(i, std::chrono::seconds(i), "", ""));
  small.advance(kStart + 1min);
  EXPECT_EQ(changes.flows.size(), 10U);
  EXPECT_EQ(small.snapshot().flows.size(), 4U);
  EXPECT_EQ(small.counts().flows_evicted, 6U);
}

}  // namespace
}  // namespace rtcscope::correlator
