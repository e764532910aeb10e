#include "store/client/reports.hpp"

#include <new>

namespace rtcscope::store::client {
namespace {

template <class Action>
StoreResult<Done> attempt(const sql::Pool& pool, const char* tried, Action action) {
  try {
    action();
    return Done{};
  } catch (const sql::Fault& fault) {
    return Unexpected{sql::explain(pool, tried, fault)};
  } catch (const std::bad_alloc&) {
    return Unexpected{sql::explain(pool, tried, {StoreErrc::kIo, "out of memory"})};
  }
}

}  // namespace

StoreResult<Done> Reports::read(const std::function<void(Rows&)>& use) const {
  return attempt(pool_, "read", [&] {
    pool_.read([&](sql::Connection& connection) {
      sql::Transaction transaction(connection, sql::Access::kRead);
      Rows rows(connection);
      use(rows);
      transaction.commit();
    });
  });
}

StoreResult<Done> Reports::write(const std::function<bool(Rows&)>& use) {
  return attempt(pool_, "write a client's report to", [&] {
    pool_.write_beside([&](sql::Connection& connection) {
      sql::Transaction transaction(connection, sql::Access::kWrite);
      Rows rows(connection);
      if (use(rows)) transaction.commit();
    });
  });
}

}  // namespace rtcscope::store::client
