// What only PostgreSQL has. Without a server (RTCSCOPE_TEST_POSTGRES) the pure parts are tested;
// tests/integration/postgres runs the rest.

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

#include "store/postgres/connection.hpp"
#include "store/postgres/migrations.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/migrations.hpp"
#include "tests/unit/store/entities.hpp"

namespace rtcscope::store::postgres {
namespace {

using namespace rtcscope::store::testing;

TEST(Translate, ParametersAndLike) {
  EXPECT_EQ(translate("SELECT a FROM b WHERE c = ? AND d < ?"), "SELECT a FROM b WHERE c = $1 AND d < $2");
  EXPECT_EQ(translate("WHERE id = ?1 OR x = ?2 OR y = ?1"), "WHERE id = $1 OR x = $2 OR y = $1");
  EXPECT_EQ(translate("a LIKE ? ESCAPE '\\'"), "a ILIKE $1 ESCAPE '\\'");
}

TEST(Storable, KeepsWhatPostgresTakesAndMendsTheRest) {
  using namespace std::string_literals;
  EXPECT_EQ(storable("Zo\xc3\xab\n\t"), "Zo\xc3\xab\n\t");
  EXPECT_EQ(storable("a\0b"s), "ab");
  EXPECT_EQ(storable("\xff!"), "\xef\xbf\xbd!");
}

class Postgres : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!on_postgres()) GTEST_SKIP() << "RTCSCOPE_TEST_POSTGRES names no server";
    schema_ = "own_" + std::to_string(getpid()) + "_" +
              ::testing::UnitTest::GetInstance()->current_test_info()->name();
    Connection(server()).execute("DROP SCHEMA IF EXISTS " + schema_ + " CASCADE; CREATE SCHEMA " + schema_);
  }

  static std::string server() { return std::getenv("RTCSCOPE_TEST_POSTGRES"); }
  [[nodiscard]] std::string url() const { return server() + "&options=-csearch_path%3D" + schema_; }

  std::int64_t number(const std::string& sql) const {
    Connection connection(url());
    sql::Statement row = connection.prepare(sql);
    return row.step() ? row.integer() : -1;
  }

  std::string schema_;
};

model::StreamSample sample_at(UtcTime start, std::uint64_t packets = 1) {
  model::StreamSample sample;
  sample.stream = {1};
  sample.start = start;
  sample.end = start + std::chrono::seconds(1);
  sample.interval.packets = packets;
  return sample;
}

constexpr auto kOneDay = std::chrono::hours(24);

TEST_F(Postgres, SamplesGoByTheDay) {
  const auto store = value(open_postgres(url()));
  put(*store, {sample_at(at(0)), sample_at(at(0) + kOneDay), sample_at(at(0) + 2 * kOneDay)});
  EXPECT_EQ(number("SELECT count(*) FROM pg_inherits WHERE inhparent = CAST('samples' AS regclass)"), 4);
  value(store->expire(at(0) + 2 * kOneDay, 1'000));
  const auto left = value(store->samples({{1}, {}, {.limit = 10}})).items;
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].start, at(0) + 2 * kOneDay);
  EXPECT_EQ(number("SELECT count(*) FROM pg_inherits WHERE inhparent = CAST('samples' AS regclass)"), 2);
}

TEST_F(Postgres, ARepeatedBatchReplacesItsSamples) {
  const auto store = value(open_postgres(url()));
  put(*store, {sample_at(at(0), 1), sample_at(at(1'000), 2)});
  put(*store, {sample_at(at(0), 5), sample_at(at(2'000), 3), sample_at(at(2'000), 4)});
  const auto samples = value(store->samples({{1}, {}, {.limit = 10}})).items;
  ASSERT_EQ(samples.size(), 3U);
  EXPECT_EQ(samples[0].interval.packets, 5U);
  EXPECT_EQ(samples[1].interval.packets, 2U);
  EXPECT_EQ(samples[2].interval.packets, 4U);
}

TEST_F(Postgres, AbsurdTimesHaveAPlaceToo) {
  const auto store = value(open_postgres(url()));
  const UtcTime first = utc_from_ns(std::numeric_limits<std::int64_t>::min() + 1'000'000'000);
  const UtcTime last = utc_from_ns(std::numeric_limits<std::int64_t>::max() - 2'000'000'000);
  put(*store, {sample_at(first), sample_at(at(0)), sample_at(last)});
  EXPECT_EQ(value(store->samples({{1}, {}, {.limit = 10}})).items.size(), 3U);
}

TEST_F(Postgres, HasOneRtcscopeAtATime) {
  const auto store = value(open_postgres(url()));
  const auto second = open_postgres(url());
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, StoreErrc::kBusy);
  EXPECT_NE(second.error().message.find("another rtcscope is using it"), std::string::npos);
}

TEST_F(Postgres, IsTheSameWhenOpenedAgain) {
  put(*value(open_postgres(url())), {full_conference(), full_stream(), full_sample(), full_event()});
  const auto store = value(open_postgres(url()));
  EXPECT_EQ(value(store->conferences({})).items.size(), 1U);
  EXPECT_EQ(number("SELECT count(*) FROM schema_migrations"),
            static_cast<std::int64_t>(embedded_migrations().size()));
}

TEST_F(Postgres, ComesBackAfterItsConnectionsWereCut) {
  const auto store = value(open_postgres(url()));
  put(*store, {full_host()});
  value(store->hosts({}));
  Connection(server()).execute(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
      "AND application_name = 'rtcscope'");
  const std::vector<model::Change> batch{full_conference()};
  const auto cut = store->apply(batch);
  ASSERT_FALSE(cut.has_value());
  EXPECT_EQ(cut.error().code, StoreErrc::kIo) << cut.error().message;
  // The server lets go of the old connection's lock in its own time.
  bool written = false;
  for (int i = 0; i < 200 && !written; ++i) {
    written = store->apply(batch).has_value();
    if (!written) usleep(20'000);
  }
  EXPECT_TRUE(written);
  bool read = store->conference(full_conference().id).has_value();
  read = read || store->conference(full_conference().id).has_value();  // each old reader fails once
  EXPECT_TRUE(read);
}

TEST_F(Postgres, HasTheColumnsOfSqlite) {
  value(open_postgres(url()));
  sqlite::Connection other(":memory:", sqlite::OpenMode::kCreate, std::chrono::seconds{1});
  sqlite::migrate(other, sqlite::embedded_migrations());
  std::vector<std::string> ours, theirs;
  Connection connection(url());
  sql::Statement mine = connection.prepare(
      "SELECT table_name || '.' || column_name FROM information_schema.columns "
      "WHERE table_schema = current_schema() AND table_name NOT LIKE 'samples%\\_other' "
      "AND table_name NOT LIKE 'samples%\\_d_'");
  while (mine.step()) ours.push_back(mine.text());
  sql::Statement rows = other.prepare(
      "SELECT t.name || '.' || c.name FROM sqlite_schema t, pragma_table_xinfo(t.name) c WHERE t.type = "
      "'table'");
  while (rows.step()) theirs.push_back(rows.text());
  std::ranges::sort(ours);
  std::ranges::sort(theirs);
  EXPECT_EQ(ours, theirs);
}

TEST(PostgresUrl, FaultsSayWhatToDoAndShowNoPassword) {
  const auto store = open_postgres("postgresql://someone:secret@127.0.0.1:1/calls");
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code, StoreErrc::kIo);
  EXPECT_NE(store.error().message.find("postgresql://someone@127.0.0.1:1/calls"), std::string::npos);
  EXPECT_NE(store.error().message.find("check that the server runs"), std::string::npos);
  EXPECT_EQ(store.error().message.find("secret"), std::string::npos) << store.error().message;
}

}  // namespace
}  // namespace rtcscope::store::postgres
