// Rows that nobody writes any more: a run that broke off, and old age.

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/store/entities.hpp"

namespace rtcscope::store {
namespace {

using namespace testing;

constexpr std::int64_t kDay = 86'400'000;

/// A conference with everything below it; ids are n, n+1, ...; over at `end` unless it lives.
std::vector<model::Change> call(std::uint64_t n, std::int64_t start, std::optional<std::int64_t> end) {
  const std::int64_t last = end.value_or(start + 5'000);
  model::Conference conference{{n}, {1}, "media1", "videoroom", "1234", at(start), {}};
  model::Participant participant{{n}, {n}, "77", "alice", at(start)};
  model::Session session{{n}, {n}, {n}, "1", "", at(start), {}};
  model::Connection connection;
  connection.id = {n};
  connection.conference = {n};
  connection.participant = {n};
  connection.session = {n};
  connection.started_at = at(start);
  model::Flow flow;
  flow.id = {n};
  flow.connection = {n};
  flow.first_packet = at(start);
  flow.last_packet = at(last);
  model::Stream stream;
  stream.id = {n};
  stream.conference = {n};
  stream.participant = {n};
  stream.connection = {n};
  stream.flow = {n};
  stream.first_packet = at(start);
  stream.last_packet = at(last);
  stream.recent_loss_ratio = 0.5;
  stream.total.expected = 100;
  if (end) {
    conference.ended = session.left = connection.ended = flow.ended = ending(*end);
    stream.ended = true;
  }
  std::vector<model::Change> changes{conference, participant, session, connection, flow, stream};
  const std::int64_t step = std::max<std::int64_t>(1'000, (last - start) / 100);
  for (std::int64_t time = start; time < last; time += step) {
    model::StreamSample sample;
    sample.stream = {n};
    sample.start = at(time);
    changes.emplace_back(sample);
  }
  model::Event event;
  event.time = at(start);
  event.conference = {n};
  event.kind = "joined";
  changes.emplace_back(event);
  return changes;
}

std::size_t samples_of(const Store& store, std::uint64_t stream) {
  return value(store.samples({{stream}, {}, {.limit = kMaxPage}})).items.size();
}

TEST(EndUnfinished, EndsEverythingAtItsLastSignOfLife) {
  const auto store = fresh_store();
  put(*store, call(1, 0, {}));
  put(*store, call(2, 1'000, 9'000));
  const auto finished = value(store->conference({2}))->conference.conference;
  value(store->end_unfinished());
  const model::Ending want{at(5'000), "observation stopped", model::Source::kObserver};
  EXPECT_EQ(value(store->flow({1}))->flow.ended, want);
  EXPECT_EQ(value(store->session({1}))->session.left, want);
  EXPECT_EQ(value(store->connection({1}))->connection.connection.ended, want);
  EXPECT_EQ(value(store->participant({1}))->participant.left, want);
  EXPECT_TRUE(value(store->stream({1}))->stream.ended);
  const ConferenceRow conference = value(store->conference({1}))->conference;
  EXPECT_EQ(conference.conference.ended, want);
  EXPECT_EQ(conference.present_count, 0U);
  EXPECT_EQ(conference.summary.health.word, HealthWord::kGood);  // by its total now: nothing lost of 100
  EXPECT_EQ(value(store->conference({2}))->conference.conference, finished);
  EXPECT_EQ(value(store->live_counts()).conferences, 0U);
}

TEST(EndUnfinished, AConferenceWithoutAnythingEndsWhereItBegan) {
  const auto store = fresh_store();
  put(*store, {model::Conference{{1}, {1}, "", "", "", at(7), {}}});
  value(store->end_unfinished());
  EXPECT_EQ(value(store->conference({1}))->conference.conference.ended->time, at(7));
}

TEST(Expire, DeletesWhatEndedBeforeAndNothingElse) {
  const auto store = fresh_store();
  put(*store, call(1, 0, 10'000));
  put(*store, call(2, 0, kDay));         // began long ago, ended just now
  put(*store, call(3, kDay, kDay + 9));  // young
  put(*store, call(4, 0, {}));           // old and still live
  const UtcTime cutoff = at(kDay);
  while (value(store->expire(cutoff, 1'000)).more) {
  }
  EXPECT_FALSE(value(store->conference({1})).has_value());
  EXPECT_FALSE(value(store->participant({1})).has_value());
  EXPECT_FALSE(value(store->session({1})).has_value());
  EXPECT_FALSE(value(store->connection({1})).has_value());
  EXPECT_FALSE(value(store->flow({1})).has_value());
  EXPECT_FALSE(value(store->stream({1})).has_value());
  EXPECT_EQ(samples_of(*store, 1), 0U);
  for (const std::uint64_t id : {2U, 3U, 4U}) {
    EXPECT_TRUE(value(store->conference({id})).has_value()) << id;
    EXPECT_TRUE(value(store->participant({id})).has_value()) << id;
    EXPECT_TRUE(value(store->session({id})).has_value()) << id;
    EXPECT_TRUE(value(store->connection({id})).has_value()) << id;
    EXPECT_TRUE(value(store->flow({id})).has_value()) << id;
    EXPECT_TRUE(value(store->stream({id})).has_value()) << id;
  }
  EXPECT_EQ(samples_of(*store, 3), 1U);
  EXPECT_EQ(samples_of(*store, 4), 0U);
  const auto events = value(store->events({})).items;
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].event.conference, ConferenceId{3});
}

TEST(Expire, GoesInSmallSteps) {
  const auto store = fresh_store();
  put(*store, call(1, 0, 100'000));  // 100 samples, 6 entities, 1 event
  put(*store, call(2, 0, 100'000));
  std::uint64_t rows = 0, steps = 0;
  while (true) {
    const Expired step = value(store->expire(at(kDay), 10));
    EXPECT_LE(step.rows, 12U);  // a conference goes whole
    rows += step.rows;
    steps += 1;
    if (!step.more) break;
  }
  EXPECT_EQ(rows, 2U * 107U);
  EXPECT_GE(steps, 21U);
  EXPECT_EQ(value(store->expire(at(kDay), 10)).rows, 0U);
}

TEST(Expire, AStreamTakesItsLateSamplesWithIt) {
  const auto store = fresh_store();
  auto changes = call(1, 0, 10'000);
  model::StreamSample late;  // the meter reports some silence after the last packet
  late.stream = {1};
  late.start = at(12'000);
  changes.emplace_back(late);
  put(*store, changes);
  while (value(store->expire(at(11'000), 3)).more) {
  }
  EXPECT_FALSE(value(store->stream({1})).has_value());
  EXPECT_EQ(samples_of(*store, 1), 0U);
}

}  // namespace
}  // namespace rtcscope::store
