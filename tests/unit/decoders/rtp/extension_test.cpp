// Header extension elements in both forms (RFC 8285, 4.2 and 4.3).

#include <gtest/gtest.h>

#include "decoders/rtp/rtp_packet.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/named_case.hpp"

namespace rtcscope::rtp {
namespace {

using testing::hex;
using testing::Octets;

/// "1:aabb 2:cc" and, where it stopped early, the fault.
std::string elements(const std::string& profile, const std::string& block) {
  const Octets octets = hex(block);
  const Octets words = testing::Writer{}.u16(static_cast<unsigned>(octets.size() / 4)).octets;
  const Octets datagram = hex("90600001 00000002 00000003" + profile + testing::hex_of(words) + block + "ff");
  const auto packet = parse_rtp(datagram);
  if (!packet) return testing::text_of(packet.error());
  std::string text;
  ExtensionReader reader(*packet);
  while (const auto element = reader.next()) {
    text += (text.empty() ? "" : " ") + std::to_string(element->id) + ":" + testing::hex_of(element->bytes);
  }
  if (reader.error()) text += " " + testing::text_of(*reader.error());
  return text;
}

struct ElementCase : testing::NamedCase {
  const char* profile;
  const char* block;
  const char* want;
};

class ExtensionElements : public ::testing::TestWithParam<ElementCase> {};

TEST_P(ExtensionElements, AreReadUpToTheFault) {
  EXPECT_EQ(elements(GetParam().profile, GetParam().block), GetParam().want);
}

const ElementCase kOneByte[] = {
    {{"One"}, "bede", "10aa0000", "1:aa"},
    {{"LongestBody"},
     "bede",
     "ef000102030405060708090a0b0c0d0e0f 000000",
     "14:000102030405060708090a0b0c0d0e0f"},
    {{"PaddingBetween"}, "bede", "10aa0000 0021bbcc", "1:aa 2:bbcc"},
    {{"OnlyPadding"}, "bede", "00000000", ""},
    {{"Empty"}, "bede", "", ""},
    {{"SameIdTwice"}, "bede", "10aa10bb", "1:aa 1:bb"},
    // The length of an element is one less than that of its body: none is without a body.
    {{"LengthZeroIsOneOctet"}, "bede", "30ff40ee", "3:ff 4:ee"},
    {{"Fifteen"}, "bede", "10aaf021 bb10cc00", "1:aa"},
    {{"FifteenFirst"}, "bede", "f010aa00", ""},
    // RFC 8285, 4.2: id 0 with a length is no padding; what follows it is not to be read.
    {{"PaddingWithALength"}, "bede", "10aa0210 bbcc0000", "1:aa"},
    {{"BodyPastTheBlock"}, "bede", "10aa23bb", "1:aa truncated_element@2"},
    {{"BodyPastTheBlockAtOnce"}, "bede", "1f000000", " truncated_element@0"},
};
INSTANTIATE_TEST_SUITE_P(OneByte, ExtensionElements, ::testing::ValuesIn(kOneByte), testing::CaseName());

const ElementCase kTwoByte[] = {
    {{"One"}, "1000", "0101aa00", "1:aa"},
    {{"WithoutBody"}, "1000", "01000200", "1: 2:"},
    {{"IdsAbove14"}, "1000", "0f01aaff 01bb0000", "15:aa 255:bb"},
    {{"PaddingBetween"}, "1000", "0101aa00 0002 01bb", "1:aa 2:bb"},
    {{"AppBitsAreIgnored"}, "100f", "0101aa00", "1:aa"},
    {{"SeventeenOctets"},
     "1000",
     "0311 000102030405060708090a0b0c0d0e0f10 00",
     "3:000102030405060708090a0b0c0d0e0f10"},
    {{"LengthMissing"}, "1000", "0101aa07", "1:aa truncated_element@3"},
    {{"BodyPastTheBlock"}, "1000", "0103aabb", " truncated_element@0"},
};
INSTANTIATE_TEST_SUITE_P(TwoByte, ExtensionElements, ::testing::ValuesIn(kTwoByte), testing::CaseName());

const ElementCase kOthers[] = {
    {{"ProfileOfItsOwn"}, "abac", "10aa0000", ""},
    {{"ProfileNearTwoByte"}, "1010", "0101aa00", ""},
    {{"Cryptex"}, "c0de", "10aa0000", ""},
};
INSTANTIATE_TEST_SUITE_P(OtherProfiles, ExtensionElements, ::testing::ValuesIn(kOthers), testing::CaseName());

TEST(ExtensionReader, WithoutExtensionThereIsNothing) {
  const Octets datagram = hex("80600001 00000002 00000003 10aa0000");
  const auto packet = parse_rtp(datagram);
  ASSERT_TRUE(packet.has_value());
  EXPECT_FALSE(ExtensionReader(*packet).next().has_value());
}

TEST(ExtensionReader, StaysAtItsEnd) {
  const Octets datagram = hex("90600001 00000002 00000003 bede0001 10aa23bb");
  const auto packet = parse_rtp(datagram);
  ASSERT_TRUE(packet.has_value());
  ExtensionReader reader(*packet);
  EXPECT_TRUE(reader.next().has_value());
  EXPECT_FALSE(reader.next().has_value());
  EXPECT_FALSE(reader.next().has_value());
  EXPECT_EQ(testing::text_of(*reader.error()), "truncated_element@2");
}

}  // namespace
}  // namespace rtcscope::rtp
