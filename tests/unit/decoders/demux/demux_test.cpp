// decoders/demux/demux.hpp: RFC 7983 section 7, RFC 9443 section 3, RFC 5761 section 4.

#include "decoders/demux/demux.hpp"

#include <gtest/gtest.h>

#include <map>

#include "tests/support/capture_packets.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/named_case.hpp"

namespace rtcscope::demux {
namespace {

using testing::hex;
using testing::Octets;

/// First octets from .. to, and what a datagram of twenty octets that begins so is.
struct RangeCase : testing::NamedCase {
  unsigned from;
  unsigned to;
  PacketClass want;
};

class FirstOctet : public ::testing::TestWithParam<RangeCase> {};

TEST_P(FirstOctet, TellsTheProtocol) {
  for (unsigned first = GetParam().from; first <= GetParam().to; ++first) {
    const Octets datagram = testing::Writer{}.u8(first).zeros(19).octets;
    EXPECT_EQ(classify(datagram), GetParam().want) << "first octet " << first;
  }
}

const RangeCase kRanges[] = {
    {{"StunWithoutCookie"}, 0, 3, PacketClass::kUnknown},
    {{"Unassigned"}, 4, 15, PacketClass::kUnknown},
    {{"Zrtp"}, 16, 19, PacketClass::kZrtp},
    {{"Dtls"}, 20, 63, PacketClass::kDtls},
    {{"TurnChannel"}, 64, 79, PacketClass::kTurnChannel},
    {{"QuicShort"}, 80, 127, PacketClass::kQuic},
    {{"Rtp"}, 128, 191, PacketClass::kRtp},
    {{"QuicLong"}, 192, 255, PacketClass::kQuic},
};
INSTANTIATE_TEST_SUITE_P(Rfc9443, FirstOctet, ::testing::ValuesIn(kRanges), testing::CaseName());

// RFC 5761, 4: packet types 192 to 223 of the second octet are RTCP, whatever the marker bit.
TEST(SecondOctet, TellsRtcpFromRtp) {
  for (unsigned second = 0; second < 256; ++second) {
    const Octets datagram = testing::Writer{}.u8(0x80).u8(second).zeros(18).octets;
    const PacketClass want = second >= 192 && second <= 223 ? PacketClass::kRtcp : PacketClass::kRtp;
    EXPECT_EQ(classify(datagram), want) << "second octet " << second;
  }
}

struct OctetsCase : testing::NamedCase {
  const char* octets;
  PacketClass want;
};

class Datagram : public ::testing::TestWithParam<OctetsCase> {};

TEST_P(Datagram, IsOfThisClass) {
  EXPECT_EQ(classify(hex(GetParam().octets)), GetParam().want);
}

const OctetsCase kDatagrams[] = {
    {{"Nothing"}, "", PacketClass::kUnknown},
    {{"Stun"}, "0001 0000 2112a442 000000000000000000000001", PacketClass::kStun},
    {{"GoogPing"}, "0200 0008 2112a442 000000000000000000000001 c060 0004 01020304", PacketClass::kStun},
    {{"StunHeaderCut"}, "0001 0000 2112a442 0000000000000000000000", PacketClass::kUnknown},
    {{"StunOddLength"}, "0001 0002 2112a442 000000000000000000000001 0000", PacketClass::kUnknown},
    // RFC 3489 had no cookie: not WebRTC.
    {{"ClassicStun"}, "0001 0000 deadbeef 000000000000000000000001", PacketClass::kUnknown},
    {{"SmallestRtcp"}, "80c9 0001 00000001", PacketClass::kRtcp},
    {{"RtcpCut"}, "80c9 0001 000000", PacketClass::kUnknown},
    {{"SmallestRtp"}, "806f 0001 00000001 00000001", PacketClass::kRtp},
    {{"RtpCut"}, "806f 0001 00000001 000000", PacketClass::kUnknown},
    {{"OneOctetOfDtls"}, "16", PacketClass::kDtls},
    {{"OneOctetOfRtp"}, "80", PacketClass::kUnknown},
};
INSTANTIATE_TEST_SUITE_P(Octets, Datagram, ::testing::ValuesIn(kDatagrams), testing::CaseName());

TEST(PacketClass, EachHasItsName) {
  std::map<std::string, int> names;
  for (int i = 0; i <= static_cast<int>(PacketClass::kRtcp); ++i) names[to_string(PacketClass(i))] += 1;
  EXPECT_EQ(names.size(), 8U);
  EXPECT_EQ(names.count("unknown"), 1U);
}

// All that Janus and its clients send each other over UDP is of a known class.
TEST(SampleCallDatagrams, AreAllKnown) {
  std::map<PacketClass, int> seen;
  testing::for_each_datagram(RTCSCOPE_TEST_DATA "/sample-call/call.pcap",
                             [&](const link::DatagramView& view) { seen[classify(view.payload)] += 1; });
  EXPECT_EQ(seen.count(PacketClass::kUnknown), 0U);
  EXPECT_EQ(seen.count(PacketClass::kQuic) + seen.count(PacketClass::kZrtp), 0U);
  EXPECT_GT(seen[PacketClass::kStun], 0);
  EXPECT_GT(seen[PacketClass::kDtls], 0);
  EXPECT_GT(seen[PacketClass::kRtcp], 0);
}

}  // namespace
}  // namespace rtcscope::demux
