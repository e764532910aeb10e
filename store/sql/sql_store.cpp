#include "store/sql/sql_store.hpp"

#include <atomic>
#include <new>
#include <utility>

#include "store/client/reports.hpp"
#include "store/sql/reads.hpp"
#include "store/sql/rollups.hpp"
#include "store/sql/writes.hpp"

namespace rtcscope::store::sql {
namespace {

struct Counted {
  std::atomic<std::uint64_t>& version;
  ~Counted() { version.fetch_add(1, std::memory_order_release); }
};

class SqlStore final : public Store {
  // Here because what they return must be known below.
  /// What `action` returns, or why it could not.
  template <class Action>
  auto attempt(const std::string& tried, Action action) const -> StoreResult<decltype(action())> {
    try {
      return action();
    } catch (const Fault& fault) {
      return Unexpected{explain(*pool_, tried, fault)};
    } catch (const std::bad_alloc&) {
      return Unexpected{explain(*pool_, tried, {StoreErrc::kIo, "out of memory"})};
    }
  }

  template <class Action>
  auto read(Action action) const {
    using Answer = decltype(action(std::declval<Connection&>()));
    return attempt("read", [&]() -> Answer {
      std::optional<Answer> result;
      pool_->read([&](Connection& connection) {
        Transaction transaction(connection, Access::kRead);
        result.emplace(action(connection));
        transaction.commit();
      });
      return *std::move(result);
    });
  }

  template <class Action>
  auto write(const char* tried, Action action) {
    using Answer = decltype(action(std::declval<Connection&>()));
    return attempt(tried, [&]() -> Answer {
      // Also after a failure: a commit whose answer was lost may have been done.
      const Counted counted{version_};
      std::optional<Answer> result;
      pool_->write([&](Connection& connection) {
        Transaction transaction(connection, Access::kWrite);
        result.emplace(action(connection));
        transaction.commit();
      });
      return *std::move(result);
    });
  }

 public:
  explicit SqlStore(std::unique_ptr<Pool> pool) noexcept : pool_(std::move(pool)), client_reports_(*pool_) {}

  client::Reports& client_reports() noexcept override { return client_reports_; }

  StoreResult<Page<ConferenceRow>> conferences(const ConferenceQuery& query) const override {
    return read([&](Connection& c) { return read_conferences(c, query); });
  }
  StoreResult<Page<ParticipantRow>> participants(const ParticipantQuery& query) const override {
    return read([&](Connection& c) { return read_participants(c, query); });
  }
  StoreResult<Page<model::Session>> sessions(const SessionQuery& query) const override {
    return read([&](Connection& c) { return read_sessions(c, query); });
  }
  StoreResult<Page<ConnectionRow>> connections(const ConnectionQuery& query) const override {
    return read([&](Connection& c) { return read_connections(c, query); });
  }
  StoreResult<Page<FlowRow>> flows(const FlowQuery& query) const override {
    return read([&](Connection& c) { return read_flows(c, query); });
  }
  StoreResult<Page<StreamRow>> streams(const StreamQuery& query) const override {
    return read([&](Connection& c) { return read_streams(c, query); });
  }
  StoreResult<Page<EventRow>> events(const EventQuery& query) const override {
    return read([&](Connection& c) { return read_events(c, query); });
  }
  StoreResult<Page<model::Issue>> issues(const IssueQuery& query) const override {
    return read([&](Connection& c) { return read_issues(c, query); });
  }
  StoreResult<Page<model::Host>> hosts(const PageRequest& page) const override {
    return read([&](Connection& c) { return read_hosts(c, page); });
  }
  StoreResult<Page<model::StreamSample>> samples(const SampleQuery& query) const override {
    return read([&](Connection& c) { return read_samples(c, query); });
  }
  StoreResult<std::optional<ConferenceDetail>> conference(ConferenceId id) const override {
    return read([&](Connection& c) { return read_conference(c, id); });
  }
  StoreResult<std::optional<ParticipantDetail>> participant(ParticipantId id) const override {
    return read([&](Connection& c) { return read_participant(c, id); });
  }
  StoreResult<std::optional<SessionDetail>> session(SessionId id) const override {
    return read([&](Connection& c) { return read_session(c, id); });
  }
  StoreResult<std::optional<ConnectionDetail>> connection(ConnectionId id) const override {
    return read([&](Connection& c) { return read_connection(c, id); });
  }
  StoreResult<std::optional<FlowRow>> flow(FlowId id) const override {
    return read([&](Connection& c) { return read_flow(c, id); });
  }
  StoreResult<std::optional<StreamRow>> stream(StreamId id) const override {
    return read([&](Connection& c) { return read_stream(c, id); });
  }
  StoreResult<std::optional<SampleSpan>> sample_span(std::span<const StreamId> streams,
                                                     const TimeRange& time) const override {
    return read([&](Connection& c) { return read_sample_span(c, streams, time); });
  }
  StoreResult<std::vector<SeriesPoint>> series(StreamId stream, const TimeRange& time,
                                               Duration resolution) const override {
    return read([&](Connection& c) { return read_series(c, stream, time, resolution); });
  }
  StoreResult<std::vector<SearchHit>> search(const std::string& text, std::uint32_t limit) const override {
    return read([&](Connection& c) { return read_search(c, text, limit); });
  }
  StoreResult<Overview> overview(const OverviewQuery& query) const override {
    return read([&](Connection& c) { return read_overview(c, query); });
  }
  std::uint64_t version() const noexcept override { return version_.load(std::memory_order_acquire); }
  StoreResult<LiveCounts> live_counts() const override { return read(read_live_counts); }
  StoreResult<Done> check() const override {
    return read([](Connection& c) {
      c.prepare("SELECT version FROM schema_migrations LIMIT 1").run();
      return Done{};
    });
  }

  StoreResult<Done> apply(std::span<const model::Change> changes) override {
    return write("write to", [&](Connection& c) {
      apply_changes(c, changes);
      return Done{};
    });
  }
  StoreResult<RolledUp> roll_up(UtcTime before, std::uint32_t limit) override {
    return write("add samples up in", [&](Connection& c) { return sql::roll_up(c, {}, before, limit); });
  }
  StoreResult<Expired> expire(const Cutoffs& cutoffs, std::uint32_t limit) override {
    return write("delete old rows from", [&](Connection& c) { return expire_rows(c, cutoffs, limit); });
  }
  StoreResult<Done> end_unfinished() override {
    return write("end what a broken-off run left in", [](Connection& c) {
      end_unfinished_rows(c);
      return Done{};
    });
  }

 private:
  std::unique_ptr<Pool> pool_;
  client::Reports client_reports_;
  std::atomic<std::uint64_t> version_{1};
};

}  // namespace

StoreError explain(const Pool& pool, const std::string& tried, const Fault& fault) {
  return {fault.code, "cannot " + tried + " " + pool.name() + ": " + fault.message + pool.advice(fault.code)};
}

std::unique_ptr<Store> make_store(std::unique_ptr<Pool> pool) {
  return std::make_unique<SqlStore>(std::move(pool));
}

}  // namespace rtcscope::store::sql
