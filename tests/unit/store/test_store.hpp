#pragma once
// A store whose apply() a test holds up, breaks and mends, and what writers are tested with.

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "store/writer.hpp"
#include "tests/unit/store/entities.hpp"

namespace rtcscope::store::testing {

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
  StoreResult<Overview> overview(const OverviewQuery& q) const override { return store_->overview(q); }
  std::uint64_t version() const noexcept override { return store_->version(); }
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

inline WriterOptions fast() {
  WriterOptions options;
  options.max_delay = milliseconds{1};
  options.first_retry = milliseconds{1};
  options.max_retry = milliseconds{4};
  options.stop_patience = milliseconds{20};
  return options;
}

inline model::Host host(std::uint64_t id, const char* name = "media1") {
  return {{id}, name, "", at(0), at(0)};
}
inline model::StreamSample sample(std::int64_t second) {
  model::StreamSample s;
  s.stream = {1};
  s.start = at(second * 1000);
  return s;
}
inline model::Event event(std::int64_t time) {
  model::Event e;
  e.time = at(time);
  return e;
}

inline void expect_all_accounted_for(const WriterCounts& c) {
  EXPECT_EQ(c.queued, c.queue_depth + c.written + c.coalesced + c.dropped_samples + c.dropped_events +
                          c.dropped_entities + c.rejected + c.spool.changes);
}

}  // namespace rtcscope::store::testing
