#pragma once
// Transactions on the rows of clients, from any thread.

#include <functional>

#include "store/client/rows.hpp"
#include "store/sql/sql_store.hpp"
#include "store/store_error.hpp"

namespace rtcscope::store::client {

class Reports {
 public:
  /// `pool` must outlive this.
  explicit Reports(sql::Pool& pool) noexcept : pool_(pool) {}

  /// Does `use` in one transaction that sees one state.
  StoreResult<Done> read(const std::function<void(Rows&)>& use) const;
  /// Does `use` in one transaction; it is undone when that returns false or throws. Writers take turns.
  StoreResult<Done> write(const std::function<bool(Rows&)>& use);

 private:
  sql::Pool& pool_;
};

}  // namespace rtcscope::store::client
