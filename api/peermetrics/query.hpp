#pragma once
// The parameters of Peermetrics' lists. Parameters that it does not know it leaves aside. Pure.

#include <map>
#include <string>

#include "api/peermetrics/wire.hpp"
#include "store/client/queries.hpp"

namespace rtcscope::api::peermetrics {

using Query = std::map<std::string, std::string, std::less<>>;

/// The last of several of one name counts. What is not percent-encoded correctly is refused.
Result<Query, Refusal> read_query(std::string_view query);

/// The filter of a list: appId, participantId, conferenceId, created_at_gt, .._gte, .._lt, .._lte,
/// duration_gte, duration_lt, issue_code, conference_ids, type. Refuses ids that are no UUIDs, times and
/// numbers that are none.
Result<store::client::Filter, Refusal> filter_of(const Query& query);

/// Whether the query has one of these, and it is not empty.
bool has_any(const Query& query, std::initializer_list<const char*> names);

/// limit (1..200, 50) and offset go into the filter; returns whether the query asks for pages at all.
Result<bool, Refusal> add_slice(const Query& query, store::client::Filter& filter);

/// ISO 8601, as Python's fromisoformat() takes it, and with Z. Without an offset it is UTC.
std::optional<UtcTime> iso_time(std::string text);

}  // namespace rtcscope::api::peermetrics
