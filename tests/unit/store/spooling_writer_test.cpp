// The writer with a spool: what a store that is away does not take.

#include <gtest/gtest.h>

#include "tests/unit/store/test_store.hpp"

namespace rtcscope::store {
namespace {

using namespace testing;

class SpoolingWriter : public ::testing::Test {
 protected:
  SpoolingWriter() { std::filesystem::remove_all(folder_); }
  ~SpoolingWriter() override { std::filesystem::remove_all(folder_); }

  WriterOptions with(spool::Spool& spool) {
    WriterOptions options = fast();
    options.max_batch = 10;
    options.spool = &spool;
    options.log = [this](const std::string& line) { log_.push_back(line); };
    return options;
  }
  [[nodiscard]] std::vector<std::string> host_names() const {
    std::vector<std::string> names;
    for (const model::Host& one : value(store_.hosts({.limit = 500, .cursor = ""})).items)
      names.push_back(one.name);
    return names;
  }

  const std::string folder_ =
      (std::filesystem::temp_directory_path() / ("rtcscope-spooling-" + std::to_string(getpid()))).string();
  TestStore store_;
  std::vector<std::string> log_;  // of the writer's thread; read when it has ended
};

TEST_F(SpoolingWriter, WhatTheStoreDoesNotTakeWaitsOnDiskAndComesBackInOrder) {
  spool::Spool spool({folder_});
  Writer writer(store_, with(spool));
  store_.fail(TestStore::kForEver);
  for (std::int64_t i = 0; i < 100; ++i) {
    writer.on_change(host(1, ("state " + std::to_string(i)).c_str()));
    writer.on_change(sample(i));
    while (writer.counts().queue_depth > 0) std::this_thread::yield();
  }
  const WriterCounts away = writer.counts();
  EXPECT_EQ(away.spool.changes, 200U);
  EXPECT_GT(away.spool.bytes, 0U);
  EXPECT_NE(away.last_error, "");
  store_.fail(0);
  while (writer.counts().spool.changes > 0) std::this_thread::yield();
  writer.on_change(event(1));
  writer.flush_and_stop();
  const WriterCounts counts = writer.counts();
  expect_all_accounted_for(counts);
  EXPECT_EQ(counts.written, 201U);
  EXPECT_EQ(counts.spooled, 200U);
  EXPECT_EQ(host_names(), std::vector<std::string>{"state 99"});
  EXPECT_EQ(value(store_.samples({{1}, {}, {.limit = 500, .cursor = ""}})).items.size(), 100U);
  ASSERT_EQ(log_.size(), 2U);  // away and back, however often it was tried
}

TEST_F(SpoolingWriter, WhatIsLeftAtTheStopIsWrittenByTheNextRun) {
  store_.fail(TestStore::kForEver);
  {
    spool::Spool spool({folder_});
    Writer writer(store_, with(spool));
    for (std::int64_t i = 0; i < 100; ++i) writer.on_change(sample(i));
    writer.flush_and_stop();
    const WriterCounts counts = writer.counts();
    expect_all_accounted_for(counts);
    EXPECT_EQ(counts.spool.changes, 100U);
    EXPECT_EQ(counts.dropped_samples, 0U);
  }
  store_.fail(0);
  spool::Spool spool({folder_});
  Writer writer(store_, with(spool));
  while (writer.counts().spool.changes > 0) std::this_thread::yield();
  writer.flush_and_stop();
  EXPECT_EQ(value(store_.samples({{1}, {}, {.limit = 500, .cursor = ""}})).items.size(), 100U);
}

TEST_F(SpoolingWriter, AFullSpoolLeavesTheRestInTheQueueBehindIt) {
  spool::Spool spool({folder_, 2'000, 500});
  store_.fail(TestStore::kForEver);
  Writer writer(store_, with(spool));
  for (std::int64_t i = 0; i < 100; ++i) writer.on_change(sample(i));
  writer.on_change(host(1, "last"));
  while (writer.counts().last_error.find("as much as it may") == std::string::npos) std::this_thread::yield();
  EXPECT_GT(writer.counts().queue_depth, 0U);
  // It is tried again meanwhile: neither reason hides the other.
  while (writer.counts().retries < 3) std::this_thread::yield();
  EXPECT_EQ(writer.counts().last_error,
            "the spool folder " + folder_ + " holds as much as it may; the disk is on fire");
  expect_all_accounted_for(writer.counts());
  store_.fail(0);
  while (writer.counts().queue_depth + writer.counts().spool.changes > 0) std::this_thread::yield();
  writer.flush_and_stop();
  expect_all_accounted_for(writer.counts());
  EXPECT_EQ(writer.counts().written, 101U);
  EXPECT_EQ(value(store_.samples({{1}, {}, {.limit = 500, .cursor = ""}})).items.size(), 100U);
}

TEST_F(SpoolingWriter, ARefusedChangeIsLeftOutOnTheWayBackToo) {
  store_.fail(TestStore::kForEver);
  spool::Spool spool({folder_});
  Writer writer(store_, with(spool));
  writer.on_change(sample(1));
  writer.on_change(model::StreamSample{});  // of no stream
  writer.on_change(sample(2));
  while (writer.counts().spool.changes < 3) std::this_thread::yield();
  store_.fail(0);
  while (writer.counts().spool.changes > 0) std::this_thread::yield();
  writer.flush_and_stop();
  EXPECT_EQ(writer.counts().rejected, 1U);
  EXPECT_EQ(writer.counts().written, 2U);
  expect_all_accounted_for(writer.counts());
}

}  // namespace
}  // namespace rtcscope::store
