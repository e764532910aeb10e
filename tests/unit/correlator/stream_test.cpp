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
  /// One report block about what the server sends.
  static flows::RemoteReport told(std::uint16_t highest_sequence) {
    flows::RemoteReport told;
    told.flow = FlowId{1};
    told.ssrc = 999;
    told.media_sender = flows::Side::kB;
    told.reports = 1;
    told.highest_sequence = highest_sequence;
    return told;
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

// Janus does not tell to whom a subscription was switched. Its Admin API does when it is asked again, and the
// packets do when they are paired.
TEST_F(StreamTest, ASwitchedSubscriptionIsWhoseThePacketsAre) {
  take_all(joined(alice, 0s, "1234", "a", "alice"), joined(bob, 0s, "1234", "b", "bob"));
  connect(alice);
  take(report(8, 1, kSsrc, 0s));
  const Peer subscriber{"11", "109"};
  take_all(subscriber.says(
               0s, feeds::RoomSubscribed{"videoroom", "1234", "", {{"0", "audio", "opus", "b", "bob", "0"}}}),
           subscriber.describes(0s, kServer, "srv2", ""), subscriber.describes(0s, kClient, "cli2", ""),
           flow(2, 0s, "srv2", "cli2", 41'002));
  flows::StreamReport sent = report(7, 2, 999, 0s, flows::Side::kB);
  const auto source = [&] {
    take(sent);
    correlator.advance(sent.end + 10s);
    sent.end += 20s;
    const ParticipantId id = sink.streams.at(StreamId{7}).source_participant;
    return id.valid() ? sink.participants.at(id).display : "";
  };
  EXPECT_EQ(source(), "bob");
  take(subscriber.says(10s, feeds::RoomSwitched{"videoroom", "1234", {}}));
  EXPECT_EQ(source(), "");
  sent.relay.source = StreamId{8};
  EXPECT_EQ(source(), "alice");
  take(subscriber.says(20s, feeds::RoomSwitched{"videoroom", "1234", {{"0", "", "", "b", "bob", ""}}}));
  EXPECT_EQ(source(), "bob");
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

// Sequence numbers wrap between the first second and the report; its receiver is never heard again.
TEST_F(StreamTest, WhatWasSentAfterTheLastReportIsInNoLoss) {
  connect(alice);
  flows::StreamReport second = report(7, 1, 999, 0s, flows::Side::kB);
  const auto pass = [&](std::uint64_t packets, std::int64_t lost) {
    second.interval.expected = packets;
    second.interval.lost = lost;
    second.total.expected += packets;
    second.total.lost += lost;
    second.highest_sequence = static_cast<std::uint16_t>(second.highest_sequence + packets);
    second.start = second.end;
    second.end += 1s;
    take(second);
  };
  second.total = {};
  second.highest_sequence = 65'499;
  pass(50, 0);
  EXPECT_FALSE(stream().loss_split.unreported_packets);

  flows::RemoteReport remote = told(38);
  remote.lost = 3;
  correlator.on_remote_report(remote);
  EXPECT_EQ(stream().loss_split.unreported_packets, 0U)
      << "it reaches further than what the tap has reported";
  EXPECT_EQ(stream().loss_split.lost_after_tap, 3);

  pass(50, 2);
  EXPECT_EQ(stream().loss_split.unreported_packets, 25U);
  EXPECT_EQ(stream().loss_split.lost_after_tap, 2) << "one of the second's two lies before the report's end";

  for (int i = 0; i < 60; ++i) pass(50, 1);
  remote.nack_count = 1;
  correlator.on_remote_report(remote);
  EXPECT_EQ(stream().loss_split.unreported_packets, 3025U);
  EXPECT_EQ(stream().loss_split.lost_after_tap, 2);
  EXPECT_EQ(stream().voice.voice_loss_ratio, 3.0 / 75);
}

TEST_F(StreamTest, AReportThatCameBeforeTheTapsOwnCounts) {
  connect(alice);
  correlator.on_remote_report(told(90));
  flows::StreamReport first = report(7, 1, 999, 0s, flows::Side::kB);
  first.highest_sequence = 100;
  take(first);
  EXPECT_EQ(stream().loss_split.unreported_packets, 10U);
}

TEST_F(StreamTest, RedIsNamedWithWhatItsBlocksHold) {
  feeds::Fact offer = alice.describes(0s, kClient, "cli1", "", kSsrc);
  sdp::Media& audio = std::get<feeds::Description>(offer.body).sdp.media[0];
  audio.rtpmaps[63] = {"red", 48000, 2};
  audio.fmtps[63] = "111/111";
  take_all(offer, alice.describes(0s, kServer, "srv1", ""), flow(1, 0s, "srv1", "cli1"));
  flows::StreamReport r = report(7, 1, kSsrc, 0s);
  r.payload_type = 63;
  take(r);
  EXPECT_EQ(stream().codec, "red");
  EXPECT_EQ(stream().redundancy.red_codec, "opus");
  EXPECT_FALSE(stream().voice.mos_lq) << "a lost packet is in the next one, too";
}

TEST_F(StreamTest, RedOfBrowsersIsKnownWithoutSdp) {
  take(flow(1, 0s, "srv1", "cli1"));
  flows::StreamReport r = report(7, 1, kSsrc, 0s);
  r.payload_type = 63;
  r.typing.kind = flows::MediaKind::kAudio;
  r.typing.clock_rate_hz = 48'000;
  take(r);
  EXPECT_EQ(stream().codec, "red");
  EXPECT_EQ(stream().redundancy.red_codec, "");
}

TEST_F(StreamTest, FecNamesWhatItProtectsAndIsNoRetransmission) {
  feeds::Fact offer = alice.describes(0s, kClient, "cli1", "", kSsrc);
  sdp::Media& video = std::get<feeds::Description>(offer.body).sdp.media[0];
  video.kind = "video";
  video.rtpmaps[35] = {"flexfec-03", 90000, 1};
  video.ssrcs[4343] = {};
  video.ssrc_groups.push_back({"FEC-FR", {kSsrc, 4343}});
  take_all(offer, alice.describes(0s, kServer, "srv1", ""), flow(1, 0s, "srv1", "cli1"));
  flows::StreamReport r = report(7, 1, 4343, 0s);
  r.payload_type = 35;
  r.total.frames = 20;
  take(r);
  EXPECT_EQ(stream().codec, "flexfec-03");
  EXPECT_EQ(stream().redundancy.fec_of_ssrc, kSsrc);
  EXPECT_FALSE(stream().rtx_of_ssrc);
  EXPECT_FALSE(stream().video.stalls) << "FEC has no frames";
  EXPECT_TRUE(is_repair(stream()));
}

TEST_F(StreamTest, KeyFramesAreAbsentUnlessSomethingShowsThem) {
  connect(alice);
  take(report(7, 1, kSsrc, 0s));
  EXPECT_FALSE(stream().key_frames.key_frames);
  flows::StreamReport r = report(7, 1, kSsrc, 1s);
  r.typing.kind = flows::MediaKind::kVideo;
  r.ssrc = 99;
  r.stream = {8};
  r.payload_type = 96;
  take(r);
  EXPECT_FALSE(stream(8).key_frames_ambiguous);
  r.key_frames.ambiguous = true;
  take(r);
  EXPECT_TRUE(stream(8).key_frames_ambiguous);
  EXPECT_FALSE(stream(8).key_frames.key_frames);
  r.key_frames = {flows::KeyFrameSign::kOrientation, false, 3, 1, Duration{20ms}, Duration{20ms}};
  take(r);
  EXPECT_EQ(stream(8).key_frames.key_frames, 3U);
  EXPECT_EQ(stream(8).key_frames.key_frames_source, "video_orientation");
  EXPECT_FALSE(stream(8).key_frames.key_frame_waits) << "no RTCP: nobody knows who asked";
}

// The same packets between client and relay, and between relay and media server.
TEST_F(StreamTest, OneLegOfARelayedPathIsInSums) {
  const Endpoint relay = testing::endpoint("198.18.0.1", 49500);
  const auto leg = [&](std::uint64_t id, bool inner) {
    flows::FlowSnapshot f = flow(id, 0s, "srv1", "cli1");
    f.turn_client = {9};
    const Endpoint server = f.key.b;
    if (inner) {
      f.key.b = testing::endpoint("198.18.0.1", 3478);
      f.key.encapsulation = flows::Encapsulation::kTurn;
      f.key.relayed_peer = server;
    } else {
      f.key.a = relay;
      f.rtp_packets.packets[0] = 50;
    }
    return f;
  };
  take_all(alice.describes(0s, kClient, "cli1", "", kSsrc), alice.describes(0s, kServer, "srv1", ""));
  take_all(leg(1, true), report(7, 1, kSsrc, 0s));
  EXPECT_FALSE(stream(7).relay_leg) << "the other leg is not seen: this one counts";
  take_all(leg(2, false), report(8, 2, kSsrc, 0s), report(7, 1, kSsrc, 1s));
  EXPECT_TRUE(stream(7).relay_leg);
  EXPECT_FALSE(stream(8).relay_leg);
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

class ToldEveryTenSeconds : public ::testing::Test {
 protected:
  static CorrelatorOptions options(std::size_t max_flows) {
    CorrelatorOptions options;
    options.tell_every = 10s;
    options.max_flows = max_flows;
    return options;
  }
  void second(Correlator& correlator, int i) {
    correlator.on_flow(flow(1, 0s, "", ""));
    correlator.on_stream_report(report(7, 1, 0x1111, std::chrono::seconds(i)));
    correlator.advance(kStart + std::chrono::seconds(i + 1));
  }

  Recorder changes;
};

TEST_F(ToldEveryTenSeconds, StatesAndSamplesWait) {
  Correlator correlator({"host"}, options(10), 1, changes);
  for (int i = 0; i < 10; ++i) second(correlator, i);
  ASSERT_EQ(changes.streams.size(), 1U) << "the first time they were due";
  EXPECT_EQ(changes.streams.at({7}).last_packet, kStart + 1s);
  EXPECT_TRUE(changes.samples.empty());
  second(correlator, 10);
  EXPECT_EQ(changes.streams.at({7}).last_packet, kStart + 11s);
  EXPECT_EQ(changes.samples.size(), 11U) << "no second is lost";
  second(correlator, 11);
  correlator.finish(kStart + 12s);
  EXPECT_EQ(changes.streams.at({7}).last_packet, kStart + 12s);
  EXPECT_EQ(changes.samples.size(), 12U);
}

TEST_F(ToldEveryTenSeconds, WhatIsEvictedIsToldBefore) {
  Correlator correlator({"host"}, options(1), 1, changes);
  for (int i = 0; i < 3; ++i) second(correlator, i);
  correlator.on_flow(flow(2, 4s, "", ""));
  correlator.advance(kStart + 5s);
  EXPECT_EQ(correlator.counts().streams_evicted, 1U);
  EXPECT_EQ(changes.streams.at({7}).last_packet, kStart + 3s);
  EXPECT_EQ(changes.samples.size(), 3U);
}

TEST_F(StreamTest, EvictedFlowsWereTold) {
  CorrelatorOptions options;
  options.max_flows = 4;
  Recorder changes;
  Correlator small({"host"}, options, 1, changes);
  for (std::uint64_t i = 1; i <= 10; ++i) small.on_flow(flow(i, std::chrono::seconds(i), "", ""));
  small.advance(kStart + 1min);
  EXPECT_EQ(changes.flows.size(), 10U);
  EXPECT_EQ(small.snapshot().flows.size(), 4U);
  EXPECT_EQ(small.counts().flows_evicted, 6U);
}

TEST_F(StreamTest, SamplesThatWaitAreToldWhenTheirStreamIsEvicted) {
  CorrelatorOptions options;
  options.max_flows = 1;
  Recorder changes;
  Correlator small({"host"}, options, 1, changes);
  small.on_flow(flow(1, 0s, "", ""));
  small.on_stream_report(report(7, 1, kSsrc, 0s));
  small.advance(kStart + 1s);
  EXPECT_TRUE(changes.samples.empty()) << "its clock may yet be named";
  small.on_flow(flow(2, 1s, "", ""));
  small.advance(kStart + 2s);
  EXPECT_EQ(changes.samples.size(), 1U);
  EXPECT_EQ(small.counts().streams_evicted, 1U);
}

}  // namespace
}  // namespace rtcscope::correlator
