// Readers on other threads while the writer writes. No clock: each side waits for the other's progress.

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "store/sqlite/connection.hpp"
#include "tests/unit/store/entities.hpp"

namespace rtcscope::store {
namespace {

using namespace testing;

/// A conference whose `count` streams have all lost `lost` of 100 packets.
std::vector<model::Change> generation(std::int64_t lost, std::uint64_t count) {
  std::vector<model::Change> changes{model::Conference{{1}, {1}, "m", "videoroom", "1", at(0), {}}};
  for (std::uint64_t id = 1; id <= count; ++id) {
    model::Stream stream;
    stream.id = {id};
    stream.conference = {1};
    stream.direction = "uplink";
    stream.first_packet = at(0);
    stream.total.lost = lost;
    stream.total.expected = 100;
    changes.emplace_back(stream);
  }
  return changes;
}

/// Reads until the last generation is seen; returns the number of torn reads.
int read_to(const Store& store, std::int64_t last, std::uint64_t count) {
  int torn = 0;
  std::int64_t newest = 0;
  while (newest < last) {
    const auto streams = value(store.streams({.page = {.limit = 100, .cursor = ""}})).items;
    for (const StreamRow& row : streams) {
      if (row.stream.total.lost != streams.front().stream.total.lost) torn += 1;
    }
    if (!streams.empty() && streams.front().stream.total.lost < newest) torn += 1;  // went back
    if (!streams.empty()) newest = streams.front().stream.total.lost;
    const auto detail = value(store.conference({1}));
    if (detail && detail->conference.stream_count != count) torn += 1;
    if (detail && detail->conference.summary.uplink->lost % static_cast<std::int64_t>(count) != 0) torn += 1;
  }
  return torn;
}

void write_while_reading(Store& store) {
  constexpr std::int64_t kGenerations = 60;
  constexpr std::uint64_t kStreams = 20;
  std::atomic<int> torn = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) readers.emplace_back([&] { torn += read_to(store, kGenerations, kStreams); });
  for (std::int64_t lost = 1; lost <= kGenerations; ++lost) put(store, generation(lost, kStreams));
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(torn, 0);
}

TEST(Concurrency, ReadersOfAFileSeeWholeBatches) {
  const TempFolder folder;
  write_while_reading(*value(open_sqlite(folder.file("calls.db"))));
}

TEST(Concurrency, ReadersOfMemorySeeWholeBatches) {
  write_while_reading(*fresh_store());
}

TEST(Concurrency, AnOpenReadDoesNotStopTheWriter) {
  const TempFolder folder;
  const std::string path = folder.file("calls.db");
  const auto store = value(open_sqlite(path, {.busy_timeout = std::chrono::milliseconds{20}}));
  sqlite::Connection reader(path, sqlite::OpenMode::kRead, std::chrono::milliseconds{20});
  const sqlite::Transaction transaction(reader, sqlite::Access::kRead);
  const auto count = [&] {
    sqlite::Statement row = reader.prepare("SELECT count(*) FROM hosts");
    return row.step() ? row.integer() : -1;
  };
  EXPECT_EQ(count(), 0);
  put(*store, {full_host()});
  EXPECT_EQ(count(), 0);  // still the state in which it began
  EXPECT_EQ(value(store->hosts({})).items.size(), 1U);
}

TEST(Concurrency, AReaderCannotWrite) {
  const TempFolder folder;
  const std::string path = folder.file("calls.db");
  const auto store = value(open_sqlite(path));
  sqlite::Connection reader(path, sqlite::OpenMode::kRead, std::chrono::milliseconds{20});
  EXPECT_THROW(reader.execute("DELETE FROM hosts"), sqlite::Fault);
}

}  // namespace
}  // namespace rtcscope::store
