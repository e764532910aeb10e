// decoders/rtp/rtp_packet.hpp: the header (RFC 3550, 5.1 and 5.3.1).

#include "decoders/rtp/rtp_packet.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/hex.hpp"
#include "tests/support/named_case.hpp"

namespace rtcscope::rtp {
namespace {

using testing::hex;
using testing::Octets;

/// Everything but the payload's octets, or the fault.
std::string outcome(const Octets& datagram) {
  const auto p = parse_rtp(datagram);
  if (!p) return testing::text_of(p.error());
  std::string text = "pt " + std::to_string(p->payload_type) + " seq " + std::to_string(p->sequence_number);
  text += " ts " + std::to_string(p->rtp_timestamp) + " ssrc " + std::to_string(p->ssrc);
  text += p->marker ? " marker" : "";
  text += p->has_padding ? " padding" : "";
  if (p->csrc_count() != 0) text += " csrcs " + testing::hex_of(p->csrcs);
  if (p->has_extension) {
    const Octets profile = testing::Writer{}.u16(p->extension_profile).octets;
    text += " ext " + testing::hex_of(profile) + ":" + testing::hex_of(p->extension);
  }
  return text + " at " + std::to_string(p->header_length) + "+" + std::to_string(p->payload.size());
}

struct PacketCase : testing::NamedCase {
  const char* octets;
  const char* want;
};

class RtpPacket : public ::testing::TestWithParam<PacketCase> {};

TEST_P(RtpPacket, IsReadOrRefused) {
  EXPECT_EQ(outcome(hex(GetParam().octets)), GetParam().want);
}

const PacketCase kHeaders[] = {
    {{"Minimal"}, "806f0001 00000002 00000003", "pt 111 seq 1 ts 2 ssrc 3 at 12+0"},
    {{"LargestFields"},
     "80ffffff ffffffff ffffffff aa",
     "pt 127 seq 65535 ts 4294967295 ssrc 4294967295 marker at 12+1"},
    {{"Padding"}, "a0600001 00000002 00000003 00000004", "pt 96 seq 1 ts 2 ssrc 3 padding at 12+4"},
    {{"TwoCsrcs"},
     "82600001 00000002 00000003 0000000a 0000000b ff",
     "pt 96 seq 1 ts 2 ssrc 3 csrcs 0000000a0000000b at 20+1"},
    {{"EmptyExtension"},
     "90600001 00000002 00000003 bede0000 ff",
     "pt 96 seq 1 ts 2 ssrc 3 ext bede: at 16+1"},
    {{"Extension"},
     "90600001 00000002 00000003 bede0001 10aabb00 ff",
     "pt 96 seq 1 ts 2 ssrc 3 ext bede:10aabb00 at 20+1"},
    {{"ExtensionBehindCsrc"},
     "91600001 00000002 00000003 0000000a 10000001 0102aabb",
     "pt 96 seq 1 ts 2 ssrc 3 csrcs 0000000a ext 1000:0102aabb at 24+0"},
};
INSTANTIATE_TEST_SUITE_P(Whole, RtpPacket, ::testing::ValuesIn(kHeaders), testing::CaseName());

const PacketCase kFaults[] = {
    {{"Nothing"}, "", "truncated_header@0"},
    {{"ElevenOctets"}, "806f0001 00000002 000000", "truncated_header@0"},
    {{"VersionZero"}, "006f0001 00000002 00000003", "bad_version@0"},
    {{"VersionOne"}, "406f0001 00000002 00000003", "bad_version@0"},
    {{"VersionThree"}, "c06f0001 00000002 00000003", "bad_version@0"},
    {{"CsrcCut"}, "81600001 00000002 00000003 000000", "truncated_csrc@12"},
    {{"FifteenCsrcsMissing"}, "8f600001 00000002 00000003", "truncated_csrc@12"},
    {{"ExtensionHeaderCut"}, "90600001 00000002 00000003 bede00", "truncated_extension@12"},
    {{"ExtensionCut"}, "90600001 00000002 00000003 bede0002 10aabb00", "truncated_extension@12"},
    {{"LongestExtensionMissing"}, "90600001 00000002 00000003 bedeffff", "truncated_extension@12"},
};
INSTANTIATE_TEST_SUITE_P(Broken, RtpPacket, ::testing::ValuesIn(kFaults), testing::CaseName());

TEST(RtpPacketView, PayloadIsTheRestOfTheDatagram) {
  const Octets datagram = hex("80600001 00000002 00000003 0102030405");
  const auto packet = parse_rtp(datagram);
  ASSERT_TRUE(packet.has_value());
  EXPECT_EQ(testing::hex_of(packet->payload), "0102030405");
}

// The length of the padding is the last octet of the plain payload: SRTP encrypts it, so it stays.
TEST(RtpPacketView, PaddingStaysInThePayload) {
  const Octets datagram = hex("a0600001 00000002 00000003 aabbcc03");
  const auto packet = parse_rtp(datagram);
  ASSERT_TRUE(packet.has_value());
  EXPECT_EQ(packet->payload.size(), 4U);
}

// RFC 9335, 4: the profiles that say that CSRCs and extensions are encrypted.
TEST(RtpPacketView, CryptexIsTold) {
  const auto cryptex = [](const char* profile) {
    const Octets datagram = hex("90600001 00000002 00000003" + std::string(profile) + "0000");
    return parse_rtp(datagram)->is_cryptex();
  };
  EXPECT_TRUE(cryptex("c0de"));
  EXPECT_TRUE(cryptex("c2de"));
  EXPECT_FALSE(cryptex("bede"));
  EXPECT_FALSE(cryptex("1000"));
}

TEST(RtpErrc, EachHasItsOwnName) {
  std::set<std::string> names;
  for (int i = 0; i <= static_cast<int>(RtpErrc::kTruncatedElement); ++i) names.insert(to_string(RtpErrc(i)));
  EXPECT_EQ(names.size(), 5U);
  EXPECT_EQ(names.count("unknown"), 0U);
}

}  // namespace
}  // namespace rtcscope::rtp
