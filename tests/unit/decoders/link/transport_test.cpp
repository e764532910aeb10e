// UDP (RFC 768) and TCP (RFC 9293, 3.1) headers.

#include "tests/unit/decoders/link/frame_text.hpp"

namespace rtcscope::link {
namespace {

class TransportHeader : public ::testing::TestWithParam<FrameCase> {};

TEST_P(TransportHeader, IsReadOrRefused) {
  EXPECT_EQ(outcome(GetParam().link_type, GetParam().frame), GetParam().want);
}

const FrameCase kUdp[] = {
    {{"Plain"}, LinkType::kRaw, ipv4(17, udp("aabb")), kV4 + "aabb/2"},
    {{"WithoutPayload"}, LinkType::kRaw, ipv4(17, udp("")), kV4 + "/0"},
    // RFC 2675, 4: the IP length decides.
    {{"LengthZero"}, LinkType::kRaw, ipv4(17, udp("aabb", 0)), kV4 + "aabb/2"},
    {{"LengthBelowThePayload"}, LinkType::kRaw, ipv4(17, udp("aabb", 9)), kV4 + "aa/1"},
    {{"LengthBelowTheHeader"}, LinkType::kRaw, ipv4(17, udp("aabb", 7)), "bad_udp_length@24"},
    {{"LengthPastThePacket"}, LinkType::kRaw, ipv4(17, udp("aabb", 11)), "bad_udp_length@24"},
    {{"HeaderCut"}, LinkType::kRaw, ipv4(17, Octets(7)), "truncated_udp_header@20"},
    {{"HeaderPastThePacket"},
     LinkType::kRaw,
     ipv4(17, udp("aabb"), {.total_length = 27}),
     "truncated_udp_header@20"},
};
INSTANTIATE_TEST_SUITE_P(Udp, TransportHeader, ::testing::ValuesIn(kUdp), testing::CaseName());

const std::string kTcp = "tcp 192.0.2.1:443 > 198.51.100.2:5001 ";

Octets tcp_with_offset(unsigned words) {
  Octets segment = tcp("aabb");
  segment[12] = static_cast<std::byte>(words << 4);
  return segment;
}

const FrameCase kTcpCases[] = {
    {{"Plain"}, LinkType::kRaw, ipv4(6, tcp("aabb")), kTcp + "aabb/2 seq 1000 flags 24"},
    {{"WithoutPayload"}, LinkType::kRaw, ipv4(6, tcp("")), kTcp + "/0 seq 1000 flags 24"},
    {{"Options"},
     LinkType::kRaw,
     ipv4(6, tcp("aabb", "0101080a 0000000100000002")),
     kTcp + "aabb/2 seq 1000 flags 24"},
    {{"OffsetFour"}, LinkType::kRaw, ipv4(6, tcp_with_offset(4)), "bad_tcp_offset@32"},
    {{"OffsetPastTheSegment"}, LinkType::kRaw, ipv4(6, tcp_with_offset(6)), "bad_tcp_offset@32"},
    {{"HeaderCut"}, LinkType::kRaw, ipv4(6, Octets(19)), "truncated_tcp_header@20"},
    {{"BehindIpv6Options"},
     LinkType::kRaw,
     ipv6(0, hex("0600 010400000000") + tcp("aa")),
     "tcp [2001:db8::1]:443 > [2001:db8::2]:5001 aa/1 seq 1000 flags 24"},
};
INSTANTIATE_TEST_SUITE_P(Tcp, TransportHeader, ::testing::ValuesIn(kTcpCases), testing::CaseName());

}  // namespace
}  // namespace rtcscope::link
