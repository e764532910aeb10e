#include "store/sqlite_store.hpp"

#include <mutex>
#include <utility>

#include "store/sqlite/connection.hpp"
#include "store/sqlite/file_lock.hpp"
#include "store/sqlite/migrations.hpp"
#include "store/sqlite/reads.hpp"
#include "store/sqlite/writes.hpp"

namespace rtcscope::store {
namespace {

using sqlite::Connection;
using sqlite::Fault;
using sqlite::OpenMode;
using sqlite::Transaction;

const char* advice(StoreErrc code) {
  switch (code) {
    case StoreErrc::kCannotOpen:
      return "; check that the folder exists and that this user may write there";
    case StoreErrc::kNotADatabase:
      return "; name another file, or move this one away if it is damaged";
    case StoreErrc::kNewerSchema:
      return "; start that newer rtcscope, or name another file";
    case StoreErrc::kReadOnly:
      return "; give this user the right to write the file and its folder";
    case StoreErrc::kBusy:
      return "; stop the other process, or name another file";
    case StoreErrc::kFull:
      return "; free some disk space";
    case StoreErrc::kIo:
      return "; check the disk";
    case StoreErrc::kRejected:
    case StoreErrc::kBadCursor:
    case StoreErrc::kInternal:
      return "";
  }
  return "";
}

StoreError explain(const std::string& tried, const std::string& path, const Fault& fault) {
  return {fault.code,
          "cannot " + tried + " the database " + path + ": " + fault.message + advice(fault.code)};
}

/// What `action` returns, or why it could not.
template <class Action>
auto attempt(const std::string& tried, const std::string& path, Action action)
    -> StoreResult<decltype(action())> {
  try {
    return action();
  } catch (const Fault& fault) {
    return Unexpected{explain(tried, path, fault)};
  } catch (const std::bad_alloc&) {
    return Unexpected{explain(tried, path, {StoreErrc::kIo, "out of memory"})};
  }
}

/// The connections of one database. A file has one for writing and as many for reading as there are
/// readers at a time; a database in memory has only one, which they share in turn.
class Connections {
 public:
  Connections(const std::string& path, const SqliteOptions& options)
      : path_(path),
        in_memory_(path == ":memory:"),
        busy_timeout_(options.busy_timeout),
        writer_(std::make_unique<Connection>(path, OpenMode::kCreate, busy_timeout_)) {}

  /// On loan: a connection for reading, or the only one.
  class Loan {
   public:
    explicit Loan(Connections& from) : from_(from) {
      if (from_.in_memory_) {
        turn_ = std::unique_lock(from_.only_one_);
      } else {
        reader_ = from_.take_reader();
      }
    }
    ~Loan() {
      if (reader_) from_.give_back(std::move(reader_));
    }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    Connection& operator*() { return reader_ ? *reader_ : *from_.writer_; }

   private:
    Connections& from_;
    std::unique_lock<std::mutex> turn_;
    std::unique_ptr<Connection> reader_;
  };

  template <class Action>
  auto write(Action action) {
    std::unique_lock<std::mutex> turn;
    if (in_memory_) turn = std::unique_lock(only_one_);
    return action(*writer_);
  }

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] bool in_memory() const noexcept { return in_memory_; }

 private:
  static constexpr std::size_t kMaxIdle = 16;

  std::unique_ptr<Connection> take_reader() {
    {
      const std::lock_guard lock(idle_mutex_);
      if (!idle_.empty()) {
        auto reader = std::move(idle_.back());
        idle_.pop_back();
        return reader;
      }
    }
    return std::make_unique<Connection>(path_, OpenMode::kRead, busy_timeout_);
  }
  void give_back(std::unique_ptr<Connection> reader) {
    const std::lock_guard lock(idle_mutex_);
    if (idle_.size() < kMaxIdle) idle_.push_back(std::move(reader));
  }

  std::string path_;
  bool in_memory_;
  Duration busy_timeout_;
  std::unique_ptr<Connection> writer_;
  std::mutex only_one_;
  std::mutex idle_mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

/// The lock that a file needs.
sqlite::FileLock set_up(Connection& connection, const std::string& path, bool in_memory) {
  const auto& migrations = sqlite::embedded_migrations();
  // First of all and without a write: it may be the database of another program or version.
  sqlite::schema_version(connection, migrations);
  if (connection.read_only()) throw Fault{StoreErrc::kReadOnly, "it cannot be written"};
  auto lock = in_memory ? sqlite::FileLock() : sqlite::FileLock(path);
  std::string mode;
  {
    sqlite::Statement row = connection.prepare("PRAGMA journal_mode = WAL");
    if (row.step()) mode = row.text();
  }
  if (!in_memory && mode != "wal") {
    throw Fault{StoreErrc::kCannotOpen, "its file system does not take a write-ahead log; use a local disk"};
  }
  // NORMAL: a power cut may cost the last seconds, never the database. Each stream's samples have a page of
  // their own that is written every second; a long log (16 MiB) brings it to the database file less often.
  connection.execute(
      "PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY; "
      "PRAGMA wal_autocheckpoint = 4096; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -32768");
  sqlite::migrate(connection, migrations);
  return lock;
}

class SqliteStore final : public Store {
  // Here because what they return must be known below.
  template <class Action>
  auto read(Action action) const {
    return attempt("read", connections_.path(), [&] {
      Connections::Loan loan(connections_);
      Transaction transaction(*loan, Transaction::Kind::kRead);
      auto result = action(*loan);
      transaction.commit();
      return result;
    });
  }

  template <class Action>
  auto write(const char* tried, Action action) {
    return attempt(tried, connections_.path(), [&] {
      return connections_.write([&](Connection& writer) {
        Transaction transaction(writer, Transaction::Kind::kWrite);
        auto result = action(writer);
        transaction.commit();
        return result;
      });
    });
  }

 public:
  SqliteStore(const std::string& path, const SqliteOptions& options) : connections_(path, options) {
    lock_ = connections_.write(
        [&](Connection& writer) { return set_up(writer, path, connections_.in_memory()); });
  }

  StoreResult<Page<ConferenceRow>> conferences(const ConferenceQuery& query) const override {
    return read([&](Connection& c) { return sqlite::read_conferences(c, query); });
  }
  StoreResult<Page<ParticipantRow>> participants(const ParticipantQuery& query) const override {
    return read([&](Connection& c) { return sqlite::read_participants(c, query); });
  }
  StoreResult<Page<model::Session>> sessions(const SessionQuery& query) const override {
    return read([&](Connection& c) { return sqlite::read_sessions(c, query); });
  }
  StoreResult<Page<ConnectionRow>> connections(const ConnectionQuery& query) const override {
    return read([&](Connection& c) { return sqlite::read_connections(c, query); });
  }
  StoreResult<Page<FlowRow>> flows(const FlowQuery& query) const override {
    return read([&](Connection& c) { return sqlite::read_flows(c, query); });
  }
  StoreResult<Page<StreamRow>> streams(const StreamQuery& query) const override {
    return read([&](Connection& c) { return sqlite::read_streams(c, query); });
  }
  StoreResult<Page<EventRow>> events(const EventQuery& query) const override {
    return read([&](Connection& c) { return sqlite::read_events(c, query); });
  }
  StoreResult<Page<model::Host>> hosts(const PageRequest& page) const override {
    return read([&](Connection& c) { return sqlite::read_hosts(c, page); });
  }
  StoreResult<Page<model::StreamSample>> samples(const SampleQuery& query) const override {
    return read([&](Connection& c) { return sqlite::read_samples(c, query); });
  }
  StoreResult<std::optional<ConferenceDetail>> conference(ConferenceId id) const override {
    return read([&](Connection& c) { return sqlite::read_conference(c, id); });
  }
  StoreResult<std::optional<ParticipantDetail>> participant(ParticipantId id) const override {
    return read([&](Connection& c) { return sqlite::read_participant(c, id); });
  }
  StoreResult<std::optional<SessionDetail>> session(SessionId id) const override {
    return read([&](Connection& c) { return sqlite::read_session(c, id); });
  }
  StoreResult<std::optional<ConnectionDetail>> connection(ConnectionId id) const override {
    return read([&](Connection& c) { return sqlite::read_connection(c, id); });
  }
  StoreResult<std::optional<FlowRow>> flow(FlowId id) const override {
    return read([&](Connection& c) { return sqlite::read_flow(c, id); });
  }
  StoreResult<std::optional<StreamRow>> stream(StreamId id) const override {
    return read([&](Connection& c) { return sqlite::read_stream(c, id); });
  }
  StoreResult<std::optional<SampleSpan>> sample_span(std::span<const StreamId> streams,
                                                     const TimeRange& time) const override {
    return read([&](Connection& c) { return sqlite::read_sample_span(c, streams, time); });
  }
  StoreResult<std::vector<SeriesPoint>> series(StreamId stream, const TimeRange& time,
                                               Duration resolution) const override {
    return read([&](Connection& c) { return sqlite::read_series(c, stream, time, resolution); });
  }
  StoreResult<std::vector<SearchHit>> search(const std::string& text, std::uint32_t limit) const override {
    return read([&](Connection& c) { return sqlite::read_search(c, text, limit); });
  }
  StoreResult<LiveCounts> live_counts() const override { return read(sqlite::read_live_counts); }
  StoreResult<Done> check() const override {
    return read([](Connection& c) {
      c.prepare("SELECT version FROM schema_migrations LIMIT 1").run();
      return Done{};
    });
  }

  StoreResult<Done> apply(std::span<const model::Change> changes) override {
    return write("write to", [&](Connection& c) {
      sqlite::apply_changes(c, changes);
      return Done{};
    });
  }
  StoreResult<Expired> expire(UtcTime cutoff, std::uint32_t limit) override {
    return write("delete old rows from",
                 [&](Connection& c) { return sqlite::expire_rows(c, cutoff, limit); });
  }
  StoreResult<Done> end_unfinished() override {
    return write("end what a broken-off run left in", [](Connection& c) {
      sqlite::end_unfinished_rows(c);
      return Done{};
    });
  }

 private:
  sqlite::FileLock lock_;            // let go of after the last connection
  mutable Connections connections_;  // lending a connection does not change the store
};

}  // namespace

StoreResult<std::unique_ptr<Store>> open_sqlite(const std::string& path, const SqliteOptions& options) {
  return attempt("open", path,
                 [&]() -> std::unique_ptr<Store> { return std::make_unique<SqliteStore>(path, options); });
}

}  // namespace rtcscope::store
