#pragma once
// The Store interface over any SQL database.

#include <functional>
#include <memory>
#include <string>

#include "store/sql/connection.hpp"
#include "store/store.hpp"

namespace rtcscope::store::sql {

/// The connections of one database. Readers may ask from any thread; there is one writer.
class Pool {
 public:
  Pool() = default;
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  virtual ~Pool() = default;

  virtual void read(const std::function<void(Connection&)>& use) = 0;
  virtual void write(const std::function<void(Connection&)>& use) = 0;
  /// For writers other than that one, on any thread: they take turns on a connection of their own.
  virtual void write_beside(const std::function<void(Connection&)>& use) = 0;

  /// "the database /var/lib/rtcscope/calls.db"
  [[nodiscard]] virtual std::string name() const = 0;
  /// What to do about a fault, to be put behind it: "; free some disk space", or "".
  [[nodiscard]] virtual const char* advice(StoreErrc code) const = 0;
};

/// "cannot read the database calls.db: disk I/O error; check the disk"
StoreError explain(const Pool& pool, const std::string& tried, const Fault& fault);

std::unique_ptr<Store> make_store(std::unique_ptr<Pool> pool);

}  // namespace rtcscope::store::sql
