#pragma once
// The sqlite3 C API as owning types. Faults are exceptions inside store/sqlite/ and become StoreError at
// the Store interface.

#include <bit>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "store/store_error.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace rtcscope::store::sqlite {

/// What SQLite said; the message is completed with what was tried by whoever catches it.
struct Fault {
  StoreErrc code = StoreErrc::kInternal;
  std::string message;  // e.g. "disk I/O error (SQLITE_IOERR_WRITE)"
};

/// Ids and counters use all 64 bits; SQLite's INTEGER is signed.
constexpr std::int64_t to_signed(std::uint64_t value) noexcept {
  return std::bit_cast<std::int64_t>(value);
}
constexpr std::uint64_t to_unsigned(std::int64_t value) noexcept {
  return std::bit_cast<std::uint64_t>(value);
}

class Connection;

/// A prepared statement on loan from its connection's cache; goes back, reset, when destroyed.
/// Parameters are bound and columns are read from left to right.
class Statement {
 public:
  Statement(Connection& connection, std::string sql, sqlite3_stmt* handle) noexcept
      : connection_(connection), sql_(std::move(sql)), handle_(handle) {}
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& bind(std::int64_t value);
  Statement& bind(double value);
  Statement& bind(std::string_view value);
  Statement& bind_null();

  /// True: a row can be read. False: done. Throws Fault.
  bool step();
  /// For statements without rows: binds come first, the next run() can bind anew.
  void run();

  [[nodiscard]] bool null_next() const;  // whether the next column is NULL; does not go on
  std::int64_t integer();
  double real();
  std::string text();
  void skip() { column_ += 1; }

 private:
  void check(int code);

  Connection& connection_;
  std::string sql_;
  sqlite3_stmt* handle_;
  int parameter_ = 0;
  int column_ = 0;
};

enum class OpenMode { kCreate, kRead };

/// One connection: used by one thread at a time.
class Connection {
 public:
  /// Throws Fault.
  Connection(const std::string& path, OpenMode mode, std::chrono::nanoseconds busy_timeout);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// One statement, from the cache when it was used before.
  Statement prepare(std::string_view sql);
  /// Any number of statements without parameters and without use for their rows.
  void execute(const std::string& sql);
  /// Rows that the last INSERT, UPDATE or DELETE touched.
  [[nodiscard]] std::uint64_t changes() const;
  [[nodiscard]] bool in_transaction() const;
  /// SQLite opens a write-protected file for reading only, without an error.
  [[nodiscard]] bool read_only() const;
  [[noreturn]] void fail(int code) const;

 private:
  friend class Statement;
  static constexpr std::size_t kMaxCached = 256;

  struct Close {
    void operator()(sqlite3* handle) const noexcept;
  };
  std::unique_ptr<sqlite3, Close> handle_;
  std::map<std::string, sqlite3_stmt*, std::less<>> cache_;  // statements not in use
};

/// BEGIN .. COMMIT; rolls back when destroyed before commit().
class Transaction {
 public:
  enum class Kind { kRead, kWrite };
  Transaction(Connection& connection, Kind kind);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Connection& connection_;
  bool open_ = true;
};

/// A bound value of a statement whose text is put together at run time.
using Value = std::variant<std::int64_t, std::string>;
void bind_all(Statement& statement, const std::vector<Value>& values);

}  // namespace rtcscope::store::sqlite
