// Opening: what is kept, what is refused and what is said about it.

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <fstream>

#include "store/sqlite/connection.hpp"
#include "store/sqlite/migrations.hpp"
#include "tests/unit/store/entities.hpp"

namespace rtcscope::store {
namespace {

using namespace testing;

/// Runs SQL on a file behind the store's back.
void sql(const std::string& path, const std::string& text) {
  sqlite::Connection(path, sqlite::OpenMode::kCreate, std::chrono::seconds{1}).execute(text);
}

std::int64_t number(const std::string& path, const std::string& query) {
  sqlite::Connection connection(path, sqlite::OpenMode::kCreate, std::chrono::seconds{1});
  sqlite::Statement row = connection.prepare(query);
  return row.step() ? row.integer() : -1;
}

StoreError refusal(const std::string& path) {
  auto result = open_sqlite(path, {.busy_timeout = std::chrono::milliseconds{20}});
  if (result) throw std::runtime_error("opened " + path);
  EXPECT_EQ(result.error().message.find('\n'), std::string::npos);
  EXPECT_NE(result.error().message.find(path), std::string::npos) << result.error().message;
  return result.error();
}

TEST(Open, WhatWasWrittenIsThereAfterwards) {
  const TempFolder folder;
  const std::string path = folder.file("calls.db");
  put(*value(open_sqlite(path)), {full_conference(), full_stream(), full_sample(), full_event()});
  const auto store = value(open_sqlite(path));
  EXPECT_TRUE(same(value(store->conferences({})).items.at(0).conference, full_conference()));
  EXPECT_TRUE(same(value(store->samples({full_stream().id, {}, {}})).items.at(0), full_sample()));
  EXPECT_TRUE(same(value(store->events({})).items.at(0).event, full_event()));
  EXPECT_TRUE(store->check().has_value());
}

TEST(Open, StoresInMemoryAreApart) {
  const auto one = fresh_store();
  const auto other = fresh_store();
  put(*one, {full_host()});
  EXPECT_TRUE(value(other->hosts({})).items.empty());
}

TEST(Open, UsesAWriteAheadLog) {
  const TempFolder folder;
  const auto store = value(open_sqlite(folder.file("calls.db")));
  put(*store, {full_host()});
  EXPECT_TRUE(std::filesystem::exists(folder.file("calls.db-wal")));
}

TEST(Open, RecordsEachStepOfTheSchemaOnce) {
  const TempFolder folder;
  const std::string path = folder.file("calls.db");
  for (int i = 0; i < 2; ++i) value(open_sqlite(path));
  const auto& migrations = sqlite::embedded_migrations();
  ASSERT_FALSE(migrations.empty());
  EXPECT_EQ(migrations.front().version, 1);
  EXPECT_EQ(migrations.front().name, "0001_picture");
  EXPECT_EQ(number(path, "SELECT count(*) FROM schema_migrations"), std::ssize(migrations));
  EXPECT_EQ(number(path, "SELECT max(version) FROM schema_migrations"), std::ssize(migrations));
}

TEST(Open, RefusesANewerSchemaAndLeavesItAlone) {
  const TempFolder folder;
  const std::string path = folder.file("calls.db");
  value(open_sqlite(path));
  sql(path, "INSERT INTO schema_migrations VALUES (9999, 'future', 0)");
  const StoreError error = refusal(path);
  EXPECT_EQ(error.code, StoreErrc::kNewerSchema);
  EXPECT_NE(error.message.find("9999"), std::string::npos) << error.message;
  EXPECT_EQ(number(path, "SELECT max(version) FROM schema_migrations"), 9999);
}

TEST(Open, RefusesAnotherProgramsDatabaseAndLeavesItAlone) {
  const TempFolder folder;
  const std::string path = folder.file("other.db");
  sql(path, "CREATE TABLE contacts (name TEXT)");
  EXPECT_EQ(refusal(path).code, StoreErrc::kNotADatabase);
  EXPECT_EQ(number(path, "SELECT count(*) FROM sqlite_schema"), 1);
  EXPECT_FALSE(std::filesystem::exists(path + "-wal"));
}

TEST(Open, RefusesAFileThatIsNoDatabase) {
  const TempFolder folder;
  const std::string path = folder.file("notes.txt");
  const std::string text(4096, 'n');
  std::ofstream(path) << text;
  EXPECT_EQ(refusal(path).code, StoreErrc::kNotADatabase);
  EXPECT_EQ(std::filesystem::file_size(path), text.size());
}

TEST(Open, TakesAnEmptyFileAsANewDatabase) {
  const TempFolder folder;
  const std::string path = folder.file("empty.db");
  std::ofstream(path).flush();
  EXPECT_TRUE(open_sqlite(path).has_value());
}

TEST(Open, NamesAMissingFolder) {
  const TempFolder folder;
  const StoreError error = refusal(folder.file("no/such/folder/calls.db"));
  EXPECT_EQ(error.code, StoreErrc::kCannotOpen);
  EXPECT_NE(error.message.find("check that the folder exists"), std::string::npos) << error.message;
}

TEST(Open, RefusesANamelessFile) {
  EXPECT_EQ(refusal("").code, StoreErrc::kCannotOpen);
}

TEST(Open, RefusesAFolder) {
  const TempFolder folder;
  EXPECT_EQ(refusal(folder.path().string()).code, StoreErrc::kCannotOpen);
}

/// As somebody without rights while it lives; root may write everywhere.
class AsNobody {
 public:
  AsNobody() : was_root_(geteuid() == 0) {
    if (was_root_ && seteuid(65534) != 0) std::abort();
  }
  ~AsNobody() {
    if (was_root_ && seteuid(0) != 0) std::abort();
  }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;

 private:
  bool was_root_;
};

TEST(Open, RefusesAFolderWithoutRights) {
  const TempFolder folder;
  ASSERT_EQ(chmod(folder.path().c_str(), 0555), 0);
  const AsNobody nobody;
  EXPECT_EQ(refusal(folder.file("calls.db")).code, StoreErrc::kCannotOpen);
}

TEST(Open, RefusesAFileWithoutRights) {
  const TempFolder folder;
  const std::string path = folder.file("calls.db");
  value(open_sqlite(path));
  ASSERT_EQ(chmod(folder.path().c_str(), 0555), 0);
  ASSERT_EQ(chmod(path.c_str(), 0444), 0);
  const AsNobody nobody;
  const StoreErrc code = refusal(path).code;
  EXPECT_TRUE(code == StoreErrc::kReadOnly || code == StoreErrc::kCannotOpen) << to_string(code);
}

TEST(Open, RefusesADatabaseThatAnotherRtcscopeUses) {
  const TempFolder folder;
  const std::string path = folder.file("calls.db");
  auto first = value(open_sqlite(path));
  const StoreError error = refusal(path);
  EXPECT_EQ(error.code, StoreErrc::kBusy);
  EXPECT_NE(error.message.find("another rtcscope is using it"), std::string::npos) << error.message;
  put(*first, {full_host()});  // which is not disturbed
  first.reset();
  EXPECT_EQ(value(value(open_sqlite(path))->hosts({})).items.size(), 1U);
}

TEST(Open, SaysThatAnotherProcessHoldsIt) {
  const TempFolder folder;
  const std::string path = folder.file("calls.db");
  const auto store = value(open_sqlite(path, {.busy_timeout = std::chrono::milliseconds{20}}));
  sqlite::Connection other(path, sqlite::OpenMode::kCreate, std::chrono::seconds{1});
  other.execute("BEGIN IMMEDIATE");
  const std::vector<model::Change> batch{full_host()};
  const auto blocked = store->apply(batch);
  ASSERT_FALSE(blocked.has_value());
  EXPECT_EQ(blocked.error().code, StoreErrc::kBusy);
  EXPECT_TRUE(value(store->hosts({})).items.empty());  // reading goes on
  other.execute("ROLLBACK");
  EXPECT_TRUE(store->apply(batch).has_value());
}

TEST(Open, SaysThatTheDiskIsFull) {
  const TempFolder folder;
  const std::string path = folder.file("calls.db");
  value(open_sqlite(path));
  // A tiny limit on the file stands in for a disk without space.
  sqlite::Connection connection(path, sqlite::OpenMode::kCreate, std::chrono::seconds{1});
  connection.execute("PRAGMA max_page_count = 1");
  try {
    connection.execute("CREATE TABLE more (a); INSERT INTO more VALUES (zeroblob(100000))");
    FAIL() << "fitted";
  } catch (const sqlite::Fault& fault) {
    EXPECT_EQ(fault.code, StoreErrc::kFull) << fault.message;
  }
}

TEST(Migrations, AreAppliedInOrderFromWhereTheDatabaseStands) {
  const TempFolder folder;
  const std::string path = folder.file("steps.db");
  const std::vector<sqlite::Migration> all{
      {1, "0001_a", "CREATE TABLE a (x); INSERT INTO a VALUES (1);"},
      {2, "0002_b", "ALTER TABLE a ADD COLUMN y; UPDATE a SET y = x + 1;"},
      {3, "0003_c", "CREATE TABLE c AS SELECT y * 10 AS z FROM a;"}};
  sqlite::Connection connection(path, sqlite::OpenMode::kCreate, std::chrono::seconds{1});
  sqlite::migrate(connection, std::span(all).first(1));
  EXPECT_EQ(sqlite::schema_version(connection, all), 1);
  sqlite::migrate(connection, all);
  EXPECT_EQ(sqlite::schema_version(connection, all), 3);
  EXPECT_EQ(number(path, "SELECT z FROM c"), 20);
}

TEST(Migrations, AFailedStepLeavesNoTrace) {
  const TempFolder folder;
  const std::string path = folder.file("steps.db");
  const std::vector<sqlite::Migration> broken{{1, "0001_a", "CREATE TABLE a (x);"},
                                              {2, "0002_b", "CREATE TABLE b (x); CREATE TABLE a (x);"}};
  sqlite::Connection connection(path, sqlite::OpenMode::kCreate, std::chrono::seconds{1});
  EXPECT_THROW(sqlite::migrate(connection, broken), sqlite::Fault);
  EXPECT_EQ(sqlite::schema_version(connection, broken), 1);
  EXPECT_EQ(number(path, "SELECT count(*) FROM sqlite_schema WHERE name = 'b'"), 0);
}

}  // namespace
}  // namespace rtcscope::store
