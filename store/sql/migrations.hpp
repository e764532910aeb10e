#pragma once
// The schema, step by step: store/migrations/<database>/NNNN_name.sql, compiled in. A step that was
// released never changes; a change of the schema is a new step.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/sql/connection.hpp"

namespace rtcscope::store::sql {

struct Migration {
  int version = 0;  // 1, 2, 3, ... without gap
  std::string_view name;
  std::string_view sql;
};

/// How a database tells of its tables, and what it calls its types.
struct Catalog {
  const char* count_tables;         // all tables, indexes included where they count as well
  const char* has_migration_table;  // 1 or 0
  const char* create_migration_table;
  const char* insert_migration;  // version, name
};

/// The version of the schema, 0 for an empty database. Changes nothing. Throws Fault: kNewerSchema when the
/// database knows a step that `migrations` does not, kNotADatabase when it holds tables of another program.
int schema_version(Connection& connection, const Catalog& catalog, std::span<const Migration> migrations);

/// Applies what is missing, each step in a transaction of its own together with its line in
/// schema_migrations. Throws Fault, also those of schema_version().
void migrate(Connection& connection, const Catalog& catalog, std::span<const Migration> migrations);

}  // namespace rtcscope::store::sql
