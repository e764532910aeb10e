#pragma once
// libpq as owning types.

#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "store/sql/connection.hpp"

namespace rtcscope::store::postgres {

using sql::Access;
using sql::Fault;

struct ClearResult {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, ClearResult>;

class Connection final : public sql::Connection {
 public:
  /// `url` is a connection URI or string of libpq. Waits two seconds for a server, at most. Throws Fault.
  explicit Connection(const std::string& url);
  ~Connection() override;

  void execute(const std::string& sql) override;
  [[nodiscard]] std::uint64_t changes() const override { return changes_; }
  [[nodiscard]] bool in_transaction() const override;
  [[nodiscard]] const char* begin(Access access) const override;
  /// By COPY into the partitions of their days.
  void write_samples(std::span<const model::StreamSample* const> samples) override;
  void make_room(const char* table, std::span<const std::int64_t> starts) override;
  std::optional<Dropped> drop_samples(const char* table, UtcTime cutoff) override;

  /// The server is gone: only another connection can help.
  [[nodiscard]] bool broken() const noexcept { return PQstatus(handle_.get()) != CONNECTION_OK; }

  // For prepared statements.
  void prepare_as(const std::string& name, const std::string& sql);
  Answer run(const std::string& name, const std::vector<const char*>& values);
  void forget(const std::string& name) noexcept;

 protected:
  std::unique_ptr<sql::Prepared> compile(const std::string& sql) override;

 private:
  struct Close {
    void operator()(PGconn* handle) const noexcept { PQfinish(handle); }
  };

  /// `result`, or a Fault with what the server said.
  Answer check(PGresult* result);
  [[noreturn]] void fail(const PGresult* result) const;
  void copy_samples(std::span<const model::StreamSample* const> samples);
  void make_partition(const std::string& table, std::int64_t day);

  std::unique_ptr<PGconn, Close> handle_;
  std::uint64_t changes_ = 0;
  std::uint64_t statements_ = 0;
  bool closing_ = false;
};

/// ? and ?N as $N, LIKE as ILIKE.
std::string translate(const std::string& sql);

/// Text that PostgreSQL takes: without NUL, and valid UTF-8.
std::string storable(std::string_view text);

}  // namespace rtcscope::store::postgres
