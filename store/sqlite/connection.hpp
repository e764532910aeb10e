#pragma once
// The sqlite3 C API as owning types.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "store/sql/connection.hpp"

struct sqlite3;

namespace rtcscope::store::sqlite {

using sql::Access;
using sql::Fault;
using sql::Statement;
using sql::Transaction;

enum class OpenMode { kCreate, kRead };

class Connection final : public sql::Connection {
 public:
  /// Throws Fault.
  Connection(const std::string& path, OpenMode mode, std::chrono::nanoseconds busy_timeout);
  ~Connection() override;

  void execute(const std::string& sql) override;
  [[nodiscard]] std::uint64_t changes() const override;
  [[nodiscard]] bool in_transaction() const override;
  [[nodiscard]] const char* begin(Access access) const override;
  /// SQLite opens a write-protected file for reading only, without an error.
  [[nodiscard]] bool read_only() const;
  [[noreturn]] void fail(int code) const;

 protected:
  std::unique_ptr<sql::Prepared> compile(const std::string& sql) override;

 private:
  struct Close {
    void operator()(sqlite3* handle) const noexcept;
  };
  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace rtcscope::store::sqlite
