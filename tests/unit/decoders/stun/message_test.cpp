// decoders/stun/message.hpp: header, attribute list and FINGERPRINT.

#include "decoders/stun/message.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/hex.hpp"
#include "tests/support/named_case.hpp"

namespace rtcscope::stun {
namespace {

using testing::attribute;
using testing::hex;
using testing::Octets;
using testing::Writer;
using testing::operator+;

struct TypeCase : testing::NamedCase {
  unsigned type;
  unsigned method;
  MessageClass message_class;
};

class MessageType : public ::testing::TestWithParam<TypeCase> {};

TEST_P(MessageType, SplitsIntoMethodAndClass) {
  const Octets octets = testing::stun(GetParam().type, 1, {});
  const auto message = parse_stun(octets);
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(static_cast<unsigned>(message->method), GetParam().method);
  EXPECT_EQ(message->message_class, GetParam().message_class);
}

const TypeCase kTypes[] = {
    {{"BindingRequest"}, 0x0001, 0x001, MessageClass::kRequest},
    {{"BindingIndication"}, 0x0011, 0x001, MessageClass::kIndication},
    {{"BindingSuccess"}, 0x0101, 0x001, MessageClass::kSuccess},
    {{"BindingError"}, 0x0111, 0x001, MessageClass::kError},
    {{"AllocateRequest"}, 0x0003, 0x003, MessageClass::kRequest},
    {{"AllocateError"}, 0x0113, 0x003, MessageClass::kError},
    {{"RefreshSuccess"}, 0x0104, 0x004, MessageClass::kSuccess},
    {{"SendIndication"}, 0x0016, 0x006, MessageClass::kIndication},
    {{"DataIndication"}, 0x0017, 0x007, MessageClass::kIndication},
    {{"CreatePermission"}, 0x0008, 0x008, MessageClass::kRequest},
    {{"ChannelBindSuccess"}, 0x0109, 0x009, MessageClass::kSuccess},
    {{"ConnectionAttempt"}, 0x001c, 0x00c, MessageClass::kIndication},
    {{"GoogPingRequest"}, 0x0200, 0x080, MessageClass::kRequest},
    {{"GoogPingResponse"}, 0x0300, 0x080, MessageClass::kSuccess},
    {{"GoogPingError"}, 0x0310, 0x080, MessageClass::kError},
    {{"AllBits"}, 0x03ff, 0x0ff, MessageClass::kError},
};
INSTANTIATE_TEST_SUITE_P(Rfc8489, MessageType, ::testing::ValuesIn(kTypes), testing::CaseName());

struct FaultCase : testing::NamedCase {
  Octets octets;
  const char* want;
};

class BrokenMessage : public ::testing::TestWithParam<FaultCase> {};

TEST_P(BrokenMessage, IsRefusedByName) {
  const auto message = parse_stun(GetParam().octets);
  ASSERT_FALSE(message.has_value());
  EXPECT_EQ(testing::text_of(message.error()), GetParam().want);
}

const char* const kTransaction = "000000000000000000000001";

Octets header(const std::string& type_length_cookie) {
  return hex(type_length_cookie + kTransaction);
}

Octets many_attributes(std::size_t count) {
  Octets list;
  for (std::size_t i = 0; i < count; ++i) list = list + attribute(0xc059, {});
  return testing::stun(0x0001, 1, list);
}

const FaultCase kFaults[] = {
    {{"Nothing"}, {}, "truncated_header@0"},
    {{"HeaderOf19"}, Octets(19), "truncated_header@8"},
    {{"FirstBit"}, header("8001 0000 2112a442"), "not_stun@0"},
    {{"SecondBit"}, header("4001 0000 2112a442"), "not_stun@0"},
    {{"MethodReservedForOthersOfThePort"}, header("0401 0000 2112a442"), "not_stun@0"},
    {{"NoCookie"}, header("0001 0000 2112a443"), "bad_cookie@4"},
    {{"LengthNoMultipleOfFour"}, header("0001 0002 2112a442") + Octets(2), "bad_length@2"},
    {{"LengthPastTheDatagram"}, header("0001 0004 2112a442"), "bad_length@2"},
    {{"AttributeHeaderCut"},
     header("0001 0008 2112a442") + hex("8022 0000 0000 0008"),
     "truncated_attribute@24"},
    {{"AttributePastTheMessage"},
     header("0001 0008 2112a442") + hex("8022 0005 00000000"),
     "truncated_attribute@20"},
    // What is in the datagram behind the message does not lengthen its attributes.
    {{"AttributeIntoTheTail"},
     header("0001 0004 2112a442") + hex("8022 0004 aabbccdd"),
     "truncated_attribute@20"},
    {{"TooManyAttributes"}, many_attributes(32), "too_many_attributes@148"},
};
INSTANTIATE_TEST_SUITE_P(Rfc8489, BrokenMessage, ::testing::ValuesIn(kFaults), testing::CaseName());

TEST(StunMessage, WithoutAttributesIsWhole) {
  const Octets octets = header("0011 0000 2112a442");
  const auto message = parse_stun(octets);
  ASSERT_TRUE(message.has_value());
  EXPECT_TRUE(message->attributes().empty());
}

TEST(StunMessage, AsManyAttributesAsAllowedAreRead) {
  const Octets octets = many_attributes(31);  // and FINGERPRINT
  const auto message = parse_stun(octets);
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->attributes().size(), MessageView::kMaxAttributes);
}

TEST(StunMessage, OctetsBehindItAreNotIts) {
  const Octets octets = testing::stun(0x0001, 1, testing::username("a:b")) + hex("8028 0004 00000000");
  const auto message = parse_stun(octets);
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->bytes.size(), octets.size() - 8);
  EXPECT_TRUE(message->fingerprint_valid());
}

TEST(StunMessage, AttributesKeepOrderPlaceAndValueWithoutPadding) {
  const Octets octets = testing::stun(0x0001, 1, attribute(0x0006, hex("616263")) + attribute(0x0025, {}));
  const auto message = parse_stun(octets);
  ASSERT_TRUE(message.has_value());
  std::string text;
  for (const AttributeView& a : message->attributes()) {
    text += std::to_string(static_cast<unsigned>(a.type)) + "@" + std::to_string(a.offset) + ":" +
            std::to_string(a.value.size()) + " ";
  }
  EXPECT_EQ(text, "6@20:3 37@28:0 32808@32:4 ");
}

// RFC 8489, 14: of attributes that occur twice the first counts.
TEST(StunMessage, FirstOfRepeatedAttributesCounts) {
  const Octets octets = testing::stun(0x0001, 1, testing::username("a:b") + testing::username("c:d"));
  const auto message = parse_stun(octets);
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->username(), "a:b");
}

// RFC 8489, 14.7: FINGERPRINT is the last attribute.
TEST(StunFingerprint, NotTheLastAttributeIsWrong) {
  // The checksum is that of the octets before it, with a length that ends behind it; then one more comes.
  Octets octets = testing::stun(0x0001, 1, {});
  const auto right = parse_stun(octets);
  ASSERT_TRUE(right && right->fingerprint_valid());
  octets = octets + attribute(0x8022, {});
  octets[3] = std::byte{12};
  const auto message = parse_stun(octets);
  ASSERT_TRUE(message.has_value());
  EXPECT_FALSE(message->fingerprint_valid());
}

TEST(StunFingerprint, OfAnotherLengthIsWrong) {
  const Octets octets = header("0001 0008 2112a442") + hex("8028 0003 00000000");
  const auto message = parse_stun(octets);
  ASSERT_TRUE(message.has_value());
  EXPECT_FALSE(message->fingerprint_valid());
}

TEST(StunErrc, EachHasItsOwnName) {
  std::set<std::string> names;
  for (int i = 0; i <= static_cast<int>(StunErrc::kTooManyAttributes); ++i)
    names.insert(to_string(StunErrc(i)));
  EXPECT_EQ(names.size(), 6U);
  EXPECT_EQ(names.count("unknown"), 0U);
}

}  // namespace
}  // namespace rtcscope::stun
