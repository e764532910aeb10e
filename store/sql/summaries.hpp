#pragma once
// What stands below a connection, participant or conference, added up from the rows of today.

#include <cstdint>
#include <string_view>

#include "store/health.hpp"
#include "store/sql/connection.hpp"

namespace rtcscope::store::sql {

enum class Scope { kConnection, kParticipant, kConference };

/// Health and figures of everything that belongs to `id`. Throws Fault.
Summary summarise(Connection& connection, Scope scope, std::uint64_t id);

/// `SELECT count(*) FROM <table_and_condition>` with one id. Throws Fault.
std::uint64_t count_of(Connection& connection, std::string_view table_and_condition, std::uint64_t id);

}  // namespace rtcscope::store::sql
