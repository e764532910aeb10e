// base/fifo_map.hpp: bounded, the oldest goes first.

#include "base/fifo_map.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rtcscope {
namespace {

TEST(FifoMap, FindsWhatWasPut) {
  FifoMap<int, std::string> map(3);
  map.put(1, "a");
  ASSERT_NE(map.find(1), nullptr);
  EXPECT_EQ(*map.find(1), "a");
  EXPECT_EQ(map.find(2), nullptr);
}

TEST(FifoMap, ForgetsTheOldestWhenFull) {
  FifoMap<int, int> map(3);
  for (int i = 0; i < 5; ++i) map.put(i, i);
  EXPECT_EQ(map.size(), 3U);
  EXPECT_EQ(map.find(1), nullptr);
  EXPECT_NE(map.find(2), nullptr);
}

TEST(FifoMap, ReplacedEntryKeepsItsAge) {
  FifoMap<int, int> map(2);
  map.put(1, 10);
  map.put(2, 20);
  map.put(1, 11);
  EXPECT_EQ(*map.find(1), 11);
  map.put(3, 30);
  EXPECT_EQ(map.find(1), nullptr);
  EXPECT_NE(map.find(2), nullptr);
}

TEST(FifoMap, NeverHoldsMoreThanItsCapacity) {
  FifoMap<int, int> map(8);
  for (int i = 0; i < 1000; ++i) {
    map.put(i * 7919 % 1000, i);
    ASSERT_LE(map.size(), 8U);
  }
}

}  // namespace
}  // namespace rtcscope
