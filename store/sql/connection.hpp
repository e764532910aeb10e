#pragma once
// What all SQL stores share of a database's client library, so that each question is written once. Faults
// are exceptions below store/sql/ and become StoreError at the Store interface.

#include <bit>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "correlator/model.hpp"
#include "store/store_error.hpp"

namespace rtcscope::store::sql {

/// What the database said; the message is completed with what was tried by whoever catches it.
struct Fault {
  StoreErrc code = StoreErrc::kInternal;
  std::string message;  // e.g. "disk I/O error (SQLITE_IOERR_WRITE)"
};

/// Ids and counters use all 64 bits; the databases' integers are signed.
constexpr std::int64_t to_signed(std::uint64_t value) noexcept {
  return std::bit_cast<std::int64_t>(value);
}
constexpr std::uint64_t to_unsigned(std::int64_t value) noexcept {
  return std::bit_cast<std::uint64_t>(value);
}

/// A prepared statement of a client library. Parameters count from 1, columns from 0.
class Prepared {
 public:
  Prepared() = default;
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;
  virtual ~Prepared() = default;

  virtual void bind(int parameter, std::int64_t value) = 0;
  virtual void bind(int parameter, double value) = 0;
  virtual void bind(int parameter, std::string_view value) = 0;
  virtual void bind_null(int parameter) = 0;
  /// True: a row can be read. False: done. Throws Fault.
  virtual bool step() = 0;
  /// Forgets rows and values.
  virtual void reset() noexcept = 0;

  [[nodiscard]] virtual bool null(int column) const = 0;
  [[nodiscard]] virtual std::int64_t integer(int column) const = 0;
  [[nodiscard]] virtual double real(int column) const = 0;
  [[nodiscard]] virtual std::string text(int column) const = 0;
};

class Connection;

/// A prepared statement on loan from its connection's cache; goes back, reset, when destroyed.
/// Parameters are bound and columns are read from left to right.
class Statement {
 public:
  Statement(Connection& connection, std::string sql, std::unique_ptr<Prepared> prepared) noexcept
      : connection_(connection), sql_(std::move(sql)), prepared_(std::move(prepared)) {}
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

  [[nodiscard]] bool null_next() const { return prepared_->null(column_); }  // does not go on
  std::int64_t integer() { return prepared_->integer(column_++); }
  double real() { return prepared_->real(column_++); }
  std::string text() { return prepared_->text(column_++); }
  void skip() { column_ += 1; }

 private:
  Connection& connection_;
  std::string sql_;
  std::unique_ptr<Prepared> prepared_;
  int parameter_ = 0;
  int column_ = 0;
};

enum class Access { kRead, kWrite };

/// One connection: used by one thread at a time.
class Connection {
 public:
  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  virtual ~Connection() = default;

  /// One statement, from the cache when it was used before. SQL that every database of ours takes:
  /// parameters are ? or ?1, LIKE ignores case (of ASCII letters at least).
  Statement prepare(std::string_view sql);
  /// Any number of statements without parameters and without use for their rows.
  virtual void execute(const std::string& sql) = 0;
  /// Rows that the last INSERT, UPDATE or DELETE touched.
  [[nodiscard]] virtual std::uint64_t changes() const = 0;
  [[nodiscard]] virtual bool in_transaction() const = 0;
  /// The statement that begins a transaction.
  [[nodiscard]] virtual const char* begin(Access access) const = 0;

  /// Inserts samples; one with the stream and start of an earlier one replaces it. The other way, for a
  /// database that has a faster one: by default a statement each.
  virtual void write_samples(std::span<const model::StreamSample* const> samples);
  /// Makes the blocks of `table` that rows with these times in ns need, for a database that has blocks.
  virtual void make_room(const char* /*table*/, std::span<const std::int64_t> /*starts*/) {}
  /// What deleting whole blocks of samples did.
  struct Dropped {
    std::uint64_t rows = 0;
    std::int64_t kept_from = 0;  // what began then or later is all there; ns since 1970
  };
  /// Deletes whole blocks of `table` that began before `cutoff`. Absent: this database has no blocks, rows
  /// are to be deleted.
  virtual std::optional<Dropped> drop_samples(const char* /*table*/, UtcTime /*cutoff*/) {
    return std::nullopt;
  }

  /// Whether it is new that this minute of the stream is due (store/sql/rollups.hpp): spares writing it down
  /// with each of its samples. Forgotten when a transaction is rolled back.
  bool remember_due(std::uint64_t stream, std::int64_t minute);
  void forget_due() noexcept { due_.clear(); }

 protected:
  virtual std::unique_ptr<Prepared> compile(const std::string& sql) = 0;
  /// Statements must go before the connection that they belong to.
  void forget_statements() noexcept { cache_.clear(); }

 private:
  friend class Statement;
  static constexpr std::size_t kMaxCached = 256;
  static constexpr std::size_t kMaxDue = 200'000;

  std::map<std::string, std::unique_ptr<Prepared>, std::less<>> cache_;  // those not in use
  std::set<std::pair<std::uint64_t, std::int64_t>> due_;                 // not a hash: ids come from outside
};

/// BEGIN .. COMMIT; rolls back when destroyed before commit().
class Transaction {
 public:
  Transaction(Connection& connection, Access access);
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

}  // namespace rtcscope::store::sql
