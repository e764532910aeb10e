// The order and the bounds of what waits for the broker.

#include "bus/io/backlog.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temp_folder.hpp"

namespace rtcscope::bus {
namespace {

constexpr std::uint64_t kMany = 1U << 20U;

/// Ten octets.
std::string numbered(int number) {
  const std::string digits = std::to_string(number);
  return "batch " + std::string(4 - digits.size(), '0') + digits;
}

class BacklogTest : public ::testing::Test {
 protected:
  static void add(Backlog& backlog, int from, int to) {
    for (int i = from; i < to; ++i) backlog.add(numbered(i));
  }

  static void expect_in_order(Backlog& backlog, int from, int to) {
    for (int i = from; i < to; ++i) {
      const std::string* batch = backlog.oldest();
      ASSERT_NE(batch, nullptr) << i;
      ASSERT_EQ(*batch, numbered(i));
      backlog.pop();
    }
    EXPECT_EQ(backlog.oldest(), nullptr);
    EXPECT_TRUE(backlog.empty());
  }

  const rtcscope::testing::TempFolder temp_;
  const std::string folder_ = temp_.file("spool");
};

TEST_F(BacklogTest, WithoutADiskTheOldestGo) {
  Backlog backlog(100, "", 0);
  add(backlog, 0, 25);
  EXPECT_EQ(backlog.counts().waiting, 10U);
  EXPECT_EQ(backlog.counts().waiting_bytes, 100U);
  EXPECT_EQ(backlog.counts().lost, 15U);
  EXPECT_FALSE(backlog.must_spill());
  expect_in_order(backlog, 15, 25);
}

TEST_F(BacklogTest, WhatIsBeingSentStays) {
  Backlog backlog(30, "", 0);
  add(backlog, 0, 3);
  ASSERT_EQ(*backlog.oldest(), numbered(0));
  add(backlog, 3, 5);
  EXPECT_EQ(backlog.counts().waiting, 3U);
  backlog.keep();
  ASSERT_EQ(*backlog.oldest(), numbered(0));
  backlog.pop();
  expect_in_order(backlog, 3, 5);
  EXPECT_EQ(backlog.counts().lost, 2U);
}

TEST_F(BacklogTest, WhatNeverHasRoomPushesNothingOut) {
  Backlog backlog(100, "", 0);
  add(backlog, 0, 2);
  backlog.add(std::string(101, 'x'));
  EXPECT_EQ(backlog.counts().lost, 1U);
  expect_in_order(backlog, 0, 2);
  Backlog large(4 * kMaxBatchBytes, "", 0);
  large.add(std::string(kMaxBatchBytes + 1, 'x'));
  EXPECT_EQ(large.counts().lost, 1U);
  large.add(std::string(kMaxBatchBytes, 'x'));
  EXPECT_EQ(large.counts().waiting, 1U);
}

TEST_F(BacklogTest, TheDiskTakesOverInOrder) {
  Backlog backlog(100, folder_, kMany);
  add(backlog, 0, 5);
  EXPECT_FALSE(backlog.must_spill());
  add(backlog, 5, 6);
  ASSERT_TRUE(backlog.must_spill());
  backlog.spill();
  EXPECT_EQ(backlog.counts().spool_batches, 6U);
  EXPECT_EQ(backlog.counts().waiting, 0U);
  add(backlog, 6, 9);
  expect_in_order(backlog, 0, 9);
  EXPECT_EQ(backlog.counts().spooled, 6U);
  EXPECT_EQ(backlog.counts().spool_bytes, 0U);
  EXPECT_EQ(backlog.counts().lost, 0U);
}

TEST_F(BacklogTest, WhatWasNotTakenGoesToTheDiskFirst) {
  Backlog backlog(100, folder_, kMany);
  add(backlog, 0, 4);
  ASSERT_EQ(*backlog.oldest(), numbered(0));
  backlog.keep();
  backlog.spill();
  add(backlog, 4, 6);
  ASSERT_EQ(*backlog.oldest(), numbered(0));
  backlog.keep();
  expect_in_order(backlog, 0, 6);
}

TEST_F(BacklogTest, AFullDiskLeavesTheRestToMemory) {
  Backlog backlog(100, folder_, 150);  // four records with their heads of 24 octets
  add(backlog, 0, 8);
  backlog.spill();
  BacklogCounts counts = backlog.counts();
  EXPECT_EQ(counts.spool_batches, 4U);
  EXPECT_EQ(counts.waiting, 4U);
  EXPECT_NE(counts.spool_error, "");
  add(backlog, 8, 16);
  EXPECT_FALSE(backlog.must_spill());  // not again at once
  counts = backlog.counts();
  EXPECT_EQ(counts.lost, 2U);
  for (int i = 0; i < 4; ++i) {
    ASSERT_EQ(*backlog.oldest(), numbered(i));
    backlog.pop();
  }
  EXPECT_TRUE(backlog.must_spill());  // there is room
  backlog.spill();
  EXPECT_EQ(backlog.counts().spooled, 8U);
  expect_in_order(backlog, 6, 16);
}

TEST_F(BacklogTest, TheNextRunHasWhatTheLastOneLeft) {
  {
    Backlog backlog(100, folder_, kMany);
    add(backlog, 0, 7);
    backlog.close();
    EXPECT_EQ(backlog.counts().lost, 0U);
    backlog.add(numbered(7));
    EXPECT_EQ(backlog.counts().lost, 1U);  // too late
  }
  Backlog backlog(100, folder_, kMany);
  EXPECT_EQ(backlog.counts().spool_batches, 7U);
  add(backlog, 7, 9);
  expect_in_order(backlog, 0, 9);
}

TEST_F(BacklogTest, AtTheEndWhatFindsNoRoomIsLost) {
  Backlog backlog(100, "", 0);
  add(backlog, 0, 3);
  backlog.close();
  EXPECT_EQ(backlog.counts().lost, 3U);
  EXPECT_EQ(backlog.counts().waiting, 0U);
  EXPECT_EQ(backlog.counts().waiting_bytes, 0U);
  EXPECT_TRUE(backlog.empty());
}

TEST_F(BacklogTest, WhatCannotBeReadBackIsCounted) {
  {
    Backlog backlog(100, folder_, kMany);
    add(backlog, 0, 3);
    backlog.close();
  }
  const std::filesystem::path file = folder_ + "/bus-00000001.spool";
  ASSERT_TRUE(std::filesystem::exists(file));
  std::fstream(file, std::ios::in | std::ios::out).seekp(24 + 2).write("X", 1);  // in the first batch
  Backlog backlog(100, folder_, kMany);
  expect_in_order(backlog, 1, 3);
  EXPECT_EQ(backlog.counts().spool_unreadable, 1U);
}

TEST_F(BacklogTest, OneFolderIsForOne) {
  const Backlog backlog(100, folder_, kMany);
  EXPECT_THROW(Backlog(100, folder_, kMany), std::runtime_error);
}

}  // namespace
}  // namespace rtcscope::bus
