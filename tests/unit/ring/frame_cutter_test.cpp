#include "ring/frame_cutter.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "ring/ip_checksum.hpp"
#include "tests/support/packet_builder.hpp"

namespace rtcscope::ring {
namespace {

using testing::endpoint;
using testing::Octets;
using testing::Writer;
using testing::operator+;

struct Kept {
  Octets octets;
  std::uint32_t wire_length;
};

class FrameCutterTest : public ::testing::Test {
 protected:
  std::vector<Kept> cut(const Octets& frame, std::uint32_t segment_bytes = 0) {
    PacketRecord record;
    record.bytes = frame;
    record.wire_length = static_cast<std::uint32_t>(frame.size());
    record.segment_bytes = segment_bytes;
    std::vector<Kept> kept;
    cutter.cut(record, [&](Bytes octets, std::uint32_t wire_length) {
      kept.push_back({Octets(octets.begin(), octets.end()), wire_length});
    });
    return kept;
  }
  Octets tcp_frame(const Octets& payload) const {
    Writer w;
    w.zeros(12).u16(0x0800);
    w.u8(0x45).u8(0).u16(static_cast<unsigned>(40 + payload.size())).u32(0x4000).u8(64).u8(6).u16(0);
    w.u32(0xc6120001)
        .u32(0xc6120002)
        .u16(40000)
        .u16(9)
        .u32(sequence)
        .u32(1)
        .u8(0x50)
        .u8(0x18)
        .u16(500)
        .u32(0);
    return w.bytes(payload).octets;
  }
  static Octets framed(const Octets& unit) {  // RFC 4571
    return Writer{}.u16(static_cast<unsigned>(unit.size())).bytes(unit).octets;
  }

  FrameCutter cutter;
  std::uint32_t sequence = 1;
  const Endpoint client = endpoint("198.18.0.11", 40000), server = endpoint("198.18.0.1", 50000);
  static constexpr std::size_t kHeaders = 14 + 20 + 8;
};

TEST_F(FrameCutterTest, AFrameIsItsOwnBeginning) {
  const Octets frame = testing::udp_frame(client, server, testing::rtp(1, 1, 1, 1000));
  const auto kept = cut(frame);
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].octets, Octets(frame.begin(), frame.begin() + kHeaders + 12));
  EXPECT_EQ(kept[0].wire_length, frame.size());
}

TEST_F(FrameCutterTest, OtherTrafficIsNotKept) {
  EXPECT_TRUE(cut(testing::udp_frame(client, server, Writer{}.text("hello, syslog").octets)).empty());
  EXPECT_TRUE(cut(tcp_frame(Writer{}.text("SSH-2.0-OpenSSH").octets)).empty());
  EXPECT_TRUE(cut(Octets(60)).empty());
}

TEST_F(FrameCutterTest, EachSegmentOfASuperPacketIsAFrame) {
  const Octets payload = testing::rtp(1, 1, 1, 88) + testing::rtp(1, 2, 1, 88) + testing::rtp(1, 3, 1, 20);
  const auto kept = cut(testing::udp_frame(client, server, payload), 100);
  ASSERT_EQ(kept.size(), 3U);
  const std::uint32_t wire[] = {kHeaders + 100, kHeaders + 100, kHeaders + 32};
  for (std::size_t i = 0; i < kept.size(); ++i) {
    EXPECT_EQ(kept[i].wire_length, wire[i]);
    EXPECT_EQ(kept[i].octets.size(), kHeaders + 12);
    const auto frame = link::parse_frame(LinkType::kEthernet, kept[i].octets, kept[i].wire_length);
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->payload_wire_length, wire[i] - kHeaders);
    EXPECT_EQ(std::to_integer<unsigned>(frame->payload[3]), i + 1);  // sequence number
    EXPECT_EQ(internet_checksum(Bytes{kept[i].octets}.subspan(14, 20)), 0);
  }
}

TEST_F(FrameCutterTest, TcpCountsFromItsFirstStunMessage) {
  const Octets stun = testing::stun(1, 7, testing::username("a:b"));
  const Octets media = framed(testing::rtp(1, 1, 1, 500));
  EXPECT_TRUE(cut(tcp_frame(media)).empty());
  const auto first = cut(tcp_frame(framed(stun)));
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].octets.size(), 54 + 2 + stun.size());
  const auto second = cut(tcp_frame(media));
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].octets.size(), 54U + 2 + 12);
  // A segment in the middle of a unit: headers only. What follows a unit that was cut is not kept either.
  EXPECT_EQ(cut(tcp_frame(Octets(700, std::byte{0x41})))[0].octets.size(), 54U);
  EXPECT_EQ(cut(tcp_frame(framed(stun) + media + framed(stun)))[0].octets.size(),
            54 + 2 + stun.size() + 2 + 12);
}

}  // namespace
}  // namespace rtcscope::ring
