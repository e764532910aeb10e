#pragma once
// The schema, step by step: store/migrations/sqlite/NNNN_name.sql, compiled in. A step that was released
// never changes; a change of the schema is a new step.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/sqlite/connection.hpp"

namespace rtcscope::store::sqlite {

struct Migration {
  int version = 0;  // 1, 2, 3, ... without gap
  std::string_view name;
  std::string_view sql;
};

/// In order of version.
const std::vector<Migration>& embedded_migrations();

/// The version of the schema, 0 for an empty database. Changes nothing. Throws Fault: kNewerSchema when the
/// database knows a step that `migrations` does not, kNotADatabase when it holds tables of another program.
int schema_version(Connection& connection, std::span<const Migration> migrations);

/// Applies what is missing, each step in a transaction of its own together with its line in
/// schema_migrations. Throws Fault, also those of schema_version().
void migrate(Connection& connection, std::span<const Migration> migrations);

}  // namespace rtcscope::store::sqlite
