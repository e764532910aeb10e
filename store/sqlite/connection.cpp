#include "store/sqlite/connection.hpp"

#include <sqlite3.h>

#include <string_view>

namespace rtcscope::store::sqlite {
namespace {

StoreErrc classify(int extended_code) {
  switch (extended_code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return StoreErrc::kBusy;
    case SQLITE_FULL:
      return StoreErrc::kFull;
    case SQLITE_READONLY:
      return StoreErrc::kReadOnly;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return StoreErrc::kCannotOpen;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return StoreErrc::kNotADatabase;
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
      return StoreErrc::kIo;
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
      return StoreErrc::kRejected;
    default:
      return StoreErrc::kInternal;
  }
}

int milliseconds(std::chrono::nanoseconds duration) {
  return static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

/// A statement of SQLite's own.
class SqliteStatement final : public sql::Prepared {
 public:
  SqliteStatement(const Connection& connection, sqlite3_stmt* handle) noexcept
      : connection_(connection), handle_(handle) {}
  ~SqliteStatement() override { sqlite3_finalize(handle_); }

  void bind(int parameter, std::int64_t value) override {
    check(sqlite3_bind_int64(handle_, parameter, value));
  }
  void bind(int parameter, double value) override { check(sqlite3_bind_double(handle_, parameter, value)); }
  void bind(int parameter, std::string_view value) override {
    // A null pointer would be NULL instead of an empty text.
    const char* data = value.data() == nullptr ? "" : value.data();
    check(sqlite3_bind_text64(handle_, parameter, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  }
  void bind_null(int parameter) override { check(sqlite3_bind_null(handle_, parameter)); }

  bool step() override {
    const int code = sqlite3_step(handle_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) connection_.fail(code);
    return false;
  }
  void reset() noexcept override {
    sqlite3_reset(handle_);
    sqlite3_clear_bindings(handle_);
  }

  [[nodiscard]] bool null(int column) const override {
    return sqlite3_column_type(handle_, column) == SQLITE_NULL;
  }
  [[nodiscard]] std::int64_t integer(int column) const override {
    return sqlite3_column_int64(handle_, column);
  }
  [[nodiscard]] double real(int column) const override { return sqlite3_column_double(handle_, column); }
  [[nodiscard]] std::string text(int column) const override {
    const auto* data = static_cast<const char*>(sqlite3_column_blob(handle_, column));
    const int size = sqlite3_column_bytes(handle_, column);
    return data == nullptr ? std::string{} : std::string(data, static_cast<std::size_t>(size));
  }

 private:
  void check(int code) const {
    if (code != SQLITE_OK) connection_.fail(code);
  }

  const Connection& connection_;
  sqlite3_stmt* handle_;
};

}  // namespace

void Connection::Close::operator()(sqlite3* handle) const noexcept {
  sqlite3_close_v2(handle);
}

Connection::Connection(const std::string& path, OpenMode mode, std::chrono::nanoseconds busy_timeout) {
  // Readers must write to the WAL index as well; query_only keeps them from anything else.
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
  if (mode == OpenMode::kCreate) flags |= SQLITE_OPEN_CREATE;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) fail(code);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, milliseconds(busy_timeout));
  if (mode == OpenMode::kRead) execute("PRAGMA query_only = ON");
}

Connection::~Connection() {
  forget_statements();
}

std::unique_ptr<sql::Prepared> Connection::compile(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) fail(code);
  return std::make_unique<SqliteStatement>(*this, statement);
}

// A write transaction takes its lock now: later it could not wait for it without risking a deadlock.
const char* Connection::begin(Access access) const {
  return access == Access::kWrite ? "BEGIN IMMEDIATE" : "BEGIN";
}

void Connection::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

std::uint64_t Connection::changes() const {
  return static_cast<std::uint64_t>(sqlite3_changes64(handle_.get()));
}

bool Connection::in_transaction() const {
  return sqlite3_get_autocommit(handle_.get()) == 0;
}

bool Connection::read_only() const {
  return sqlite3_db_readonly(handle_.get(), "main") == 1;
}

void Connection::fail(int code) const {
  if (handle_ == nullptr) throw Fault{StoreErrc::kIo, "out of memory"};
  const int extended = sqlite3_extended_errcode(handle_.get());
  const int cause = (extended & 0xff) == (code & 0xff) ? extended : code;
  throw Fault{classify(cause),
              std::string(sqlite3_errmsg(handle_.get())) + " (SQLite error " + std::to_string(cause) + ")"};
}

}  // namespace rtcscope::store::sqlite
