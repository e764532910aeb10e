#include "store/sql/migrations.hpp"

namespace rtcscope::store::sql {
namespace {

std::int64_t number(Connection& connection, std::string_view sql) {
  Statement statement = connection.prepare(sql);
  return statement.step() ? statement.integer() : 0;
}

void apply(Connection& connection, const Catalog& catalog, const Migration& migration) {
  connection.execute(catalog.create_migration_table);
  connection.execute(std::string(migration.sql));
  Statement statement = connection.prepare(catalog.insert_migration);
  statement.bind(std::int64_t{migration.version}).bind(migration.name).run();
}

}  // namespace

int schema_version(Connection& connection, const Catalog& catalog, std::span<const Migration> migrations) {
  if (number(connection, catalog.has_migration_table) == 0) {
    if (number(connection, catalog.count_tables) == 0) return 0;
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

void migrate(Connection& connection, const Catalog& catalog, std::span<const Migration> migrations) {
  for (const Migration& migration : migrations) {
    if (migration.version <= schema_version(connection, catalog, migrations)) continue;
    Transaction transaction(connection, Access::kWrite);
    // Again under the lock: another process may have been faster.
    if (migration.version > schema_version(connection, catalog, migrations)) {
      apply(connection, catalog, migration);
    }
    transaction.commit();
  }
}

}  // namespace rtcscope::store::sql
