#include "store/sqlite/migrations.hpp"

namespace rtcscope::store::sqlite {
namespace {

std::int64_t number(Connection& connection, std::string_view sql) {
  Statement statement = connection.prepare(sql);
  return statement.step() ? statement.integer() : 0;
}

bool has_table(Connection& connection, std::string_view name) {
  Statement statement =
      connection.prepare("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?");
  statement.bind(name);
  return statement.step() && statement.integer() > 0;
}

void apply(Connection& connection, const Migration& migration) {
  connection.execute(
      "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, "
      "applied_at_ns INTEGER NOT NULL) STRICT");
  connection.execute(std::string(migration.sql));
  Statement statement = connection.prepare(
      "INSERT INTO schema_migrations (version, name, applied_at_ns) "
      "VALUES (?, ?, unixepoch() * 1000000000)");
  statement.bind(std::int64_t{migration.version}).bind(migration.name).run();
}

}  // namespace

int schema_version(Connection& connection, std::span<const Migration> migrations) {
  if (!has_table(connection, "schema_migrations")) {
    if (number(connection, "SELECT count(*) FROM sqlite_schema") == 0) return 0;
    throw Fault{StoreErrc::kNotADatabase, "it holds the tables of another program"};
  }
  const std::int64_t version = number(connection, "SELECT max(version) FROM schema_migrations");
  const int newest = migrations.empty() ? 0 : migrations.back().version;
  if (version > newest) {
    throw Fault{StoreErrc::kNewerSchema, "its schema is version " + std::to_string(version) +
                                             ", this rtcscope knows versions up to " +
                                             std::to_string(newest)};
  }
  return static_cast<int>(version);
}

void migrate(Connection& connection, std::span<const Migration> migrations) {
  for (const Migration& migration : migrations) {
    if (migration.version <= schema_version(connection, migrations)) continue;
    Transaction transaction(connection, Transaction::Kind::kWrite);
    // Again under the lock: another process may have been faster.
    if (migration.version > schema_version(connection, migrations)) apply(connection, migration);
    transaction.commit();
  }
}

}  // namespace rtcscope::store::sqlite
