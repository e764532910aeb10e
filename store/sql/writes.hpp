#pragma once
// The write side on one connection. All throw Fault; the caller holds a write transaction around each call.

#include <cstdint>
#include <set>
#include <span>

#include "correlator/model.hpp"
#include "store/sql/connection.hpp"
#include "store/store.hpp"

namespace rtcscope::store::sql {

/// What has to be computed anew because something below it changed.
struct Stale {
  std::set<std::uint64_t> conferences;
  std::set<std::uint64_t> participants;
};

/// Writes the changes and what is derived from them.
void apply_changes(Connection& connection, std::span<const model::Change> changes);
/// Computes the derived columns of conferences and participants.
void refresh(Connection& connection, const Stale& stale);
/// See Store::end_unfinished().
void end_unfinished_rows(Connection& connection);
/// See Store::expire().
Expired expire_rows(Connection& connection, const Cutoffs& cutoffs, std::uint32_t limit);

}  // namespace rtcscope::store::sql
