// flows/packet_path.hpp: media in tunnels and in fragments, told once.

#include "tests/unit/flows/path_scene.hpp"

namespace rtcscope::flows {
namespace {

Octets vxlan(const Octets& frame) {
  const Octets header = Writer{}.u32(0x08000000).u32(42 << 8).octets;
  return testing::udp_frame(endpoint("10.0.0.1", 50123), endpoint("10.0.0.2", 4789), header + frame);
}

/// An Ethernet frame's IPv4 packet in two, the first with `first` octets of the payload.
std::array<Octets, 2> fragments(const Octets& frame, std::size_t first, unsigned identification) {
  const auto piece = [&](std::size_t from, std::size_t to, unsigned flags) {
    const auto length = static_cast<unsigned>(20 + to - from);
    return Octets(frame.begin(), frame.begin() + 16) +
           Writer{}.u16(length).u16(identification).u16(flags | static_cast<unsigned>(from / 8)).octets +
           Octets(frame.begin() + 22, frame.begin() + 34) +
           Octets(frame.begin() + 34 + static_cast<std::ptrdiff_t>(from),
                  frame.begin() + 34 + static_cast<std::ptrdiff_t>(to));
  };
  return {piece(0, first, 0x2000), piece(first, frame.size() - 34, 0)};
}

class TunnelPath : public FlowTableTest {
 protected:
  Octets media(int i) const {
    return testing::udp_frame(
        client, server,
        testing::rtp(0xabc, static_cast<std::uint16_t>(i), static_cast<std::uint32_t>(i) * 960, 1000));
  }
};

TEST_F(TunnelPath, TheInnerPacketMakesTheFlow) {
  for (int i = 0; i < 20; ++i) send_frame(i * 20ms, vxlan(media(i)));
  path->finish();
  ASSERT_EQ(sink.flows.size(), 1u);
  const FlowSnapshot& flow = sink.flows.begin()->second;
  EXPECT_EQ(flow.key.a, client);
  EXPECT_EQ(flow.key.b, server);
  EXPECT_EQ(flow.tunnels, "vxlan");
  EXPECT_EQ(sink.last_of(0xabc)->total.bytes, 20u * 1012u) << "octets of the inner datagram";
}

TEST_F(TunnelPath, AMirrorOfTheTunnelAndOfItsInsideCountsOnce) {
  for (int i = 0; i < 50; ++i) {
    send_frame(i * 20ms, vxlan(media(i)));
    send_frame(i * 20ms + 5us, media(i));
  }
  path->finish();
  EXPECT_EQ(sink.last_of(0xabc)->total.packets, 50u);
  EXPECT_EQ(sink.last_of(0xabc)->total.duplicates, 0u);
  EXPECT_EQ(path->tallies().counters.seen_elsewhere, 50u);
}

TEST_F(TunnelPath, ATunnelThatEndsIsFollowed) {
  for (int i = 0; i < 20; ++i) send_frame(i * 20ms, vxlan(media(i)));
  for (int i = 20; i < 40; ++i) send_frame(1100ms + i * 20ms, media(i));
  path->finish();
  EXPECT_EQ(sink.last_of(0xabc)->total.packets, 40u);
}

TEST_F(TunnelPath, FragmentsAreTheDatagramTheyMake) {
  for (int i = 0; i < 20; ++i) {
    const auto [first, second] = fragments(media(i), 512, static_cast<unsigned>(i));
    send_frame(i * 20ms, i % 2 == 0 ? first : second);
    send_frame(i * 20ms + 10us, i % 2 == 0 ? second : first);
  }
  path->finish();
  const StreamReport* report = sink.last_of(0xabc);
  ASSERT_NE(report, nullptr);
  EXPECT_EQ(report->total.packets, 20u);
  EXPECT_EQ(report->total.bytes, 20u * 1012u);
  EXPECT_TRUE(path->refusals().empty());
}

TEST_F(TunnelPath, AFragmentedTunnelIsPutTogetherFirst) {
  for (int i = 0; i < 20; ++i) {
    const auto inner = fragments(media(i), 512, 7);
    const auto [first, second] = fragments(vxlan(inner[0]), 256, static_cast<unsigned>(i));
    send_frame(i * 20ms, first);
    send_frame(i * 20ms + 10us, second);
    send_frame(i * 20ms + 20us, vxlan(inner[1]));
  }
  path->finish();
  ASSERT_NE(sink.last_of(0xabc), nullptr);
  EXPECT_EQ(sink.last_of(0xabc)->total.packets, 20u);
  EXPECT_EQ(path->fragments().counters().reassembled, 40u);
}

TEST_F(TunnelPath, AMissingFragmentIsALostPacket) {
  for (int i = 0; i < 20; ++i) {
    const auto [first, second] = fragments(media(i), 512, static_cast<unsigned>(i));
    send_frame(i * 20ms, first);
    if (i != 10) send_frame(i * 20ms + 10us, second);
  }
  path->finish();
  EXPECT_EQ(sink.last_of(0xabc)->total.lost, 1);
}

}  // namespace
}  // namespace rtcscope::flows
