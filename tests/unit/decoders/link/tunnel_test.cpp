// Frames within frames: MPLS, GRE, ERSPAN, VXLAN, Geneve, GTP-U, IP in IP.

#include "tests/unit/decoders/link/frame_text.hpp"

namespace rtcscope::link {
namespace {

std::string tunnels_of(const Octets& frame) {
  const auto view = parse_frame(LinkType::kEthernet, frame, static_cast<std::uint32_t>(frame.size()));
  if (!view) return testing::text_of(view.error());
  std::string text;
  for (std::size_t i = 0; i < view->tunnel_count; ++i) text += std::string(to_string(view->tunnels[i])) + " ";
  return text + to_string(view->five_tuple.source) + " " + testing::hex_of(view->payload) + "/" +
         std::to_string(view->payload_wire_length);
}

class InTunnel : public ::testing::TestWithParam<FrameCase> {};

TEST_P(InTunnel, IsReadOrRefused) {
  EXPECT_EQ(tunnels_of(GetParam().frame), GetParam().want);
}

const Octets kInner = ipv4(17, udp("aabb"));
const Octets kInnerFrame = ethernet(0x0800, kInner);
const std::string kV4Source = "192.0.2.1:5000 aabb/2";

/// In an outer IPv4 packet of other addresses.
Octets outer(unsigned protocol, const Octets& payload) {
  const auto length = static_cast<unsigned>(20 + payload.size());
  return ethernet(0x0800, Writer{}
                              .u8(0x45)
                              .u8(0)
                              .u16(length)
                              .u32(0)
                              .u8(64)
                              .u8(protocol)
                              .u16(0)
                              .u32(0x0a000001)
                              .u32(0x0a000002)
                              .bytes(payload)
                              .octets);
}
Octets outer_udp(unsigned port, const Octets& payload) {
  const auto length = static_cast<unsigned>(8 + payload.size());
  return outer(17, Writer{}.u16(51234).u16(port).u16(length).u16(0).bytes(payload).octets);
}

const FrameCase kMpls[] = {
    {{"OneLabel"}, {}, ethernet(0x8847, hex("00064140") + kInner), "mpls " + kV4Source},
    {{"TwoLabelsMulticast"}, {}, ethernet(0x8848, hex("00064040 00065140") + kInner), "mpls " + kV4Source},
    {{"ControlWordAndEthernet"},
     {},
     ethernet(0x8847, hex("00064140 00000000") + kInnerFrame),
     "mpls " + kV4Source},
    {{"Ipv6"},
     {},
     ethernet(0x8847, hex("00064140") + ipv6(17, udp("aabb"))),
     "mpls [2001:db8::1]:5000 aabb/2"},
    {{"BehindATag"}, {}, ethernet(0x8847, hex("00064140") + kInner, "81000064"), "mpls " + kV4Source},
    {{"WithoutBottom"}, {}, ethernet(0x8847, hex("00064040 00064040")), "bad_tunnel_header@14"},
    {{"NothingBehind"}, {}, ethernet(0x8847, hex("00064140")), "bad_tunnel_header@14"},
    {{"SomethingElse"}, {}, ethernet(0x8847, hex("00064140 10000000")), "not_ip@18"},
};
INSTANTIATE_TEST_SUITE_P(Mpls, InTunnel, ::testing::ValuesIn(kMpls), testing::CaseName());

const FrameCase kGre[] = {
    {{"Plain"}, {}, outer(47, hex("0000 0800") + kInner), "gre " + kV4Source},
    {{"ChecksumKeySequence"},
     {},
     outer(47, hex("b000 0800 1234 0000 00000007 00000001") + kInner),
     "gre " + kV4Source},
    {{"Key"}, {}, outer(47, hex("2000 0800 00000007") + kInner), "gre " + kV4Source},
    {{"Sequence"}, {}, outer(47, hex("1000 0800 00000001") + kInner), "gre " + kV4Source},
    {{"Ipv6Inside"},
     {},
     outer(47, hex("0000 86dd") + ipv6(17, udp("aabb"))),
     "gre [2001:db8::1]:5000 aabb/2"},
    {{"Ethernet"}, {}, outer(47, hex("0000 6558") + kInnerFrame), "gre " + kV4Source},
    {{"EthernetWithATag"},
     {},
     outer(47, hex("0000 6558") + ethernet(0x0800, kInner, "81000064")),
     "gre " + kV4Source},
    {{"Tag"}, {}, outer(47, hex("0000 8100 0064 0800") + kInner), "gre " + kV4Source},
    {{"Mpls"}, {}, outer(47, hex("0000 8847 00064140") + kInner), "gre mpls " + kV4Source},
    {{"OverIpv6"}, {}, ethernet(0x86dd, ipv6(47, hex("0000 0800") + kInner)), "gre " + kV4Source},
    {{"Routing"}, {}, outer(47, hex("4000 0800") + kInner), "bad_tunnel_header@34"},
    {{"VersionOne"}, {}, outer(47, hex("2001 880b 0004 0001")), "bad_tunnel_header@34"},
    {{"KeyCut"}, {}, outer(47, hex("2000 0800 0000")), "bad_tunnel_header@34"},
    {{"Keepalive"}, {}, outer(47, hex("0000 0000")), "not_ip@38"},
    // What is behind the outer packet's length is padding, not the inner packet.
    {{"InnerPastTheOuter"}, {}, outer(47, hex("0000 0800 45000020")) + kInner, "truncated_ip_header@38"},
};
INSTANTIATE_TEST_SUITE_P(Gre, InTunnel, ::testing::ValuesIn(kGre), testing::CaseName());

const FrameCase kErspan[] = {
    {{"One"}, {}, outer(47, hex("0000 88be") + kInnerFrame), "erspan_1 " + kV4Source},
    {{"Two"},
     {},
     outer(47, hex("1000 88be 00000001 10640005 00000000") + kInnerFrame),
     "erspan_2 " + kV4Source},
    {{"TwoCut"}, {}, outer(47, hex("1000 88be 00000001 1064")), "bad_tunnel_header@34"},
    {{"TwoOfAnotherVersion"},
     {},
     outer(47, hex("1000 88be 00000001 30640005 00000000") + kInnerFrame),
     "bad_tunnel_header@34"},
    {{"Three"},
     {},
     outer(47, hex("1000 22eb 00000001 20640005 00000000 00000000") + kInnerFrame),
     "erspan_3 " + kV4Source},
    {{"ThreeWithASubheader"},
     {},
     outer(47, hex("1000 22eb 00000001 20640005 00000000 00000001 0000000000000000") + kInnerFrame),
     "erspan_3 " + kV4Source},
    {{"ThreeWithIp"},
     {},
     outer(47, hex("1000 22eb 00000001 20640005 00000000 00000800") + kInner),
     "erspan_3 " + kV4Source},
    // The mirror cut the frame and says so: the datagram keeps its true size.
    {{"TwoTruncated"},
     {},
     outer(47,
           hex("1000 88be 00000001 10640405 00000000") + Octets(kInnerFrame.begin(), kInnerFrame.end() - 1)),
     "erspan_2 192.0.2.1:5000 aa/2"},
    {{"TwoCutWithoutSayingSo"},
     {},
     outer(47,
           hex("1000 88be 00000001 10640005 00000000") + Octets(kInnerFrame.begin(), kInnerFrame.end() - 1)),
     "bad_ip_total_length@66"},
};
INSTANTIATE_TEST_SUITE_P(Erspan, InTunnel, ::testing::ValuesIn(kErspan), testing::CaseName());

const FrameCase kOverUdp[] = {
    {{"Vxlan"}, {}, outer_udp(4789, hex("08000000 00002a00") + kInnerFrame), "vxlan " + kV4Source},
    {{"VxlanOnTheOldPort"},
     {},
     outer_udp(8472, hex("08000000 00002a00") + kInnerFrame),
     "vxlan " + kV4Source},
    {{"VxlanCarriesArp"},
     {},
     outer_udp(4789, hex("08000000 00002a00") + ethernet(0x0806, Octets(28))),
     "not_ip@64"},
    {{"Geneve"}, {}, outer_udp(6081, hex("0000 6558 00002a00") + kInnerFrame), "geneve " + kV4Source},
    {{"GeneveWithOptions"},
     {},
     outer_udp(6081, hex("0240 6558 00002a00 0102030401020304") + kInnerFrame),
     "geneve " + kV4Source},
    {{"GeneveWithIp"}, {}, outer_udp(6081, hex("0000 0800 00002a00") + kInner), "geneve " + kV4Source},
    {{"GtpU"}, {}, outer_udp(2152, hex("30ff 001e 00000007") + kInner), "gtp_u " + kV4Source},
    {{"GtpUWithSequenceNumber"},
     {},
     outer_udp(2152, hex("32ff 0022 00000007 00010000") + kInner),
     "gtp_u " + kV4Source},
    {{"GtpUWithExtension"},
     {},
     outer_udp(2152, hex("34ff 0026 00000007 00000085 01100900") + kInner),
     "gtp_u " + kV4Source},
    // A client may have such a port: what is no tunnel to the last bit stays a datagram.
    {{"StunToTheGenevePort"},
     {},
     outer_udp(6081, hex("0101 0000 2112a442 000000000000000000000000")),
     "10.0.0.1:51234 010100002112a442000000000000000000000000/20"},
    {{"RtpToTheVxlanPort"},
     {},
     outer_udp(4789, hex("80600001 00000000")),
     "10.0.0.1:51234 8060000100000000/8"},
    {{"OtherFlagsOnTheVxlanPort"},
     {},
     outer_udp(4789, hex("08000001 00002a00")),
     "10.0.0.1:51234 0800000100002a00/8"},
    {{"GtpUOfAnotherLength"},
     {},
     outer_udp(2152, hex("30ff 0001 00000007")),
     "10.0.0.1:51234 30ff000100000007/8"},
    {{"GtpUEcho"},
     {},
     outer_udp(2152, hex("3201 0004 00000000 00010000")),
     "10.0.0.1:51234 320100040000000000010000/12"},
};
INSTANTIATE_TEST_SUITE_P(OverUdp, InTunnel, ::testing::ValuesIn(kOverUdp), testing::CaseName());

const FrameCase kIpInIp[] = {
    {{"FourInFour"}, {}, outer(4, kInner), "ip_in_ip " + kV4Source},
    {{"SixInFour"}, {}, outer(41, ipv6(17, udp("aabb"))), "ip_in_ip [2001:db8::1]:5000 aabb/2"},
    {{"FourInSix"}, {}, ethernet(0x86dd, ipv6(4, kInner)), "ip_in_ip " + kV4Source},
    {{"SixInSix"},
     {},
     ethernet(0x86dd, ipv6(41, ipv6(17, udp("aabb")))),
     "ip_in_ip [2001:db8::1]:5000 aabb/2"},
    {{"FourDeep"},
     {},
     outer(4, ipv4(4, ipv4(4, ipv4(4, kInner)))),
     "ip_in_ip ip_in_ip ip_in_ip ip_in_ip " + kV4Source},
    {{"FiveDeep"}, {}, outer(4, ipv4(4, ipv4(4, ipv4(4, ipv4(4, kInner))))), "too_many_tunnels@114"},
};
INSTANTIATE_TEST_SUITE_P(IpInIp, InTunnel, ::testing::ValuesIn(kIpInIp), testing::CaseName());

TEST(Tunnel, ASnapLengthWithinATunnelIsNoFaultOfTheSender) {
  const Octets whole = outer_udp(4789, hex("08000000 00002a00") + kInnerFrame);
  const Octets cut(whole.begin(), whole.end() - 1);
  const auto view = parse_frame(LinkType::kEthernet, cut, static_cast<std::uint32_t>(whole.size()));
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(view->payload.size(), 1u);
  EXPECT_EQ(view->payload_wire_length, 2u);
  const Octets within(whole.begin(), whole.end() - 25);
  EXPECT_EQ(testing::text_of(
                parse_frame(LinkType::kEthernet, within, static_cast<std::uint32_t>(whole.size())).error()),
            "snapped_header@64");
}

TEST(Tunnel, CopiesOnOtherWaysDifferInTheirPath) {
  const auto path = [](const Octets& frame) {
    return parse_frame(LinkType::kEthernet, frame, static_cast<std::uint32_t>(frame.size()))->path;
  };
  EXPECT_EQ(path(kInnerFrame), 0u);
  const std::set<std::uint32_t> paths{
      path(kInnerFrame),
      path(ethernet(0x0800, kInner, "81000064")),
      path(ethernet(0x0800, kInner, "81000065")),
      path(outer_udp(4789, hex("08000000 00002a00") + kInnerFrame)),
      path(outer_udp(4789, hex("08000000 00002b00") + kInnerFrame)),
      path(outer(47, hex("0000 6558") + kInnerFrame)),
  };
  EXPECT_EQ(paths.size(), 6u);
  EXPECT_EQ(path(ethernet(0x8847, hex("00064140") + kInner)),
            path(ethernet(0x8847, hex("00065140") + kInner)))
      << "labels change from hop to hop";
}

}  // namespace
}  // namespace rtcscope::link
