// flows/tcp_framing.hpp: ICE-TCP (RFC 4571 framing) and TURN over TCP out of segments.

#include "flows/tcp_framing.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tests/support/packet_builder.hpp"

namespace rtcscope::flows {
namespace {

using testing::endpoint;
using testing::Octets;
using testing::Writer;
using testing::operator+;

Octets framed(const Octets& unit) {
  return Writer{}.u16(static_cast<unsigned>(unit.size())).bytes(unit).octets;
}
Octets check() {
  return testing::stun(0x0001, 1, testing::username("SRVU:CLIU"));
}
Octets media(int n) {
  return testing::rtp(0xabc, static_cast<std::uint16_t>(n), 0, 40 + static_cast<std::size_t>(n));
}

class TcpFramingTest : public ::testing::Test {
 protected:
  TcpTable table{1};
  std::vector<Octets> units;
  FiveTuple five_tuple{endpoint("198.18.0.11", 40000), endpoint("198.18.0.1", 50000), Transport::kTcp};

  void segment(std::uint32_t sequence_number, const Octets& payload) {
    link::DatagramView view;
    view.five_tuple = five_tuple;
    view.payload = payload;
    view.tcp = link::TcpHeader{sequence_number, 0x18};
    table.add(view, [&](TcpFraming, Bytes unit) { units.emplace_back(unit.begin(), unit.end()); });
  }
};

TEST_F(TcpFramingTest, SeveralUnitsInASegmentAndOneOverTwo) {
  const Octets all = framed(check()) + framed(media(1)) + framed(media(2));
  segment(1000, Octets(all.begin(), all.end() - 10));
  segment(1000 + static_cast<std::uint32_t>(all.size()) - 10, Octets(all.end() - 10, all.end()));
  EXPECT_EQ(units, (std::vector<Octets>{check(), media(1), media(2)}));
}

TEST_F(TcpFramingTest, AnyCutAnyOrderAnyRetransmissionAcrossTheSequenceWrap) {
  Octets all = framed(check());
  std::vector<Octets> want{check()};
  for (int i = 0; i < 30; ++i) {
    all = all + framed(media(i));
    want.push_back(media(i));
  }
  std::mt19937 random(3);
  for (int round = 0; round < 100; ++round) {
    table = TcpTable{1};
    units.clear();
    const std::uint32_t start = 0U - 700;
    std::vector<std::pair<std::size_t, std::size_t>> cuts;  // offset, size
    for (std::size_t at = 0; at < all.size();) {
      const std::size_t size = std::min<std::size_t>(1 + random() % 200, all.size() - at);
      cuts.emplace_back(at, size);
      if (random() % 5 == 0) cuts.push_back(cuts[random() % cuts.size()]);
      at += size;
    }
    // The first segment opens the connection; it must show the whole STUN header.
    cuts.front() = {0, 60};
    cuts.insert(cuts.begin() + 1, {60, 200});
    for (std::size_t i = 2; i + 4 < cuts.size(); ++i) std::swap(cuts[i], cuts[i + random() % 4]);
    for (const auto& [at, size] : cuts) {
      const std::size_t end = std::min(at + size, all.size());
      segment(start + static_cast<std::uint32_t>(at), Octets(all.begin() + static_cast<std::ptrdiff_t>(at),
                                                             all.begin() + static_cast<std::ptrdiff_t>(end)));
    }
    ASSERT_EQ(units, want) << "round " << round;
    ASSERT_EQ(table.counters().gaps, 0u);
  }
}

TEST_F(TcpFramingTest, FramingIsFoundAgainAfterAHole) {
  segment(0, framed(check()));
  std::uint32_t at = static_cast<std::uint32_t>(framed(check()).size()) + 500;  // 500 octets never come
  for (int i = 0; i < 100; ++i) {
    const Octets unit = framed(media(i));
    segment(at, unit);
    at += static_cast<std::uint32_t>(unit.size());
  }
  EXPECT_EQ(table.counters().gaps, 1u);
  // What waited behind the hole is gone, what came after it is there.
  EXPECT_GE(units.size(), 1u + 30u);
  EXPECT_EQ(units.back(), media(99));
}

TEST_F(TcpFramingTest, StartInMidStreamWaitsForACheck) {
  segment(5000, framed(media(1)));
  EXPECT_TRUE(units.empty()) << "media alone does not show what a connection is";
  segment(9000, framed(check()) + framed(media(2)));
  EXPECT_EQ(units, (std::vector<Octets>{check(), media(2)}));
}

TEST_F(TcpFramingTest, TurnOverTcpIsPaddedToFour) {
  const Octets channel = Writer{}.u16(0x4001).u16(5).text("abcde").octets;
  segment(0, check() + channel + Writer{}.zeros(3).octets + check());
  EXPECT_EQ(units, (std::vector<Octets>{check(), channel, check()}));
}

TEST_F(TcpFramingTest, OtherTcpGetsNoState) {
  segment(0, Writer{}.text("GET / HTTP/1.1\r\n\r\n").octets);
  segment(100, Writer{}.u8(22).u16(0x0301).u16(200).zeros(200).octets);
  EXPECT_EQ(table.size(), 0u);
}

TEST_F(TcpFramingTest, OutOfOrderBombsStayBounded) {
  segment(0, framed(check()));
  for (std::uint32_t i = 0; i < 100'000; ++i) segment(1'000 + i * 3'000, Writer{}.zeros(1'400).octets);
  EXPECT_GT(table.counters().gaps, 0u);
  std::mt19937 random(1);
  for (int i = 0; i < 10'000; ++i) {
    five_tuple.source = endpoint("203.0.113.1", static_cast<std::uint16_t>(random()));
    segment(static_cast<std::uint32_t>(random()), framed(check()));
  }
  EXPECT_LE(table.size(), TcpTable::kMaxConnections);
}

}  // namespace
}  // namespace rtcscope::flows
