// 1 s -> 10 s -> 60 s: what is read at a resolution is the same from any level, and nothing is missing while
// a minute waits to be added up or after the finer levels are gone.

#include <gtest/gtest.h>

#include "store/writer.hpp"
#include "tests/unit/store/entities.hpp"

namespace rtcscope::store {
namespace {

using namespace testing;
using namespace std::chrono_literals;

constexpr std::uint64_t kStream = 7;
const UtcTime kStart = utc_from_ns(1'767'225'600'000'000'000);  // 2026-01-01, a whole minute

model::StreamSample second_of(std::int64_t n, std::uint64_t stream = kStream) {
  model::StreamSample sample;
  sample.stream = {stream};
  sample.start = kStart + std::chrono::seconds(n);
  sample.end = sample.start + 1s;
  sample.interval.packets = 50;
  sample.interval.bytes = 6'000;
  sample.interval.expected = 51;
  sample.interval.lost = n % 10 == 3 ? -1 : 1;
  sample.jitter_ms = static_cast<double>(n % 20);
  return sample;
}

std::vector<model::Change> seconds(std::int64_t from, std::int64_t to) {
  std::vector<model::Change> changes;
  for (std::int64_t n = from; n < to; ++n) changes.emplace_back(second_of(n));
  return changes;
}

model::Stream the_stream(bool ended = false) {
  model::Stream stream;
  stream.id = {kStream};
  stream.first_packet = kStart;
  stream.last_packet = kStart + 1h;
  stream.ended = ended;
  return stream;
}

class RollUps : public ::testing::Test {
 protected:
  std::uint64_t roll_up(Duration until) {
    std::uint64_t minutes = 0;
    while (true) {
      const RolledUp step = value(store_->roll_up(kStart + until, 3));
      minutes += step.minutes;
      if (!step.more) return minutes;
    }
  }
  std::vector<SeriesPoint> series(Duration resolution, const TimeRange& time = {}) {
    return value(store_->series({kStream}, time, resolution));
  }
  void expect_same(const std::vector<SeriesPoint>& a, const std::vector<SeriesPoint>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      EXPECT_EQ(a[i].start, b[i].start);
      EXPECT_EQ(a[i].packets, b[i].packets);
      EXPECT_EQ(a[i].bytes, b[i].bytes);
      EXPECT_EQ(a[i].expected, b[i].expected);
      EXPECT_EQ(a[i].lost, b[i].lost);
      EXPECT_EQ(a[i].measured, b[i].measured);
      EXPECT_EQ(a[i].jitter_ms, b[i].jitter_ms);
      EXPECT_NEAR(a[i].jitter_mean_ms.value_or(-1), b[i].jitter_mean_ms.value_or(-1), 1e-9);
      EXPECT_NEAR(a[i].frame_rate_fps.value_or(-1), b[i].frame_rate_fps.value_or(-1), 1e-9);
      EXPECT_NEAR(a[i].received_frame_rate_fps.value_or(-1), b[i].received_frame_rate_fps.value_or(-1), 1e-9);
    }
  }

  std::unique_ptr<Store> store_ = fresh_store();
};

TEST_F(RollUps, EveryResolutionReadsTheSameBeforeAndAfter) {
  put(*store_, seconds(5, 200));
  for (const Duration resolution : {Duration(10s), Duration(30s), Duration(60s), Duration(300s)}) {
    store_ = fresh_store();
    put(*store_, seconds(5, 200));
    const auto before = series(resolution);
    EXPECT_EQ(roll_up(180s), 3U);  // the fourth minute is not over
    expect_same(series(resolution), before);
    EXPECT_EQ(roll_up(240s), 1U);
    expect_same(series(resolution), before);
    EXPECT_EQ(roll_up(240s), 0U);
  }
}

TEST_F(RollUps, CountsAreSummedAndGaugesAreMeansByTimeOrTheHighest) {
  auto first = second_of(0), second = second_of(1), third = second_of(2);
  first.jitter_ms = 10;
  second.jitter_ms = 40;
  second.end = second.start + 500ms;  // half the weight
  third.jitter_ms.reset();            // not zero: none
  first.frame_rate_fps = 30;
  third.frame_rate_fps = 20;
  put(*store_, {first, second, third});
  for (int i = 0; i < 2; ++i) {
    const auto points = series(60s);
    ASSERT_EQ(points.size(), 1U);
    EXPECT_EQ(points[0].start, kStart);
    EXPECT_EQ(points[0].packets, 150U);
    EXPECT_EQ(points[0].bytes, 18'000U);
    EXPECT_EQ(points[0].lost, 3);
    EXPECT_EQ(points[0].measured, 2'500ms);
    EXPECT_EQ(points[0].jitter_ms, 40);
    EXPECT_NEAR(points[0].jitter_mean_ms.value(), 20, 1e-9);
    EXPECT_NEAR(points[0].frame_rate_fps.value(), 25, 1e-9);
    roll_up(60s);
  }
}

TEST_F(RollUps, WhatIsAbsentStaysAbsent) {
  auto sample = second_of(0);
  sample.jitter_ms.reset();
  put(*store_, {sample, second_of(130)});
  roll_up(1h);
  const auto points = series(60s);
  ASSERT_EQ(points.size(), 2U);  // the minute between is a gap
  EXPECT_FALSE(points[0].jitter_ms.has_value());
  EXPECT_FALSE(points[0].jitter_mean_ms.has_value());
  EXPECT_FALSE(points[0].frame_rate_fps.has_value());
  EXPECT_EQ(points[1].start, kStart + 120s);
}

TEST_F(RollUps, ALateSampleCountsAtOnceAndARepeatedOneDoesNotCountTwice) {
  put(*store_, seconds(0, 30));
  EXPECT_EQ(roll_up(60s), 1U);
  put(*store_, {second_of(40)});
  EXPECT_EQ(series(60s).at(0).packets, 31U * 50U);
  EXPECT_EQ(roll_up(60s), 1U);
  EXPECT_EQ(series(60s).at(0).packets, 31U * 50U);
  put(*store_, seconds(0, 30));
  roll_up(60s);
  EXPECT_EQ(series(60s).at(0).packets, 31U * 50U);
}

TEST_F(RollUps, ABatchThatIsRolledBackLeavesNothingDue) {
  std::vector<model::Change> batch = seconds(0, 3);
  batch.emplace_back(model::Host{});  // refused: it has no id
  EXPECT_FALSE(store_->apply(batch).has_value());
  EXPECT_EQ(roll_up(1h), 0U);
  put(*store_, seconds(0, 3));
  EXPECT_EQ(roll_up(1h), 1U);
}

TEST_F(RollUps, FinerLevelsGoFirstAndTheSpanSaysWhatIsLeft) {
  put(*store_, {the_stream()});
  put(*store_, seconds(0, 3'600));
  const std::vector<StreamId> streams{{kStream}};
  EXPECT_EQ(value(store_->sample_span(streams, {}))->finest, Duration(1s));
  const auto before = series(60s);
  // Whole days, as a database does that drops partitions; nothing was added up until now.
  const UtcTime day = kStart + 24h;
  while (value(store_->expire({kStart - 24h, day, kStart - 24h}, 1'000)).more) {
  }
  EXPECT_TRUE(series(1s).empty());
  expect_same(series(60s), before);
  EXPECT_EQ(series(10s).size(), 360U);
  const auto tens = value(store_->sample_span(streams, {}));
  ASSERT_TRUE(tens.has_value());
  EXPECT_EQ(tens->finest, Duration(10s));
  EXPECT_EQ(tens->first, kStart);
  while (value(store_->expire({kStart - 24h, day, day}, 1'000)).more) {
  }
  EXPECT_TRUE(series(10s).empty());
  expect_same(series(60s), before);
  const auto minutes = value(store_->sample_span(streams, {}));
  ASSERT_TRUE(minutes.has_value());
  EXPECT_EQ(minutes->finest, Duration(60s));
  EXPECT_EQ(minutes->last, kStart + 59min);
}

TEST_F(RollUps, ASampleThatComesAfterItsMinuteWasDeletedDoesNotReplaceIt) {
  put(*store_, {the_stream()});
  put(*store_, seconds(0, 60));
  while (value(store_->expire({kStart - 24h, kStart + 24h, kStart - 24h}, 1'000)).more) {
  }
  put(*store_, {second_of(10)});
  roll_up(1h);
  EXPECT_EQ(series(60s).at(0).packets, 60U * 50U);
}

TEST_F(RollUps, AnExpiredStreamTakesEveryLevelWithIt) {
  put(*store_, {the_stream(true)});
  put(*store_, seconds(0, 120));
  roll_up(1h);
  while (value(store_->expire(kStart + 48h, 1'000)).more) {
  }
  for (const Duration resolution : {Duration(1s), Duration(10s), Duration(60s)}) {
    EXPECT_TRUE(series(resolution).empty());
  }
  EXPECT_FALSE(value(store_->sample_span(std::vector<StreamId>{{kStream}}, {})).has_value());
}

TEST_F(RollUps, APartOfAMinuteIsAskedForWhole) {
  put(*store_, seconds(0, 180));
  roll_up(1h);
  const auto points = series(60s, {kStart + 70s, kStart + 130s});
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].start, kStart + 60s);
  EXPECT_EQ(points[0].packets, 60U * 50U);
}

// The sample of a second tells what the client had three seconds before.
TEST_F(RollUps, ReceivedFramesStandInTheSecondThatTheyCameIn) {
  const auto told = [](std::int64_t from, std::int64_t to) {
    std::vector<model::Change> samples;
    for (std::int64_t n = from; n < to; ++n) {
      model::StreamSample sample = second_of(n);
      if (n == 0) sample.start += 400ms;  // the stream began within it
      if (n >= 3 && n != 33) sample.received_frames = static_cast<std::uint64_t>(n % 10);
      samples.emplace_back(std::move(sample));
    }
    return samples;
  };
  put(*store_, told(0, 61));
  const auto seconds = series(1s);
  EXPECT_EQ(seconds[0].received_frame_rate_fps, 3);
  EXPECT_EQ(seconds[29].received_frame_rate_fps, 2);
  EXPECT_EQ(seconds[30].received_frame_rate_fps, std::nullopt);  // it did not tell
  EXPECT_EQ(seconds[57].received_frame_rate_fps, 0);
  EXPECT_EQ(seconds[58].received_frame_rate_fps, std::nullopt);  // not yet
  EXPECT_EQ(roll_up(60s), 1U);
  EXPECT_NEAR(series(10s)[0].received_frame_rate_fps.value(), 4.5, 1e-9);
  EXPECT_NEAR(series(10s)[3].received_frame_rate_fps.value(), (45 - 3) / 9.0, 1e-9);
  EXPECT_NEAR(series(10s)[5].received_frame_rate_fps.value(), (45 - 1 - 2) / 8.0, 1e-9);
  // What the next minute tells of this one.
  put(*store_, told(61, 130));
  const auto before = series(60s);
  EXPECT_EQ(roll_up(60s), 1U);
  EXPECT_NEAR(series(10s)[5].received_frame_rate_fps.value(), 4.5, 1e-9);
  expect_same(series(60s), before);
  EXPECT_EQ(roll_up(120s), 1U);
  expect_same(series(60s), before);
}

TEST_F(RollUps, AbsurdTimesAreKeptAndNotAddedUp) {
  auto first = second_of(0), last = second_of(0);
  first.start = utc_from_ns(std::numeric_limits<std::int64_t>::min() + 5);
  last.start = utc_from_ns(std::numeric_limits<std::int64_t>::max() - 5);
  first.received_frames = last.received_frames = 30;
  put(*store_, {first, second_of(0), last});
  EXPECT_EQ(value(store_->roll_up(UtcTime::max(), 100)).minutes, 1U);
  EXPECT_EQ(series(1s).size(), 3U);
  EXPECT_EQ(series(60s).size(), 1U);
}

TEST_F(RollUps, TheWritersThreadDoesIt) {
  WriterOptions options;
  options.max_delay = 1ms;
  options.roll_ups.interval = 1ms;
  Writer writer(*store_, options);
  for (const model::Change& change : seconds(0, 200)) writer.on_change(change);
  while (writer.counts().rolled_up < 3) std::this_thread::yield();
  writer.flush_and_stop();
  EXPECT_EQ(roll_up(1h), 1U);  // the minute that was not over
}

}  // namespace
}  // namespace rtcscope::store
