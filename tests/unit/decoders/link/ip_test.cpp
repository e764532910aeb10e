// IPv4 (RFC 791) and IPv6 with its extension headers (RFC 8200, 4).

#include "tests/unit/decoders/link/frame_text.hpp"

namespace rtcscope::link {
namespace {

class Ip : public ::testing::TestWithParam<FrameCase> {};

TEST_P(Ip, IsReadOrRefused) {
  EXPECT_EQ(outcome(GetParam().link_type, GetParam().frame), GetParam().want);
}

const Octets kUdp = udp("aabb");

/// The octets of `packet` with one replaced.
Octets with(Octets packet, std::size_t at, unsigned value) {
  packet[at] = static_cast<std::byte>(value);
  return packet;
}

const FrameCase kIpv4[] = {
    {{"Plain"}, LinkType::kRaw, ipv4(17, kUdp), kV4 + "aabb/2"},
    {{"DscpAndEcn"}, LinkType::kRaw, ipv4(17, kUdp, {.tos = 0xb9}), kV4 + "aabb/2 dscp 46 ecn 1"},
    {{"TimeToLive"}, LinkType::kRaw, ipv4(17, kUdp, {.ttl = 255}), kV4 + "aabb/2 ttl 255"},
    {{"Options"}, LinkType::kRaw, ipv4(17, kUdp, {.options = "94040000"}), kV4 + "aabb/2"},
    {{"MostOptions"},
     LinkType::kRaw,
     ipv4(17, kUdp, {.options = testing::hex_of(Octets(40))}),
     kV4 + "aabb/2"},
    {{"DontFragment"}, LinkType::kRaw, ipv4(17, kUdp, {.fragment = 0x4000}), kV4 + "aabb/2"},
    {{"FirstFragment"}, LinkType::kRaw, ipv4(17, kUdp, {.fragment = 0x2000}), "fragment@0"},
    {{"LaterFragment"}, LinkType::kRaw, ipv4(17, kUdp, {.fragment = 0x2001}), "fragment@0"},
    {{"LastFragment"}, LinkType::kRaw, ipv4(17, kUdp, {.fragment = 0x1fff}), "fragment@0"},
    // The card will cut it up: the length is not known yet.
    {{"LengthZero"}, LinkType::kRaw, ipv4(17, kUdp, {.total_length = 0}), kV4 + "aabb/2"},
    {{"LengthBelowTheHeader"}, LinkType::kRaw, ipv4(17, kUdp, {.total_length = 19}), "bad_ip_total_length@2"},
    {{"LengthPastTheFrame"}, LinkType::kRaw, ipv4(17, kUdp, {.total_length = 31}), "bad_ip_total_length@2"},
    {{"HeaderLengthFour"}, LinkType::kRaw, with(ipv4(17, kUdp), 0, 0x44), "bad_ip_header_length@0"},
    {{"HeaderLengthPastTheFrame"}, LinkType::kRaw, with(ipv4(17, kUdp), 0, 0x4f), "truncated_ip_header@0"},
    {{"HeaderCut"},
     LinkType::kRaw,
     hex("4500001e 00070000 40110000 c0000201 c63364"),
     "truncated_ip_header@0"},
    {{"Icmp"}, LinkType::kRaw, ipv4(1, Octets(8)), "not_udp_or_tcp@20"},
    {{"Encrypted"}, LinkType::kRaw, ipv4(50, Octets(8)), "not_udp_or_tcp@20"},
    {{"VersionFour"}, LinkType::kIpv6, ipv4(17, kUdp), kV4 + "aabb/2"},
    {{"VersionZero"}, LinkType::kRaw, with(ipv4(17, kUdp), 0, 0x05), "bad_ip_version@0"},
};
INSTANTIATE_TEST_SUITE_P(V4, Ip, ::testing::ValuesIn(kIpv4), testing::CaseName());

const Octets kHopByHop = hex("3c00 010400000000");     // then destination options
const Octets kDestination = hex("2b00 010400000000");  // then routing
const Octets kRouting = hex("2c00 000000000000");      // then fragment
const Octets kAtomic = hex("3300 0000 00000001");      // offset 0, nothing to come; then authentication
const Octets kAuthentication = hex("1104 0000") + Octets(20);  // then UDP; four words plus two

const FrameCase kIpv6[] = {
    {{"Plain"}, LinkType::kRaw, ipv6(17, kUdp), kV6 + "aabb/2"},
    {{"TrafficClass"}, LinkType::kRaw, ipv6(17, kUdp, -1, 0xb9), kV6 + "aabb/2 dscp 46 ecn 1"},
    {{"HopByHop"}, LinkType::kRaw, ipv6(0, hex("1100 010400000000") + kUdp), kV6 + "aabb/2"},
    {{"SixteenOctetsOfOptions"},
     LinkType::kRaw,
     ipv6(60, hex("1101 010c") + Octets(12) + kUdp),
     kV6 + "aabb/2"},
    {{"AllKinds"},
     LinkType::kRaw,
     ipv6(0, kHopByHop + kDestination + kRouting + kAtomic + kAuthentication + kUdp),
     kV6 + "aabb/2"},
    {{"AtomicFragment"}, LinkType::kRaw, ipv6(44, hex("1100 0000 00000001") + kUdp), kV6 + "aabb/2"},
    {{"FirstFragment"}, LinkType::kRaw, ipv6(44, hex("1100 0001 00000001") + kUdp), "fragment@40"},
    {{"LaterFragment"}, LinkType::kRaw, ipv6(44, hex("1100 0008 00000001") + kUdp), "fragment@40"},
    {{"ReservedBitsOfAFragment"}, LinkType::kRaw, ipv6(44, hex("1100 0006 00000001") + kUdp), kV6 + "aabb/2"},
    {{"LengthZero"}, LinkType::kRaw, ipv6(17, kUdp, 0), kV6 + "aabb/2"},
    {{"LengthPastTheFrame"}, LinkType::kRaw, ipv6(17, kUdp, 11), "bad_ip_total_length@4"},
    {{"PaddingBehind"}, LinkType::kRaw, ipv6(17, kUdp, 10) + Octets(6), kV6 + "aabb/2"},
    {{"HeaderCut"}, LinkType::kRaw, Octets(1, std::byte{0x60}) + Octets(38), "truncated_ip_header@0"},
    {{"ExtensionCut"}, LinkType::kRaw, ipv6(0, hex("1101 010400000000")), "truncated_ip_header@40"},
    // It ends where the payload ends, not where the frame does.
    {{"ExtensionPastThePayload"},
     LinkType::kRaw,
     ipv6(0, hex("1100 010400000000") + kUdp, 7),
     "truncated_ip_header@40"},
    {{"EightExtensions"},
     LinkType::kRaw,
     ipv6(60, hex("3c00 010400000000 3c00 010400000000 3c00 010400000000 3c00 010400000000"
                  "3c00 010400000000 3c00 010400000000 3c00 010400000000 1100 010400000000") +
                  kUdp),
     "too_many_extension_headers@104"},
    {{"SevenExtensions"},
     LinkType::kRaw,
     ipv6(60, hex("3c00 010400000000 3c00 010400000000 3c00 010400000000 3c00 010400000000"
                  "3c00 010400000000 3c00 010400000000 1100 010400000000") +
                  kUdp),
     kV6 + "aabb/2"},
    {{"Icmpv6"}, LinkType::kRaw, ipv6(58, Octets(8)), "not_udp_or_tcp@40"},
    {{"NoNextHeader"}, LinkType::kRaw, ipv6(59, {}), "not_udp_or_tcp@40"},
    {{"Encrypted"}, LinkType::kRaw, ipv6(50, Octets(16)), "not_udp_or_tcp@40"},
};
INSTANTIATE_TEST_SUITE_P(V6, Ip, ::testing::ValuesIn(kIpv6), testing::CaseName());

}  // namespace
}  // namespace rtcscope::link
