#pragma once
// The migrations of store/migrations/sqlite.

#include <span>
#include <vector>

#include "store/sql/migrations.hpp"

namespace rtcscope::store::sqlite {

using sql::Migration;

inline constexpr sql::Catalog kCatalog{
    "SELECT count(*) FROM sqlite_schema",
    "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'",
    "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, "
    "applied_at_ns INTEGER NOT NULL) STRICT",
    "INSERT INTO schema_migrations (version, name, applied_at_ns) VALUES (?, ?, unixepoch() * 1000000000)"};

/// In order of version.
const std::vector<Migration>& embedded_migrations();

inline int schema_version(sql::Connection& connection, std::span<const Migration> migrations) {
  return sql::schema_version(connection, kCatalog, migrations);
}
inline void migrate(sql::Connection& connection, std::span<const Migration> migrations) {
  sql::migrate(connection, kCatalog, migrations);
}

}  // namespace rtcscope::store::sqlite
