#pragma once
// The migrations of store/migrations/postgres.

#include <vector>

#include "store/sql/migrations.hpp"

namespace rtcscope::store::postgres {

using sql::Migration;

/// All of the schema that the connection's search_path begins with.
inline constexpr sql::Catalog kCatalog{
    "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()",
    "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() "
    "AND table_name = 'schema_migrations'",
    "CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT PRIMARY KEY, name TEXT NOT NULL, "
    "applied_at_ns BIGINT NOT NULL)",
    "INSERT INTO schema_migrations (version, name, applied_at_ns) "
    "VALUES (?, ?, CAST(extract(epoch FROM now()) * 1000000000 AS BIGINT))"};

/// In order of version.
const std::vector<Migration>& embedded_migrations();

}  // namespace rtcscope::store::postgres
