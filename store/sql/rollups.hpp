#pragma once
// 1 s -> 10 s -> 60 s. Which minutes of which streams have samples that the levels above lack is written down
// with the samples, so that nothing is forgotten when a run breaks off; each is computed anew from all its
// samples, so that late and repeated ones change nothing that is right. All throw Fault, within the caller's
// transaction.

#include <cstdint>
#include <optional>
#include <span>

#include "correlator/model.hpp"
#include "store/sql/connection.hpp"
#include "store/sql/levels.hpp"
#include "store/store.hpp"

namespace rtcscope::store::sql {

/// Writes down that the minutes of these samples are due.
void note_due(Connection& connection, std::span<const model::StreamSample* const> samples);

/// Adds up what is due from `from` (absent: from the oldest) to before `before`, at most `limit` minutes of
/// streams.
RolledUp roll_up(Connection& connection, std::optional<UtcTime> from, UtcTime before, std::uint32_t limit);

/// From when on a level is complete: what began earlier may have been deleted.
std::int64_t kept_from(Connection& connection, const Level& level);
/// Tells it to those who read. Never goes back.
void keep_from(Connection& connection, const Level& level, std::int64_t time);

}  // namespace rtcscope::store::sql
