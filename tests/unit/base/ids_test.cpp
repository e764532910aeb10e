// base/strong_id.hpp and base/stable_hash.hpp.

#include <gtest/gtest.h>

#include <set>
#include <type_traits>
#include <unordered_set>

#include "base/stable_hash.hpp"
#include "base/strong_id.hpp"
#include "tests/support/packet_builder.hpp"

namespace rtcscope {
namespace {

static_assert(!std::is_convertible_v<FlowId, StreamId> && !std::is_convertible_v<std::uint64_t, FlowId>,
              "an id of one kind is none of another");

TEST(StrongId, ZeroIsNoId) {
  EXPECT_FALSE(FlowId{}.valid());
  EXPECT_TRUE(FlowId{1}.valid());
}

TEST(StrongId, ComparesAndHashesByValue) {
  EXPECT_LT(FlowId{1}, FlowId{2});
  const std::unordered_set<StreamId> set{StreamId{1}, StreamId{2}, StreamId{1}};
  EXPECT_EQ(set.size(), 2U);
}

// Ids are in stores and links: these must not change with a version, a compiler or a host.
TEST(StableHash, IsTheSameForAllTime) {
  EXPECT_EQ(StableHash{}.value(), 0xc3817c016ba4ff30U);
  EXPECT_EQ(StableHash{}.add("janus").value(), 0x2b0954c62d630eceU);
  EXPECT_EQ(StableHash{}.add(std::uint64_t{42}).value(), 0xa4e6579fd9ba8f6dU);
  EXPECT_EQ(StableHash{}.add(testing::endpoint("192.0.2.1", 5000)).value(), 0x17743d8bdfa7121fU);
}

TEST(StableHash, BorderOfTextsCounts) {
  EXPECT_NE(StableHash{}.add("ab").add("c").value(), StableHash{}.add("a").add("bc").value());
  EXPECT_NE(StableHash{}.add("").add("a").value(), StableHash{}.add("a").add("").value());
}

TEST(StableHash, OrderCounts) {
  EXPECT_NE(StableHash{}.add("a").add("b").value(), StableHash{}.add("b").add("a").value());
}

TEST(StableHash, PortAndFamilyCount) {
  std::set<std::uint64_t> values;
  for (const char* address : {"0.0.0.1", "0.0.1.0", "::1", "1::"}) {
    for (const std::uint16_t port : {std::uint16_t{0}, std::uint16_t{1}, std::uint16_t{256}}) {
      values.insert(StableHash{}.add(testing::endpoint(address, port)).value());
    }
  }
  EXPECT_EQ(values.size(), 12U);
}

TEST(StableHash, NeighboursAreFarApart) {
  std::set<std::uint64_t> upper;
  for (std::uint64_t i = 0; i < 1000; ++i) upper.insert(StableHash{}.add(i).value() >> 32U);
  EXPECT_EQ(upper.size(), 1000U);
}

}  // namespace
}  // namespace rtcscope
