// flows/fragment_table.hpp: IP packets out of pieces, within bounds.

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "flows/fragment_table.hpp"
#include "tests/support/packet_builder.hpp"

namespace rtcscope::flows {
namespace {

using namespace std::chrono_literals;
using testing::Octets;

class FragmentTableTest : public ::testing::Test {
 protected:
  const UtcTime start = utc_from_ns(1'795'225'174'000'000'000);
  FragmentTable table{1};
  Octets whole;

  void SetUp() override {
    for (int i = 0; i < 3000; ++i) whole.push_back(static_cast<std::byte>(i * 7));
  }
  std::optional<FragmentTable::Whole> add(std::uint32_t offset, std::uint32_t length, Duration at = 0ms,
                                          std::uint32_t identification = 9, std::uint32_t captured = 0xffff) {
    link::FragmentView piece;
    piece.packet.five_tuple.source = testing::endpoint("192.0.2.1", 0);
    piece.packet.five_tuple.destination = testing::endpoint("192.0.2.2", 0);
    piece.identification = identification;
    piece.protocol = 17;
    piece.offset = offset;
    piece.wire_length = length;
    piece.more = offset + length < whole.size();
    const Octets bytes(whole.begin() + offset, whole.begin() + offset + length);
    piece.bytes = Bytes{bytes}.first(std::min<std::size_t>(captured, bytes.size()));
    return table.add(start + at, 0, piece);
  }
};

TEST_F(FragmentTableTest, PiecesInAnyOrderAndTwiceGiveThePacket) {
  std::vector<std::uint32_t> order{0, 800, 1600, 2400};
  do {
    std::optional<FragmentTable::Whole> got;
    for (const std::uint32_t offset : order) {
      ASSERT_FALSE(got) << "whole before the last piece";
      const std::uint32_t length = std::min<std::uint32_t>(800, 3000 - offset);
      got = add(offset, length);
      if (offset == order.back()) continue;
      EXPECT_FALSE(add(offset, length)) << "a copy is no new piece";
    }
    ASSERT_TRUE(got);
    EXPECT_TRUE(std::ranges::equal(got->payload, whole));
    EXPECT_EQ(got->wire_length, 3000u);
    EXPECT_EQ(got->protocol, 17);
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_EQ(table.counters().reassembled, 24u);
  EXPECT_EQ(table.counters().overlapping, 0u);
}

// RFC 5722, 3: the packet is given up with the pieces that are still to come.
TEST_F(FragmentTableTest, OverlapGivesThePacketUp) {
  EXPECT_FALSE(add(0, 1600));
  EXPECT_FALSE(add(800, 1600));
  EXPECT_FALSE(add(1600, 1400));
  EXPECT_FALSE(add(0, 1600));
  EXPECT_EQ(table.counters().overlapping, 1u);
  EXPECT_EQ(table.counters().reassembled, 0u);
}

TEST_F(FragmentTableTest, OldPiecesDoNotMeetNewOnes) {
  EXPECT_FALSE(add(0, 1600, 0s));
  EXPECT_FALSE(add(1600, 1400, 31s));
  EXPECT_EQ(table.counters().expired, 1u);
}

TEST_F(FragmentTableTest, BadPiecesAreCounted) {
  EXPECT_FALSE(add(0, 0));
  EXPECT_FALSE(add(0, 801));
  EXPECT_EQ(table.counters().malformed, 2u);
  EXPECT_FALSE(add(2400, 600));
  whole.resize(3600);
  EXPECT_FALSE(add(3000, 600)) << "a second end";
  EXPECT_EQ(table.counters().malformed, 3u);
  whole.resize(20'000);
  EXPECT_FALSE(add(19'200, 800, 0ms, 10));
  EXPECT_EQ(table.counters().too_long, 1u);
  for (std::uint32_t i = 0; i <= FragmentTable::kMaxPieces; ++i) EXPECT_FALSE(add(i * 16, 8, 0ms, 11));
  EXPECT_EQ(table.counters().too_many_pieces, 1u);
}

TEST_F(FragmentTableTest, WhatTheSnapLengthCutEndsThePayloadButNotTheLength) {
  EXPECT_FALSE(add(0, 1600, 0ms, 9, 96));
  const auto got = add(1600, 1400, 0ms, 9, 96);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->payload.size(), 96u);
  EXPECT_EQ(got->wire_length, 3000u);
}

// A bomb of first pieces: the pool stays as it is, and a packet whose pieces come close together gets
// through.
TEST_F(FragmentTableTest, ABombOfFirstPiecesTakesNoMoreThanThePool) {
  add(0, 800, 0ms, 1);
  const std::size_t octets = table.octets();
  std::mt19937 random(3);
  for (std::uint32_t i = 0; i < 1'000'000; ++i)
    add(0, 8, i * 1us, 1000 + static_cast<std::uint32_t>(random()));
  EXPECT_EQ(table.octets(), octets);
  EXPECT_LT(octets, 9u << 20);
  std::uint64_t through = 0;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    add(0, 1600, 1s + i * 1ms, i);
    for (int n = 0; n < 20; ++n) add(0, 8, 1s + i * 1ms, 1000 + static_cast<std::uint32_t>(random()));
    through += add(1600, 1400, 1s + i * 1ms, i).has_value() ? 1 : 0;
  }
  EXPECT_GE(through, 999u);
  EXPECT_GT(table.counters().evicted, 900'000u);
}

}  // namespace
}  // namespace rtcscope::flows
