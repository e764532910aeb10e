#include "store/health.hpp"

#include <gtest/gtest.h>

#include "tests/unit/store/entities.hpp"

namespace rtcscope::store {
namespace {

model::Stream live_video(std::optional<double> recent_loss, std::optional<double> jitter) {
  model::Stream stream;
  stream.id = {1};
  stream.ssrc = 1234;
  stream.direction = "uplink";
  stream.kind = "video";
  stream.codec = "VP8";
  stream.recent_loss_ratio = recent_loss;
  stream.jitter_ms = jitter;
  return stream;
}

model::Stream ended_video(std::uint64_t expected, std::int64_t lost) {
  model::Stream stream = live_video(0.9, std::nullopt);  // what its last seconds were like does not count
  stream.ended = true;
  stream.total.expected = expected;
  stream.total.lost = lost;
  return stream;
}

TEST(LossRatio, IsNeverBelowZeroAndAbsentWithoutExpectation) {
  EXPECT_EQ(loss_ratio({}), std::nullopt);
  model::StreamFigures figures;
  figures.expected = 200;
  figures.lost = -3;
  EXPECT_EQ(loss_ratio(figures), 0.0);
  figures.lost = 5;
  EXPECT_DOUBLE_EQ(*loss_ratio(figures), 0.025);
}

TEST(JudgeStream, ThresholdsBelongToTheWorseWord) {
  struct Case {
    const char* name;
    std::optional<double> loss, jitter;
    HealthWord want;
    const char* reason;
  };
  const Case cases[] = {
      {"nothing measured", {}, {}, HealthWord::kUnknown, "neither loss nor jitter could be measured"},
      {"clean", 0.0, 2.0, HealthWord::kGood, "alice uplink video lost 0.0 % in the last 10 s"},
      {"just below", 0.0199, 29.9, HealthWord::kGood, "alice uplink video lost 2.0 % in the last 10 s"},
      {"loss degraded", 0.02, 1.0, HealthWord::kDegraded, "alice uplink video lost 2.0 % in the last 10 s"},
      {"loss bad", 0.05, 59.0, HealthWord::kBad, "alice uplink video lost 5.0 % in the last 10 s"},
      {"jitter degraded", 0.0, 30.0, HealthWord::kDegraded, "alice uplink video jitter is 30.0 ms"},
      {"jitter bad", 0.03, 60.0, HealthWord::kBad, "alice uplink video jitter is 60.0 ms"},
      {"jitter only", {}, 31.25, HealthWord::kDegraded, "alice uplink video jitter is 31.2 ms"},
  };
  for (const Case& c : cases) {
    const Health health = judge(live_video(c.loss, c.jitter), "alice");
    EXPECT_EQ(health.word, c.want) << c.name;
    EXPECT_EQ(health.reason, c.reason) << c.name;
  }
}

TEST(JudgeStream, EndedOneIsJudgedByItsTotal) {
  EXPECT_EQ(judge(ended_video(1000, 19)).word, HealthWord::kGood);
  const Health bad = judge(ended_video(1000, 70));
  EXPECT_EQ(bad.word, HealthWord::kBad);
  EXPECT_EQ(bad.reason, "uplink video lost 7.0 % in all");
}

// The packets were all there when they left the host: their receiver tells that they did not come.
TEST(JudgeStream, EndedOneIsJudgedByWhatWasLostAfterTheTapToo) {
  model::Stream stream = ended_video(1'000, 10);
  stream.loss_split.lost_after_tap = 400;
  stream.loss_split.unreported_packets = 200;
  EXPECT_EQ(judge(stream, "bob").word, HealthWord::kBad);
  EXPECT_EQ(judge(stream, "bob").reason, "bob uplink video lost 50.0 % after the media host");
  stream.loss_split.lost_after_tap = 4;  // less than before the tap
  EXPECT_EQ(judge(stream, "bob").reason, "bob uplink video lost 1.0 % in all");
  stream.loss_split.lost_after_tap = -7;  // duplicates count as received (RFC 3550)
  EXPECT_EQ(judge(stream, "bob").word, HealthWord::kGood);
  stream.loss_split.unreported_packets = 1'000;
  EXPECT_EQ(loss_after_tap_ratio(stream), std::nullopt);
  stream = live_video(0.0, {});
  stream.loss_split.lost_after_tap = 500;
  EXPECT_EQ(judge(stream, "bob").word, HealthWord::kGood);  // may be long ago: issues say what is wrong now
}

TEST(JudgeStream, RetransmissionsAreNotJudged) {
  model::Stream rtx = live_video(0.9, 900.0);
  rtx.rtx_of_ssrc = 7;
  EXPECT_EQ(judge(rtx).word, HealthWord::kUnknown);
  rtx.rtx_of_ssrc.reset();
  rtx.codec = "RTX";
  EXPECT_EQ(judge(rtx).word, HealthWord::kUnknown);
  rtx.codec = "flexfec-03";
  EXPECT_EQ(judge(rtx).reason, "FEC is not judged");
}

TEST(JudgeStream, WithoutNameDirectionOrKindNamesTheSsrc) {
  model::Stream stream = live_video(0.5, {});
  stream.direction = stream.kind = "unknown";
  EXPECT_EQ(judge(stream).reason, "stream 1234 lost 50.0 % in the last 10 s");
}

TEST(Rollup, LiveOnesHideEndedOnes) {
  Rollup rollup;
  rollup.add(ended_video(1000, 500), "bob");
  EXPECT_EQ(rollup.summary().health.word, HealthWord::kBad);
  model::Stream live = live_video(0.001, 3.0);
  live.total.packets = 90;
  live.total.lost = 10;
  live.recent_bitrate_bps = 1000.0;
  live.bitrate_bps = 9.0;
  rollup.add(live, "alice");
  const Summary summary = rollup.summary();
  EXPECT_EQ(summary.health.word, HealthWord::kGood);
  EXPECT_EQ(summary.health.reason, "loss and jitter are low");
  ASSERT_TRUE(summary.uplink.has_value());
  EXPECT_EQ(summary.uplink->streams, 1U);
  EXPECT_EQ(summary.uplink->packets, 90U);
  EXPECT_EQ(summary.uplink->lost, 10);
  EXPECT_EQ(summary.uplink->loss_ratio, 0.001);
  EXPECT_EQ(summary.uplink->bitrate_bps, 1000.0);
  EXPECT_FALSE(summary.downlink.has_value());
}

TEST(Rollup, IssuesThatAreOpenCountAndOfThoseThatAreOverTheCriticalOnes) {
  model::Issue warning;
  warning.severity = "warning";
  warning.text = "bob gets 4 % less of alice's video than was sent";
  model::Issue critical;
  critical.severity = "critical";
  critical.text = "nothing came on alice's subscriber connection for 62 s";
  Rollup live;
  live.add(live_video(0.0, 1.0));
  live.add(warning);
  EXPECT_EQ(live.summary().health.word, HealthWord::kDegraded);
  EXPECT_EQ(live.summary().health.reason, warning.text);
  live.add(live_video(0.5, 1.0), "bob");
  live.add(critical);
  EXPECT_EQ(live.summary().health.word, HealthWord::kBad);
  EXPECT_EQ(live.summary().health.reason, critical.text);

  warning.ended_at = critical.ended_at = UtcTime{};
  Rollup recovered;
  recovered.add(live_video(0.0, 1.0));
  recovered.add(warning);
  recovered.add(critical);
  EXPECT_EQ(recovered.summary().health.word, HealthWord::kGood);
  Rollup over;
  over.add(ended_video(1000, 0));
  over.add(warning);
  EXPECT_EQ(over.summary().health.word, HealthWord::kGood);
  over.add(critical);
  EXPECT_EQ(over.summary().health.reason, critical.text);
}

TEST(StoredHealth, AnIssueIsInThatOfAllThatItIsBelow) {
  using namespace testing;
  const auto store = fresh_store();
  model::Stream stream = live_video(0.0, 1.0);
  stream.conference = {1};
  stream.participant = {2};
  stream.connection = {3};
  model::Connection connection;
  connection.id = {3};
  connection.conference = {1};
  connection.participant = {2};
  const model::Conference conference{{1}, {1}, "", "videoroom", "1234", at(0), {}};
  const model::Participant participant{{2}, {1}, "77", "alice", at(0)};
  put(*store, {conference, participant, connection, stream});
  const auto words = [&] {
    return std::array{value(store->conference({1}))->conference.summary.health.word,
                      value(store->participant({2}))->participant.summary.health.word,
                      value(store->connection({3}))->connection.summary.health.word};
  };
  EXPECT_EQ(words(), (std::array{HealthWord::kGood, HealthWord::kGood, HealthWord::kGood}));
  model::Issue issue;
  issue.id = {4};
  issue.conference = {1};
  issue.participant = {2};
  issue.connection = {3};
  issue.kind = "connection_lost";
  issue.severity = "critical";
  put(*store, {issue});
  EXPECT_EQ(words(), (std::array{HealthWord::kBad, HealthWord::kBad, HealthWord::kBad}));
  issue.ended_at = at(9'000);
  put(*store, {issue});
  EXPECT_EQ(words(), (std::array{HealthWord::kGood, HealthWord::kGood, HealthWord::kGood}));
}

TEST(Rollup, RetransmissionsCountInTheBitrateOnly) {
  Rollup rollup;
  model::Stream rtx = live_video(0.9, 900.0);
  rtx.rtx_of_ssrc = 1234;
  rtx.recent_bitrate_bps = 500.0;
  rollup.add(rtx);
  EXPECT_FALSE(rollup.summary().uplink.has_value());
  EXPECT_EQ(rollup.summary().health.word, HealthWord::kUnknown);
  model::Stream media = live_video(0.0, 1.0);
  media.recent_bitrate_bps = 2000.0;
  rollup.add(media);
  EXPECT_EQ(rollup.summary().uplink->streams, 1U);
  EXPECT_EQ(rollup.summary().uplink->bitrate_bps, 2500.0);
  EXPECT_EQ(rollup.summary().uplink->loss_ratio, 0.0);
}

TEST(Rollup, OfTwoLegsOfARelayedPathOneCounts) {
  Rollup rollup;
  model::Stream inside = live_video(0.5, 900.0);
  inside.relay_leg = true;
  rollup.add(inside);
  rollup.add(live_video(0.0, 1.0));
  EXPECT_EQ(rollup.summary().uplink->streams, 1U);
  EXPECT_EQ(rollup.summary().health.word, HealthWord::kGood);
}

TEST(Rollup, KeepsTheReasonOfTheWorst) {
  Rollup rollup;
  rollup.add(live_video(0.0, 1.0), "alice");
  rollup.add(live_video(0.031, 1.0), "bob");
  rollup.add(live_video(0.0, 2.0), "carol");
  EXPECT_EQ(rollup.summary().health.word, HealthWord::kDegraded);
  EXPECT_EQ(rollup.summary().health.reason, "bob uplink video lost 3.1 % in the last 10 s");
}

TEST(Rollup, NamesTheWorstOfThoseWithTheSameWord) {
  Rollup rollup;
  rollup.add(live_video(0.051, 1.0), "alice");
  rollup.add(live_video(0.4, 1.0), "bob");
  rollup.add(live_video(0.06, 90.0), "carol");
  EXPECT_EQ(rollup.summary().health.reason, "bob uplink video lost 40.0 % in the last 10 s");
  model::Connection failed;
  failed.dtls_state = "failed";
  rollup.add(failed, "dave");
  rollup.add(live_video(1.0, 1.0), "erin");
  EXPECT_EQ(rollup.summary().health.reason, "dave DTLS failed");
}

TEST(Rollup, AFailedConnectionIsBadUntilItEndedAndAnotherLives) {
  Rollup rollup;
  model::Connection failed;
  failed.ice_state = "failed";
  rollup.add(failed, "alice");
  EXPECT_EQ(rollup.summary().health.word, HealthWord::kBad);
  EXPECT_EQ(rollup.summary().health.reason, "alice ICE failed");

  Rollup later;
  failed.ended = model::Ending{};
  failed.dtls_state = "failed";
  later.add(failed, "alice");
  EXPECT_EQ(later.summary().health.word, HealthWord::kBad);
  later.add(live_video(0.0, 1.0), "alice");
  EXPECT_EQ(later.summary().health.word, HealthWord::kGood);
}

TEST(Rollup, NothingBelowIsUnknownWithAReason) {
  EXPECT_EQ(Rollup{}.summary().health.word, HealthWord::kUnknown);
  EXPECT_EQ(Rollup{}.summary().health.reason, "no media to judge");
}

}  // namespace
}  // namespace rtcscope::store
