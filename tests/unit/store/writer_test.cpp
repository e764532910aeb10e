// The writer's thread against a store that the test holds up, breaks and mends. Waiting is for a state, never
// for a time; where a state can only be reached by waiting, the test waits as long as it takes.

#include "store/writer.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "tests/unit/store/entities.hpp"

namespace rtcscope::store {
namespace {

using namespace testing;
using std::chrono::milliseconds;

/// An SQLite store in memory whose apply() the test controls.
class TestStore : public Store {
 public:
  client::Reports& client_reports() noexcept override { return store_->client_reports(); }
  StoreResult<Done> apply(std::span<const model::Change> changes) override {
    std::unique_lock lock(mutex_);
    calls_ += 1;
    changed_.notify_all();
    changed_.wait(lock, [&] { return !held_; });
    if (failures_ > 0) {
      failures_ -= failures_ == kForEver ? 0 : 1;
      return Unexpected{StoreError{StoreErrc::kIo, "the disk is on fire"}};
    }
    largest_ = std::max(largest_, changes.size());
    return store_->apply(changes);
  }
  StoreResult<Expired> expire(const Cutoffs& cutoffs, std::uint32_t limit) override {
    const std::lock_guard lock(mutex_);
    cutoffs_ = cutoffs;
    expired_ += 1;
    changed_.notify_all();
    return store_->expire(cutoffs, limit);
  }
  StoreResult<RolledUp> roll_up(UtcTime before, std::uint32_t limit) override {
    const std::lock_guard lock(mutex_);
    auto result = store_->roll_up(before, limit);
    if (result) rolled_up_ += result->minutes;
    changed_.notify_all();
    return result;
  }
  StoreResult<Done> end_unfinished() override { return store_->end_unfinished(); }

  static constexpr int kForEver = 1'000'000'000;
  void fail(int times) {
    const std::lock_guard lock(mutex_);
    failures_ = times;
  }
  void hold(bool held) {
    const std::lock_guard lock(mutex_);
    held_ = held;
    changed_.notify_all();
  }
  void wait_for_calls(int calls) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return calls_ >= calls; });
  }
  Cutoffs wait_for_expiry() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return expired_ > 0; });
    return cutoffs_;
  }
  void wait_for_minutes(std::uint64_t minutes) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return rolled_up_ >= minutes; });
  }
  std::size_t largest() {
    const std::lock_guard lock(mutex_);
    return largest_;
  }

  StoreResult<Page<ConferenceRow>> conferences(const ConferenceQuery& q) const override {
    return store_->conferences(q);
  }
  StoreResult<Page<ParticipantRow>> participants(const ParticipantQuery& q) const override {
    return store_->participants(q);
  }
  StoreResult<Page<model::Session>> sessions(const SessionQuery& q) const override {
    return store_->sessions(q);
  }
  StoreResult<Page<ConnectionRow>> connections(const ConnectionQuery& q) const override {
    return store_->connections(q);
  }
  StoreResult<Page<FlowRow>> flows(const FlowQuery& q) const override { return store_->flows(q); }
  StoreResult<Page<StreamRow>> streams(const StreamQuery& q) const override { return store_->streams(q); }
  StoreResult<Page<model::Issue>> issues(const IssueQuery& q) const override { return store_->issues(q); }
  StoreResult<Page<EventRow>> events(const EventQuery& q) const override { return store_->events(q); }
  StoreResult<Page<model::Host>> hosts(const PageRequest& p) const override { return store_->hosts(p); }
  StoreResult<Page<model::StreamSample>> samples(const SampleQuery& q) const override {
    return store_->samples(q);
  }
  StoreResult<std::optional<ConferenceDetail>> conference(ConferenceId id) const override {
    return store_->conference(id);
  }
  StoreResult<std::optional<ParticipantDetail>> participant(ParticipantId id) const override {
    return store_->participant(id);
  }
  StoreResult<std::optional<SessionDetail>> session(SessionId id) const override {
    return store_->session(id);
  }
  StoreResult<std::optional<ConnectionDetail>> connection(ConnectionId id) const override {
    return store_->connection(id);
  }
  StoreResult<std::optional<FlowRow>> flow(FlowId id) const override { return store_->flow(id); }
  StoreResult<std::optional<StreamRow>> stream(StreamId id) const override { return store_->stream(id); }
  StoreResult<std::optional<SampleSpan>> sample_span(std::span<const StreamId> s,
                                                     const TimeRange& t) const override {
    return store_->sample_span(s, t);
  }
  StoreResult<std::vector<SeriesPoint>> series(StreamId s, const TimeRange& t, Duration r) const override {
    return store_->series(s, t, r);
  }
  StoreResult<std::vector<SearchHit>> search(const std::string& t, std::uint32_t l) const override {
    return store_->search(t, l);
  }
  StoreResult<LiveCounts> live_counts() const override { return store_->live_counts(); }
  StoreResult<Done> check() const override { return store_->check(); }

 private:
  std::unique_ptr<Store> store_ = fresh_store();
  std::mutex mutex_;
  std::condition_variable changed_;
  int calls_ = 0;
  int failures_ = 0;
  int expired_ = 0;
  bool held_ = false;
  std::size_t largest_ = 0;
  std::uint64_t rolled_up_ = 0;
  Cutoffs cutoffs_{UtcTime{}};
};

WriterOptions fast() {
  WriterOptions options;
  options.max_delay = milliseconds{1};
  options.first_retry = milliseconds{1};
  options.max_retry = milliseconds{4};
  options.stop_patience = milliseconds{20};
  return options;
}

model::Host host(std::uint64_t id, const char* name = "media1") {
  return {{id}, name, "", at(0), at(0)};
}
model::StreamSample sample(std::int64_t second) {
  model::StreamSample s;
  s.stream = {1};
  s.start = at(second * 1000);
  return s;
}
model::Event event(std::int64_t time) {
  model::Event e;
  e.time = at(time);
  return e;
}

void expect_all_accounted_for(const WriterCounts& c) {
  EXPECT_EQ(c.queued, c.queue_depth + c.written + c.coalesced + c.dropped_samples + c.dropped_events +
                          c.dropped_entities + c.rejected);
}

TEST(Writer, WritesEverythingBeforeItStops) {
  TestStore store;
  Writer writer(store, fast());
  for (std::int64_t i = 0; i < 300; ++i) {
    writer.on_change(host(static_cast<std::uint64_t>(i) + 1));
    writer.on_change(sample(i));
    writer.on_change(event(i));
  }
  writer.flush_and_stop();
  const WriterCounts counts = writer.counts();
  EXPECT_EQ(counts.queued, 900U);
  EXPECT_EQ(counts.written, 900U);
  EXPECT_EQ(counts.queue_depth, 0U);
  EXPECT_EQ(counts.outages, 0U);
  EXPECT_EQ(counts.last_error, "");
  EXPECT_EQ(value(store.hosts({.limit = 500, .cursor = ""})).items.size(), 300U);
  EXPECT_EQ(value(store.samples({{1}, {}, {.limit = 500, .cursor = ""}})).items.size(), 300U);
  EXPECT_EQ(value(store.events({.page = {.limit = 500, .cursor = ""}})).items.size(), 300U);
}

TEST(Writer, WritesAtOnceWhenStoppedEvenIfItWouldHaveWaitedLong) {
  TestStore store;
  WriterOptions options = fast();
  options.max_delay = std::chrono::hours{1};
  Writer writer(store, options);
  writer.on_change(host(1));
  writer.flush_and_stop();
  EXPECT_EQ(value(store.hosts({})).items.size(), 1U);
}

TEST(Writer, WritesAfterItsDelayWithoutBeingStopped) {
  TestStore store;
  Writer writer(store, fast());
  writer.on_change(host(1));
  store.wait_for_calls(1);
  writer.on_change(host(2));
  store.wait_for_calls(2);
}

TEST(Writer, WritesInBatchesOfTheGivenSize) {
  TestStore store;
  WriterOptions options = fast();
  options.max_batch = 10;
  Writer writer(store, options);
  for (std::uint64_t i = 1; i <= 95; ++i) writer.on_change(host(i));
  writer.flush_and_stop();
  EXPECT_LE(store.largest(), 10U);
  EXPECT_EQ(writer.counts().written, 95U);
}

TEST(Writer, CoalescesWhileTheStoreIsSlow) {
  TestStore store;
  store.hold(true);
  Writer writer(store, fast());
  writer.on_change(host(1, "first"));
  store.wait_for_calls(1);
  for (const char* name : {"second", "third", "fourth"}) writer.on_change(host(1, name));
  EXPECT_EQ(writer.counts().queue_depth, 2U);
  EXPECT_EQ(writer.counts().coalesced, 2U);
  expect_all_accounted_for(writer.counts());
  store.hold(false);
  writer.flush_and_stop();
  EXPECT_EQ(value(store.hosts({})).items.at(0).name, "fourth");
  EXPECT_EQ(writer.counts().written, 2U);
}

TEST(Writer, CountsWhatDoesNotFit) {
  TestStore store;
  store.hold(true);
  WriterOptions options = fast();
  options.capacity = 10;
  options.max_batch = 4;
  options.max_delay = std::chrono::hours{1};
  Writer writer(store, options);
  for (std::int64_t i = 0; i < 4; ++i) writer.on_change(sample(i));
  store.wait_for_calls(1);  // these are under way, and count
  for (std::int64_t i = 4; i < 20; ++i) writer.on_change(sample(i));
  EXPECT_EQ(writer.counts().queue_depth, 10U);
  EXPECT_EQ(writer.counts().queue_capacity, 10U);
  EXPECT_EQ(writer.counts().dropped_samples, 10U);
  writer.on_change(event(1));
  EXPECT_EQ(writer.counts().dropped_samples, 11U);
  for (std::uint64_t i = 1; i <= 8; ++i) writer.on_change(host(i));
  EXPECT_EQ(writer.counts().dropped_samples, 16U);
  EXPECT_EQ(writer.counts().dropped_events, 1U);
  EXPECT_EQ(writer.counts().dropped_entities, 2U);
  expect_all_accounted_for(writer.counts());
  store.hold(false);
  writer.flush_and_stop();
  EXPECT_EQ(writer.counts().written, 10U);
  expect_all_accounted_for(writer.counts());
}

TEST(Writer, TriesAgainUntilTheStoreIsBack) {
  TestStore store;
  store.fail(3);
  WriterOptions options = fast();
  options.clock = [] { return at(77); };
  Writer writer(store, options);
  writer.on_change(host(1));
  writer.on_change(sample(1));
  store.wait_for_calls(4);
  while (writer.counts().written < 2) std::this_thread::yield();
  EXPECT_EQ(writer.counts().retries, 3U);
  EXPECT_EQ(writer.counts().outages, 1U);
  EXPECT_EQ(writer.counts().last_error, "the disk is on fire");
  EXPECT_EQ(writer.counts().last_write_at, at(77));
  writer.flush_and_stop();
  EXPECT_EQ(value(store.hosts({})).items.size(), 1U);
  EXPECT_EQ(value(store.samples({{1}, {}, {}})).items.size(), 1U);
  expect_all_accounted_for(writer.counts());
}

TEST(Writer, AStoreThatComesBackDuringTheStopStillGetsEverything) {
  TestStore store;
  store.fail(2);
  WriterOptions options = fast();
  options.stop_patience = std::chrono::hours{1};
  options.max_delay = options.max_retry = std::chrono::hours{1};
  options.max_batch = 1;
  options.first_retry = milliseconds{1};
  Writer writer(store, options);
  writer.on_change(host(1));
  store.wait_for_calls(1);
  writer.flush_and_stop();
  EXPECT_EQ(writer.counts().written, 1U);
  EXPECT_EQ(writer.counts().retries, 2U);
}

TEST(Writer, AStopDoesNotWaitForTheNextTry) {
  TestStore store;
  store.fail(1);
  WriterOptions options = fast();
  // Waited out, this would hang the test.
  options.first_retry = options.max_retry = options.stop_patience = std::chrono::hours{1};
  Writer writer(store, options);
  writer.on_change(host(1));
  store.wait_for_calls(1);
  writer.flush_and_stop();
  EXPECT_EQ(writer.counts().written, 1U);
}

TEST(Writer, GivesUpWithAStoreThatStaysAwayAndCountsIt) {
  TestStore store;
  store.fail(TestStore::kForEver);
  WriterOptions options = fast();
  options.max_batch = 2;
  Writer writer(store, options);
  for (std::uint64_t i = 1; i <= 3; ++i) writer.on_change(host(i));
  for (std::int64_t i = 1; i <= 4; ++i) writer.on_change(sample(i));
  writer.on_change(event(1));
  writer.flush_and_stop();
  const WriterCounts counts = writer.counts();
  EXPECT_EQ(counts.written, 0U);
  EXPECT_EQ(counts.dropped_entities, 3U);
  EXPECT_EQ(counts.dropped_samples, 4U);
  EXPECT_EQ(counts.dropped_events, 1U);
  EXPECT_EQ(counts.outages, 1U);
  expect_all_accounted_for(counts);
}

TEST(Writer, CountsWhatComesAfterTheStop) {
  TestStore store;
  Writer writer(store, fast());
  writer.flush_and_stop();
  writer.on_change(host(1));
  writer.on_change(sample(1));
  writer.on_change(event(1));
  writer.flush_and_stop();  // again, without harm
  EXPECT_EQ(writer.counts().dropped_entities, 1U);
  EXPECT_EQ(writer.counts().dropped_samples, 1U);
  EXPECT_EQ(writer.counts().dropped_events, 1U);
  expect_all_accounted_for(writer.counts());
}

TEST(Writer, ARefusedChangeDoesNotTakeOthersWithIt) {
  TestStore store;
  Writer writer(store, fast());
  for (std::uint64_t id : {1, 2, 0, 3, 4, 5}) writer.on_change(host(id));
  model::StreamSample no_stream = sample(1);
  no_stream.stream = {};
  writer.on_change(no_stream);
  writer.on_change(event(1));
  writer.flush_and_stop();
  EXPECT_EQ(writer.counts().written, 6U);
  EXPECT_EQ(writer.counts().rejected, 2U);
  EXPECT_EQ(writer.counts().outages, 0U);
  EXPECT_NE(writer.counts().last_error.find("without"), std::string::npos);
  EXPECT_EQ(value(store.hosts({})).items.size(), 5U);
  expect_all_accounted_for(writer.counts());
}

TEST(Writer, DeletesWhatIsOlderThanItsRetention) {
  TestStore store;
  put(store, {event(0), event(10 * 86'400'000)});
  WriterOptions options = fast();
  options.retention.age = std::chrono::days{7};
  options.clock = [] { return at(10 * 86'400'000); };
  options.retention.samples_1s = std::chrono::days{1};
  Writer writer(store, options);
  const Cutoffs cutoffs = store.wait_for_expiry();
  EXPECT_EQ(cutoffs.all, at(3 * 86'400'000));
  EXPECT_EQ(cutoffs.samples_1s, at(9 * 86'400'000));
  EXPECT_EQ(cutoffs.samples_10s, at(3 * 86'400'000));
  while (writer.counts().expired < 1) std::this_thread::yield();
  writer.flush_and_stop();
  EXPECT_EQ(value(store.events({})).items.size(), 1U);
}

TEST(Writer, CountsAreRightWhileManyThreadsLook) {
  TestStore store;
  WriterOptions options = fast();
  options.capacity = 50;
  Writer writer(store, options);
  std::atomic<bool> done = false;
  std::thread observer([&] {
    while (!done) expect_all_accounted_for(writer.counts());
  });
  for (std::int64_t i = 0; i < 2'000; ++i) {
    writer.on_change(host(static_cast<std::uint64_t>(i % 60) + 1));
    writer.on_change(sample(i));
  }
  writer.flush_and_stop();
  done = true;
  observer.join();
  EXPECT_EQ(writer.counts().queued, 4'000U);
}

}  // namespace
}  // namespace rtcscope::store
