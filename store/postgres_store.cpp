#include "store/postgres_store.hpp"

#include <mutex>
#include <new>
#include <vector>

#include "store/postgres/connection.hpp"
#include "store/postgres/migrations.hpp"
#include "store/sql/sql_store.hpp"

namespace rtcscope::store {
namespace {

using postgres::Connection;
using sql::Fault;

const char* advice_for(StoreErrc code) {
  switch (code) {
    case StoreErrc::kCannotOpen:
      return "; check user, password (PGPASSFILE), database name and rights";
    case StoreErrc::kNotADatabase:
      return "; name another database, or a schema of its own (options=-csearch_path%3Drtcscope)";
    case StoreErrc::kNewerSchema:
      return "; start that newer rtcscope, or name another database";
    case StoreErrc::kReadOnly:
      return "; name the primary server, not a standby";
    case StoreErrc::kBusy:
      return "; stop the other process, or name another database or schema";
    case StoreErrc::kFull:
      return "; free some disk space on the server";
    case StoreErrc::kIo:
      return "; check that the server runs and can be reached";
    case StoreErrc::kRejected:
    case StoreErrc::kBadCursor:
    case StoreErrc::kInternal:
      return "";
  }
  return "";
}

/// "postgresql://rtcscope@db.example:5432/rtcscope": what libpq makes of the URL, without the password.
std::string shown(const std::string& url) {
  PQconninfoOption* options = PQconninfoParse(url.c_str(), nullptr);
  if (options == nullptr) return "PostgreSQL";
  std::string user, host, port, database;
  for (const PQconninfoOption* o = options; o->keyword != nullptr; ++o) {
    const std::string_view keyword = o->keyword;
    const std::string value = o->val == nullptr ? "" : o->val;
    if (keyword == "user") user = value;
    if (keyword == "host") host = value;
    if (keyword == "port" && !value.empty()) port = ":" + value;
    if (keyword == "dbname") database = value;
  }
  PQconninfoFree(options);
  return "postgresql://" + (user.empty() ? "" : user + "@") + host + port + "/" + database;
}

class PostgresPool final : public sql::Pool {
 public:
  explicit PostgresPool(std::string url) : url_(std::move(url)), shown_(shown(url_)) { open_writer(); }

  void read(const std::function<void(sql::Connection&)>& use) override {
    std::unique_ptr<Connection> reader = take_reader();
    try {
      use(*reader);
    } catch (...) {
      give_back(std::move(reader));
      throw;
    }
    give_back(std::move(reader));
  }

  void write(const std::function<void(sql::Connection&)>& use) override {
    if (!writer_ || writer_->broken()) open_writer();
    use(*writer_);
  }

  void write_beside(const std::function<void(sql::Connection&)>& use) override {
    const std::lock_guard turn(beside_mutex_);
    if (!beside_ || beside_->broken()) {
      beside_.reset();
      beside_ = std::make_unique<Connection>(url_);
      beside_->execute("SET statement_timeout = '15s'");
    }
    use(*beside_);
  }

  [[nodiscard]] std::string name() const override { return "the database " + shown_; }
  [[nodiscard]] const char* advice(StoreErrc code) const override { return advice_for(code); }

 private:
  static constexpr std::size_t kMaxIdle = 8;

  void open_writer() {
    writer_.reset();
    auto writer = std::make_unique<Connection>(url_);
    // First without a write: it may be the database of another program or version.
    const auto& migrations = postgres::embedded_migrations();
    sql::schema_version(*writer, postgres::kCatalog, migrations);
    // One rtcscope a schema, see sqlite::FileLock. The lock goes with the connection.
    {
      sql::Statement row = writer->prepare(
          "SELECT CASE WHEN pg_try_advisory_lock(1920230259, hashtext(current_schema())) THEN 1 ELSE 0 END");
      if (!row.step() || row.integer() == 0) throw Fault{StoreErrc::kBusy, "another rtcscope is using it"};
    }
    sql::migrate(*writer, postgres::kCatalog, migrations);
    writer->execute("SET statement_timeout = '60s'");
    writer_ = std::move(writer);
  }

  std::unique_ptr<Connection> take_reader() {
    {
      const std::lock_guard lock(idle_mutex_);
      while (!idle_.empty()) {
        auto reader = std::move(idle_.back());
        idle_.pop_back();
        if (!reader->broken()) return reader;
      }
    }
    auto reader = std::make_unique<Connection>(url_);
    reader->execute("SET statement_timeout = '15s'");
    return reader;
  }
  void give_back(std::unique_ptr<Connection> reader) {
    if (reader->broken()) return;
    const std::lock_guard lock(idle_mutex_);
    if (idle_.size() < kMaxIdle) idle_.push_back(std::move(reader));
  }

  std::string url_;
  std::string shown_;
  std::unique_ptr<Connection> writer_;
  std::mutex beside_mutex_;
  std::unique_ptr<Connection> beside_;
  std::mutex idle_mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace

StoreResult<std::unique_ptr<Store>> open_postgres(const std::string& url) {
  const auto refused = [&](const Fault& fault) {
    return Unexpected{StoreError{fault.code, "cannot open the database " + shown(url) + ": " + fault.message +
                                                 advice_for(fault.code)}};
  };
  try {
    return sql::make_store(std::make_unique<PostgresPool>(url));
  } catch (const Fault& fault) {
    return refused(fault);
  } catch (const std::bad_alloc&) {
    return refused({StoreErrc::kIo, "out of memory"});
  }
}

}  // namespace rtcscope::store
