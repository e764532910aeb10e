// Ethernet with its tags, Linux cooked, raw, null and loop.

#include "tests/unit/decoders/link/frame_text.hpp"

namespace rtcscope::link {
namespace {

class LinkLayer : public ::testing::TestWithParam<FrameCase> {};

TEST_P(LinkLayer, IsReadOrRefused) {
  EXPECT_EQ(outcome(GetParam().link_type, GetParam().frame), GetParam().want);
}

const Octets kIpv4 = ipv4(17, udp("aabb"));
const Octets kIpv6 = ipv6(17, udp("aabb"));

const FrameCase kEthernet[] = {
    {{"Ipv4"}, LinkType::kEthernet, ethernet(0x0800, kIpv4), kV4 + "aabb/2"},
    {{"Ipv6"}, LinkType::kEthernet, ethernet(0x86dd, kIpv6), kV6 + "aabb/2"},
    {{"PaddedToSixty"}, LinkType::kEthernet, ethernet(0x0800, kIpv4 + Octets(16)), kV4 + "aabb/2"},
    {{"Vlan"}, LinkType::kEthernet, ethernet(0x0800, kIpv4, "81000064"), kV4 + "aabb/2 vlan 100"},
    {{"VlanWithPriority"},
     LinkType::kEthernet,
     ethernet(0x0800, kIpv4, "8100ffff"),
     kV4 + "aabb/2 vlan 4095"},
    {{"PriorityTag"}, LinkType::kEthernet, ethernet(0x0800, kIpv4, "8100a000"), kV4 + "aabb/2 vlan 0"},
    {{"QinQ"}, LinkType::kEthernet, ethernet(0x86dd, kIpv6, "88a80064 810000c8"), kV6 + "aabb/2 vlan 100"},
    {{"OldQinQ"}, LinkType::kEthernet, ethernet(0x0800, kIpv4, "91000064 810000c8"), kV4 + "aabb/2 vlan 100"},
    {{"FourTags"},
     LinkType::kEthernet,
     ethernet(0x0800, kIpv4, "88a80001 88a80002 88a80003 81000004"),
     kV4 + "aabb/2 vlan 1"},
    {{"FiveTags"},
     LinkType::kEthernet,
     ethernet(0x0800, kIpv4, "88a80001 88a80002 88a80003 88a80004 81000005"),
     "too_many_tags@30"},
    {{"Arp"}, LinkType::kEthernet, ethernet(0x0806, Octets(28)), "not_ip@14"},
    {{"LengthField"}, LinkType::kEthernet, ethernet(0x0026, Octets(38)), "not_ip@14"},
    {{"Nothing"}, LinkType::kEthernet, {}, "truncated_link_header@0"},
    {{"ThirteenOctets"}, LinkType::kEthernet, Octets(13), "truncated_link_header@12"},
    {{"TagCut"}, LinkType::kEthernet, hex("020000000001 020000000002 8100 0064"), "truncated_link_header@16"},
    {{"HeaderAlone"}, LinkType::kEthernet, ethernet(0x0800, {}), "truncated_ip_header@14"},
    {{"VersionFive"}, LinkType::kEthernet, ethernet(0x0800, hex("5500")), "bad_ip_version@14"},
};
INSTANTIATE_TEST_SUITE_P(Ethernet, LinkLayer, ::testing::ValuesIn(kEthernet), testing::CaseName());

/// https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html
Octets cooked(unsigned packet_type, unsigned protocol, const Octets& payload) {
  return Writer{}.u16(packet_type).u16(1).u16(6).zeros(8).u16(protocol).bytes(payload).octets;
}

/// https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html
Octets cooked2(unsigned packet_type, unsigned protocol, const Octets& payload) {
  return Writer{}.u16(protocol).u16(0).u32(3).u16(1).u8(packet_type).u8(6).zeros(8).bytes(payload).octets;
}

const FrameCase kCooked[] = {
    {{"ToUs"}, LinkType::kLinuxSll, cooked(0, 0x0800, kIpv4), kV4 + "aabb/2 in"},
    {{"Broadcast"}, LinkType::kLinuxSll, cooked(1, 0x0800, kIpv4), kV4 + "aabb/2"},
    {{"ToSomebodyElse"}, LinkType::kLinuxSll, cooked(3, 0x0800, kIpv4), kV4 + "aabb/2"},
    {{"FromUs"}, LinkType::kLinuxSll, cooked(4, 0x86dd, kIpv6), kV6 + "aabb/2 out"},
    {{"Tagged"}, LinkType::kLinuxSll, cooked(0, 0x8100, hex("00640800") + kIpv4), kV4 + "aabb/2 vlan 100 in"},
    {{"Arp"}, LinkType::kLinuxSll, cooked(0, 0x0806, Octets(28)), "not_ip@16"},
    {{"HeaderCut"}, LinkType::kLinuxSll, Octets(15), "truncated_link_header@14"},
    {{"V2ToUs"}, LinkType::kLinuxSll2, cooked2(0, 0x0800, kIpv4), kV4 + "aabb/2 in"},
    {{"V2FromUs"}, LinkType::kLinuxSll2, cooked2(4, 0x86dd, kIpv6), kV6 + "aabb/2 out"},
    {{"V2Multicast"}, LinkType::kLinuxSll2, cooked2(2, 0x0800, kIpv4), kV4 + "aabb/2"},
    {{"V2Arp"}, LinkType::kLinuxSll2, cooked2(0, 0x0806, Octets(28)), "not_ip@20"},
    {{"V2HeaderCut"}, LinkType::kLinuxSll2, Octets(19), "truncated_link_header@11"},
};
INSTANTIATE_TEST_SUITE_P(LinuxCooked, LinkLayer, ::testing::ValuesIn(kCooked), testing::CaseName());

const FrameCase kNullAndRaw[] = {
    {{"NullLittleEndian"}, LinkType::kNull, hex("02000000") + kIpv4, kV4 + "aabb/2"},
    {{"NullBigEndian"}, LinkType::kNull, hex("00000002") + kIpv4, kV4 + "aabb/2"},
    {{"NullIpv6OfDarwin"}, LinkType::kNull, hex("1e000000") + kIpv6, kV6 + "aabb/2"},
    {{"NullIpv6OfFreeBsd"}, LinkType::kNull, hex("1c000000") + kIpv6, kV6 + "aabb/2"},
    {{"NullIpv6OfLinux"}, LinkType::kNull, hex("0a000000") + kIpv6, kV6 + "aabb/2"},
    {{"NullOtherFamily"}, LinkType::kNull, hex("07000000") + kIpv4, "not_ip@0"},
    {{"NullFamilyOfTwoOctets"}, LinkType::kNull, hex("02020000") + kIpv4, "not_ip@0"},
    {{"NullCut"}, LinkType::kNull, hex("0200"), "truncated_link_header@0"},
    {{"Loop"}, LinkType::kLoop, hex("00000018") + kIpv6, kV6 + "aabb/2"},
    {{"RawIpv4"}, LinkType::kRaw, kIpv4, kV4 + "aabb/2"},
    {{"RawIpv6"}, LinkType::kRaw, kIpv6, kV6 + "aabb/2"},
    {{"Ipv4Type"}, LinkType::kIpv4, kIpv4, kV4 + "aabb/2"},
    {{"Ipv6Type"}, LinkType::kIpv6, kIpv6, kV6 + "aabb/2"},
    {{"RawNothing"}, LinkType::kRaw, {}, "truncated_ip_header@0"},
    {{"UnknownType"}, static_cast<LinkType>(9), kIpv4, "unsupported_link_type@0"},
};
INSTANTIATE_TEST_SUITE_P(NullAndRaw, LinkLayer, ::testing::ValuesIn(kNullAndRaw), testing::CaseName());

TEST(LinkErrc, EachHasItsOwnName) {
  std::set<std::string> names;
  for (int i = 0; i <= static_cast<int>(LinkErrc::kBadTcpOffset); ++i) names.insert(to_string(LinkErrc(i)));
  EXPECT_EQ(names.size(), 16U);
  EXPECT_EQ(names.count("unknown"), 0U);
}

// What is about something else is no fault of its sender.
TEST(LinkErrc, OtherProtocolsAreNotMalformed) {
  std::set<std::string> fine;
  for (int i = 0; i <= static_cast<int>(LinkErrc::kBadTcpOffset); ++i) {
    if (!is_malformed(LinkErrc(i))) fine.insert(to_string(LinkErrc(i)));
  }
  EXPECT_EQ(fine, (std::set<std::string>{"fragment", "not_ip", "not_udp_or_tcp", "snapped_header",
                                         "unsupported_link_type"}));
}

}  // namespace
}  // namespace rtcscope::link
