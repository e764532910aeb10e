#include "store/sqlite_store.hpp"

#include <mutex>
#include <utility>

#include "store/sql/sql_store.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/file_lock.hpp"
#include "store/sqlite/migrations.hpp"

namespace rtcscope::store {
namespace {

using sqlite::Connection;
using sqlite::Fault;
using sqlite::OpenMode;

const char* advice_for(StoreErrc code) {
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

/// The lock that a file needs.
sqlite::FileLock set_up(Connection& connection, const std::string& path, bool in_memory) {
  if (path.empty()) throw Fault{StoreErrc::kCannotOpen, "no file is named"};
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

/// A file has one connection for writing and as many for reading as there are readers at a time; a database
/// in memory has only one, which they share in turn.
class SqlitePool final : public sql::Pool {
 public:
  SqlitePool(const std::string& path, const SqliteOptions& options)
      : path_(path),
        in_memory_(path == ":memory:"),
        busy_timeout_(options.busy_timeout),
        writer_(std::make_unique<Connection>(path, OpenMode::kCreate, busy_timeout_)),
        lock_(set_up(*writer_, path, in_memory_)) {}

  void read(const std::function<void(sql::Connection&)>& use) override {
    if (in_memory_) {
      write(use);
      return;
    }
    std::unique_ptr<Connection> reader = take_reader();
    use(*reader);
    give_back(std::move(reader));
  }

  void write(const std::function<void(sql::Connection&)>& use) override {
    std::unique_lock<std::mutex> turn;
    if (in_memory_) turn = std::unique_lock(only_one_);
    use(*writer_);
  }

  void write_beside(const std::function<void(sql::Connection&)>& use) override {
    if (in_memory_) {
      write(use);
      return;
    }
    const std::lock_guard turn(beside_mutex_);
    if (!beside_) {
      beside_ = std::make_unique<Connection>(path_, OpenMode::kCreate, kBesideTimeout);
      beside_->execute("PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = OFF");
    }
    use(*beside_);
  }

  [[nodiscard]] std::string name() const override { return "the database " + path_; }
  [[nodiscard]] const char* advice(StoreErrc code) const override { return advice_for(code); }

 private:
  static constexpr std::size_t kMaxIdle = 16;
  // The writer's batches are large, and come once a second.
  static constexpr Duration kBesideTimeout = std::chrono::seconds{5};

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
  sqlite::FileLock lock_;
  std::mutex only_one_;
  std::mutex beside_mutex_;
  std::unique_ptr<Connection> beside_;
  std::mutex idle_mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace

StoreResult<std::unique_ptr<Store>> open_sqlite(const std::string& path, const SqliteOptions& options) {
  const auto refused = [&](const Fault& fault) {
    return Unexpected{StoreError{
        fault.code, "cannot open the database " + path + ": " + fault.message + advice_for(fault.code)}};
  };
  try {
    return sql::make_store(std::make_unique<SqlitePool>(path, options));
  } catch (const Fault& fault) {
    return refused(fault);
  } catch (const std::bad_alloc&) {
    return refused({StoreErrc::kIo, "out of memory"});
  }
}

}  // namespace rtcscope::store
