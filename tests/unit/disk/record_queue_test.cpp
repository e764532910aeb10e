// Several queues in one folder, and what is counted of records that cannot be read. Restarts, torn files and
// full disks are tested with what the store keeps in such a queue: tests/unit/store/spool_test.cpp.

#include "disk/record_queue.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "tests/support/temp_folder.hpp"

namespace rtcscope::disk {
namespace {

class RecordQueueTest : public ::testing::Test {
 protected:
  [[nodiscard]] RecordQueueOptions named(const std::string& name) const {
    return {folder_.string(), name, 1U << 20U, 1'000, 7};
  }

  const rtcscope::testing::TempFolder temp_;
  const std::filesystem::path folder_ = temp_.path() / "queue";
};

TEST_F(RecordQueueTest, QueuesOfOneFolderDoNotSeeEachOther) {
  {
    RecordQueue plain(named(""));
    RecordQueue a(named("a"));
    RecordQueue b(named("a-1"));
    ASSERT_TRUE(plain.append("plain", 1));
    ASSERT_TRUE(a.append("of a", 2));
    ASSERT_TRUE(b.append("of b", 3));
    EXPECT_THROW(RecordQueue{named("a")}, std::runtime_error);
  }
  RecordQueue a(named("a"));
  EXPECT_EQ(a.counts().items, 2U);
  EXPECT_EQ(a.oldest(), "of a");
  RecordQueue b(named("a-1"));
  EXPECT_EQ(b.oldest(), "of b");
  RecordQueue plain(named(""));
  EXPECT_EQ(plain.oldest(), "plain");
  EXPECT_EQ(plain.counts().records, 1U);
}

TEST_F(RecordQueueTest, WhatCannotBeReadIsCountedWithItsItems) {
  {
    RecordQueue queue(named("q"));
    ASSERT_TRUE(queue.append("spoiled", 5));
    ASSERT_TRUE(queue.append("good", 1));
  }
  std::fstream file(folder_ / "q-00000001.spool", std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(24);  // behind the first head
  file << 'S';
  file.close();
  RecordQueue queue(named("q"));
  EXPECT_EQ(queue.counts().items, 6U);
  EXPECT_EQ(queue.oldest(), "good");
  EXPECT_EQ(queue.counts().unreadable, 1U);
  EXPECT_EQ(queue.counts().lost_items, 5U);
  queue.pop();
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.counts().bytes, 0U);
}

TEST_F(RecordQueueTest, AnotherFormatIsNotRead) {
  {
    RecordQueue queue(named("q"));
    ASSERT_TRUE(queue.append("old", 4));
  }
  RecordQueueOptions other = named("q");
  other.format = 8;
  RecordQueue queue(other);
  EXPECT_EQ(queue.oldest(), std::nullopt);
  EXPECT_EQ(queue.counts().lost_items, 4U);
}

}  // namespace
}  // namespace rtcscope::disk
