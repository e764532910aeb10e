#include "store/sqlite/connection.hpp"

#include <sqlite3.h>

#include <array>

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

}  // namespace

Statement::~Statement() {
  sqlite3_reset(handle_);
  sqlite3_clear_bindings(handle_);
  auto& cache = connection_.cache_;
  // Full, or the same text is on loan twice: one of them is enough.
  if (cache.size() >= Connection::kMaxCached || !cache.try_emplace(std::move(sql_), handle_).second) {
    sqlite3_finalize(handle_);
  }
}

void Statement::check(int code) {
  if (code != SQLITE_OK) connection_.fail(code);
}

Statement& Statement::bind(std::int64_t value) {
  check(sqlite3_bind_int64(handle_, ++parameter_, value));
  return *this;
}

Statement& Statement::bind(double value) {
  check(sqlite3_bind_double(handle_, ++parameter_, value));
  return *this;
}

Statement& Statement::bind(std::string_view value) {
  // A null pointer would be NULL instead of an empty text.
  const char* data = value.data() == nullptr ? "" : value.data();
  check(sqlite3_bind_text64(handle_, ++parameter_, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind_null() {
  check(sqlite3_bind_null(handle_, ++parameter_));
  return *this;
}

bool Statement::step() {
  column_ = 0;
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) connection_.fail(code);
  return false;
}

void Statement::run() {
  while (step()) {
  }
  sqlite3_reset(handle_);
  parameter_ = 0;
}

bool Statement::null_next() const {
  return sqlite3_column_type(handle_, column_) == SQLITE_NULL;
}

std::int64_t Statement::integer() {
  return sqlite3_column_int64(handle_, column_++);
}

double Statement::real() {
  return sqlite3_column_double(handle_, column_++);
}

std::string Statement::text() {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(handle_, column_));
  const int size = sqlite3_column_bytes(handle_, column_++);
  return data == nullptr ? std::string{} : std::string(data, static_cast<std::size_t>(size));
}

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
  for (const auto& [sql, statement] : cache_) sqlite3_finalize(statement);
}

Statement Connection::prepare(std::string_view sql) {
  if (const auto cached = cache_.find(sql); cached != cache_.end()) {
    auto node = cache_.extract(cached);
    return {*this, std::move(node.key()), node.mapped()};
  }
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) fail(code);
  return {*this, std::string(sql), statement};
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

Transaction::Transaction(Connection& connection, Kind kind) : connection_(connection) {
  // A write transaction takes its lock now: later it could not wait for it without risking a deadlock.
  connection_.prepare(kind == Kind::kWrite ? "BEGIN IMMEDIATE" : "BEGIN").run();
}

Transaction::~Transaction() {
  // SQLite rolls back by itself after some faults.
  if (!open_ || !connection_.in_transaction()) return;
  try {
    connection_.prepare("ROLLBACK").run();
  } catch (const Fault&) {
    // The next BEGIN fails and says so.
  }
}

void Transaction::commit() {
  connection_.prepare("COMMIT").run();
  open_ = false;
}

void bind_all(Statement& statement, const std::vector<Value>& values) {
  for (const Value& value : values) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      statement.bind(*integer);
    } else {
      statement.bind(std::get<std::string>(value));
    }
  }
}

}  // namespace rtcscope::store::sqlite
