// correlator/issues: what begins, ends and does not flap, from flows and facts made by hand.

#include <gtest/gtest.h>

#include <cstdio>

#include "correlator/voice_quality.hpp"
#include "tests/unit/correlator/scene.hpp"

namespace rtcscope::correlator {
namespace {

class IssueTest : public Scene {
 protected:
  /// A connection that came up, with one audio stream of alice.
  void connect() {
    take_all(joined(alice, 0s, "1234", "a", "alice"), alice.describes(0s, kServer, "srv", "", 0),
             alice.describes(0s, kClient, "cli", "", 77));
  }
  /// Connected, by the feed and by packets, for so long.
  void run_well(int seconds) {
    connect();
    take_all(alice.says(1s, feeds::IceStateChanged{"ready"}), alice.says(1s, feeds::PeerConnectionUp{}));
    for (int s = 1; s <= seconds; ++s) second(s, 0);
  }
  /// A second of the call: `lost` of 200 packets are missing, `from_client` others came.
  void second(int at, std::int64_t lost, bool client_lives = true) {
    flows::FlowSnapshot f = flow(1, 0s, "srv", "cli");
    f.last_packet = kStart + std::chrono::seconds{at};
    f.dtls.connected = kStart;
    if (client_lives) heard_ += 200;
    f.rtp_packets.packets = {heard_, 10};
    take(f);
    if (client_lives) {
      flows::StreamReport r = report(5, 1, 77, std::chrono::seconds{at - 1});
      r.interval.expected = 200;
      r.interval.lost = lost;
      r.interval.packets = static_cast<std::uint64_t>(200 - lost);
      lost_ += lost;
      expected_ += 200;
      r.total.lost = lost_;
      r.total.expected = expected_;
      r.voice = voice_;
      take(r);
    }
    correlator.advance(kStart + std::chrono::seconds{at});
  }
  /// A second of an audio stream that the server sends to alice.
  /// The same, and the server's video as the client shows it.
  void shown(int at, const flows::PlayoutFigures& playout) {
    flows::StreamReport r = from_server(at, 88);
    r.payload_type = 96;
    r.typing.kind = flows::MediaKind::kVideo;
    r.typing.kind_by = flows::KnownBy::kTimestampStep;
    r.playout = playout;
    take(r);
    second(at, 0);
  }
  static flows::StreamReport from_server(int at, std::uint32_t ssrc) {
    return report(6, 1, ssrc, std::chrono::seconds{at - 1}, flows::Side::kB);
  }
  const model::Issue* issue(const std::string& kind) const {
    const model::Issue* found = nullptr;
    for (const auto& [id, one] : sink.issues) {
      if (one.kind == kind) found = &one;
    }
    return found;
  }
  std::size_t count(const std::string& kind) const {
    std::size_t n = 0;
    for (const auto& [id, one] : sink.issues) n += one.kind == kind ? 1 : 0;
    return n;
  }

  std::uint64_t heard_ = 0;
  std::int64_t lost_ = 0;
  std::uint64_t expected_ = 0;
  std::optional<flows::VoiceFigures> voice_;  // of the audio stream so far
};

TEST_F(IssueTest, ACleanCallHasNone) {
  connect();
  for (int s = 1; s <= 120; ++s) second(s, s % 10 == 0 ? 1 : 0);
  take_all(alice.says(120s, feeds::PeerConnectionDown{"Close PC"}), left(120s, "1234", "a"));
  correlator.advance(kStart + 121s);
  correlator.finish(kStart + 122s);
  EXPECT_TRUE(sink.issues.empty()) << sink.issues.begin()->second.text;
}

TEST_F(IssueTest, LossBeginsIsMeasuredOverItsWholeTimeAndEnds) {
  connect();
  for (int s = 1; s <= 20; ++s) second(s, 0);
  for (int s = 21; s <= 60; ++s) second(s, 10);
  ASSERT_TRUE(issue("high_loss"));
  EXPECT_FALSE(issue("high_loss")->ended_at);
  EXPECT_EQ(sink.participants.at(issue("high_loss")->participant).display, "alice");
  for (int s = 61; s <= 100; ++s) second(s, 0);
  ASSERT_EQ(count("high_loss"), 1U);
  const model::Issue& loss = *issue("high_loss");
  ASSERT_TRUE(loss.ended_at);
  EXPECT_NEAR(to_milliseconds(loss.started_at - kStart), 23e3, 3e3);
  EXPECT_NEAR(to_milliseconds(*loss.ended_at - kStart), 69e3, 4e3);
  EXPECT_EQ(loss.severity, "warning");
  // 5 % for 40 s, with the seconds before and behind that the window of 10 s reaches over.
  double percent = 0;
  int seconds = 0;
  ASSERT_EQ(std::sscanf(loss.text.c_str(), "alice's uplink lost %lf %% for %d s", &percent, &seconds), 2);
  EXPECT_NEAR(percent, 4.2, 0.8);
  EXPECT_NEAR(seconds, 44, 6);
  EXPECT_FALSE(loss.evidence.empty());
}

TEST_F(IssueTest, LossAboutTheThresholdDoesNotFlap) {
  connect();
  for (int s = 1; s <= 300; ++s) second(s, s % 4 == 0 ? 7 : 3);
  EXPECT_LE(count("high_loss"), 1U);
}

TEST_F(IssueTest, LossOfOurOwnCaptureIsNotTheNetworks) {
  connect();
  for (int s = 1; s <= 30; ++s) {
    flows::StreamReport r = report(5, 1, 77, std::chrono::seconds{s - 1});
    r.interval.expected = 200;
    r.interval.lost = 50;
    r.total.lost = 50 * s;
    r.total.expected = 200U * static_cast<unsigned>(s);
    r.capture_drops = 50;
    flows::FlowSnapshot f = flow(1, 0s, "srv", "cli");
    f.last_packet = r.end;
    f.rtp_packets.packets = {200U * static_cast<unsigned>(s), 0};
    take_all(f, r);
    correlator.advance(r.end);
  }
  EXPECT_EQ(count("high_loss"), 0U);
  ASSERT_TRUE(issue("capture_loss"));
  EXPECT_NE(issue("capture_loss")->text.find("our own capture lost"), std::string::npos);
}

TEST_F(IssueTest, AVoiceThatLosesMuchHasALowMosAndOneThatLosesLittleHasNot) {
  connect();
  for (int s = 1; s <= 20; ++s) second(s, 2);
  EXPECT_FALSE(issue("low_mos"));
  for (int s = 21; s <= 60; ++s) second(s, 50);
  ASSERT_TRUE(issue("low_mos"));
  double mean = 0, worst = 0;
  int seconds = 0;
  ASSERT_EQ(std::sscanf(issue("low_mos")->text.c_str(),
                        "alice's voice had a MOS of %lf (at least %lf) for %d s", &mean, &worst, &seconds),
            3)
      << issue("low_mos")->text;
  EXPECT_NEAR(worst, mean_opinion(transmission_rating({.loss_ratio = 0.25})), 0.06);
  EXPECT_GE(mean, worst);
  EXPECT_EQ(issue("low_mos")->stream, StreamId{5});
  for (int s = 61; s <= 100; ++s) second(s, 0);
  EXPECT_TRUE(issue("low_mos")->ended_at);
}

TEST_F(IssueTest, AudioWithoutAnySoundIsToldAfterAMinute) {
  connect();
  voice_.emplace();
  for (int s = 1; s <= 300; ++s) {
    voice_->packets += 50;
    // Sound in the first 20 s, and in one packet of second 60.
    voice_->silent += s <= 20 ? 0U : s == 60 ? 49U : 50U;
    second(s, 0);
    if (s == 115) {
      EXPECT_FALSE(issue("silent_audio")) << "not a minute since the last sound";
    }
  }
  ASSERT_EQ(count("silent_audio"), 1U);
  EXPECT_EQ(issue("silent_audio")->started_at, kStart + 60s);
  EXPECT_EQ(issue("silent_audio")->severity, "info");
  voice_->packets += 50;
  second(301, 0);
  second(302, 0);
  voice_->packets += 50;
  for (int s = 303; s <= 306; ++s) second(s, 0);
  EXPECT_TRUE(issue("silent_audio")->ended_at);
}

TEST_F(IssueTest, VideoThatFreezesAtTheClient) {
  connect();
  flows::PlayoutFigures playout;
  for (int s = 1; s <= 60; ++s) {
    if (s == 30) playout = {0, 2, 2500ms};
    shown(s, playout);
    if (s == 29) {
      EXPECT_FALSE(issue("frozen_video"));
    }
  }
  ASSERT_EQ(count("frozen_video"), 1U);
  EXPECT_EQ(issue("frozen_video")->text, "a video froze 2.5 s of 10 s at alice");
  EXPECT_TRUE(issue("frozen_video")->ended_at);
}

TEST_F(IssueTest, VideoThatStandsStillAtTheClientIsFrozenBeforeItMovesAgain) {
  connect();
  flows::PlayoutFigures playout;
  for (int s = 1; s <= 60; ++s) {
    playout.standstill = s < 20 ? 0s : (s - 19) * 1s;
    shown(s, playout);
    if (s == 25) {
      EXPECT_TRUE(issue("frozen_video"));
    }
  }
  EXPECT_FALSE(issue("frozen_video")->ended_at);
  EXPECT_EQ(issue("frozen_video")->evidence.back().kind, "stands_still");
  playout.standstill = 0s;
  playout.frozen = 42s;
  playout.freezes = 1;
  for (int s = 61; s <= 90; ++s) shown(s, playout);
  ASSERT_EQ(count("frozen_video"), 1U);
  EXPECT_TRUE(issue("frozen_video")->ended_at);
  EXPECT_EQ(issue("frozen_video")->text, "a video froze 42.0 s of 52 s at alice");
}

TEST_F(IssueTest, AStandstillThatWasNoFreezeIsNoIssue) {
  connect();
  for (int s = 1; s <= 60; ++s) shown(s, {0, 0, {}, 0, true, 0, s % 2 == 0 ? 200ms : 0ms});
  EXPECT_EQ(count("frozen_video"), 0U);
}

TEST_F(IssueTest, WhatTheServerLosesIsTheServers) {
  connect();
  for (int s = 1; s <= 60; ++s) {
    flows::StreamReport r = from_server(s, 88);
    r.relay.source = StreamId{9};
    r.relay.server_lost = s < 20 ? 0U : s < 40 ? 5U * static_cast<unsigned>(s - 19) : 100U;
    r.total.expected = 50U * static_cast<unsigned>(s);
    take(r);
    second(s, 0);
  }
  ASSERT_EQ(count("high_loss"), 1U);
  double percent = 0;
  ASSERT_EQ(std::sscanf(issue("high_loss")->text.c_str(),
                        "the media server lost %lf %% of what alice should get", &percent),
            1)
      << issue("high_loss")->text;
  EXPECT_NEAR(percent, 8, 3);
}

TEST_F(IssueTest, SilenceOfAClientIsALostConnectionUntilItEnds) {
  connect();
  for (int s = 1; s <= 10; ++s) second(s, 0);
  for (int s = 11; s <= 25; ++s) second(s, 0, false);
  ASSERT_TRUE(issue("connection_lost"));
  EXPECT_EQ(issue("connection_lost")->started_at, kStart + 10s);
  EXPECT_EQ(issue("connection_lost")->severity, "critical");
  take(alice.says(30s, feeds::HandleDetached{}));
  correlator.advance(kStart + 31s);
  EXPECT_EQ(issue("connection_lost")->ended_at, kStart + 30s);
  EXPECT_EQ(issue("connection_lost")->text, "nothing came on alice's publisher connection for 20 s");
}

TEST_F(IssueTest, APoliteGoodbyeIsNoLostConnection) {
  connect();
  for (int s = 1; s <= 10; ++s) second(s, 0);
  flows::FlowSnapshot f = flow(1, 0s, "srv", "cli");
  f.last_packet = kStart + 10s;
  f.dtls.connected = kStart;
  f.dtls.state = flows::DtlsState::kClosed;
  f.dtls.closed = kStart + 10s;
  f.rtp_packets.packets = {heard_, 10};
  take(f);
  for (int s = 11; s <= 40; ++s) correlator.advance(kStart + std::chrono::seconds{s});
  EXPECT_TRUE(sink.issues.empty());
}

TEST_F(IssueTest, WhatNeverConnectsAndWhatFailed) {
  connect();
  for (int s = 1; s <= 20; ++s) correlator.advance(kStart + std::chrono::seconds{s});
  ASSERT_TRUE(issue("no_connection"));
  EXPECT_EQ(issue("no_connection")->started_at, kStart);
  // Both in one second, as Janus tells it.
  take_all(alice.says(21s, feeds::IceStateChanged{"failed"}),
           alice.says(21s, feeds::PeerConnectionDown{"ICE failed"}));
  correlator.advance(kStart + 22s);
  ASSERT_TRUE(issue("ice_failed"));
  EXPECT_EQ(issue("ice_failed")->text, "ICE failed on alice's publisher connection");
  EXPECT_TRUE(issue("ice_failed")->ended_at);
  EXPECT_TRUE(issue("no_connection")->ended_at);
}

// libnice says so when a client of ICE-TCP closes its connection, and Janus takes the handle down at once.
TEST_F(IssueTest, AClientThatLeavesByTcpDidNotFail) {
  run_well(20);
  take_all(alice.says(20s, feeds::IceStateChanged{"failed"}));
  correlator.advance(kStart + 20s + 500ms);
  take_all(alice.says(21s, feeds::HandleDetached{}));
  correlator.advance(kStart + 30s);
  EXPECT_FALSE(issue("ice_failed"));
}

TEST_F(IssueTest, WhatIsTakenDownDoesNotFail) {
  run_well(20);
  take_all(alice.says(20s, feeds::SessionEnded{"destroyed"}),
           alice.says(20s, feeds::IceStateChanged{"failed"}));
  correlator.advance(kStart + 30s);
  EXPECT_FALSE(issue("ice_failed"));
}

TEST_F(IssueTest, AConnectionThatFailsAndStaysIsOne) {
  run_well(20);
  take_all(alice.says(20s, feeds::IceStateChanged{"failed"}));
  correlator.advance(kStart + 23s);
  EXPECT_TRUE(issue("ice_failed"));
}

TEST_F(IssueTest, AForeignCertificateIsSeen) {
  take_all(joined(alice, 0s, "1234", "a", "alice"), alice.describes(0s, kServer, "srv", ""),
           alice.describes(0s, kClient, "cli", "AA:BB"));
  flows::FlowSnapshot f = flow(1, 0s, "srv", "cli");
  f.fingerprints.push_back({{}, flows::Side::kA, kStart});
  take(f);
  correlator.advance(kStart + 2s);
  ASSERT_TRUE(issue("fingerprint_mismatch"));
  EXPECT_EQ(issue("fingerprint_mismatch")->text,
            "the client's certificate on alice's connection is not the announced one");
}

TEST_F(IssueTest, ThreeJoinsOfOnePersonButNotOfThree) {
  for (int i = 0; i < 3; ++i) {
    const auto at = std::chrono::seconds{10 * i};
    const Peer peer{std::to_string(50 + i), "501"};
    take_all(joined(peer, at, "1234", std::to_string(i), "alice"), left(at + 5s, "1234", std::to_string(i)));
    const Peer guest{std::to_string(60 + i), "601"};
    take(joined(guest, at, "1234", "g" + std::to_string(i), "Guest"));
    correlator.advance(kStart + at + 6s);
  }
  EXPECT_EQ(count("multiple_rejoins"), 1U);
  ASSERT_TRUE(issue("multiple_rejoins"));
  EXPECT_EQ(issue("multiple_rejoins")->text, "alice joined 3 times within 5 minutes");
}

TEST(IssueOptionsTest, RulesAreSetByText) {
  IssueOptions options;
  EXPECT_TRUE(options.set("high_loss.raise=0.05"));
  EXPECT_TRUE(options.set("high_loss.hold=7"));
  EXPECT_TRUE(options.set("turn_used=off"));
  EXPECT_EQ(options.rule("high_loss").raise, 0.05);
  EXPECT_EQ(options.rule("high_loss").hold, Duration{7s});
  EXPECT_FALSE(options.rule("turn_used").enabled);
  for (const char* bad : {"", "high_loss", "no_such.raise=1", "high_loss.raise=x", "high_loss.raise=-1",
                          "high_loss.colour=1", "turn_used=maybe", "high_loss.raise=nan"}) {
    EXPECT_FALSE(options.set(bad)) << bad;
  }
}

}  // namespace
}  // namespace rtcscope::correlator
