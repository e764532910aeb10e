// The test vectors of RFC 5769, as far as they can be read without the password.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "decoders/stun/message.hpp"
#include "tests/support/hex.hpp"

namespace rtcscope::stun {
namespace {

using testing::hex;
using testing::Octets;

// 2.1
const Octets kRequest =
    hex("0001 0058 2112a442 b7e7a701bc34d686fa87dfae"
        "8022 0010 5354554e207465737420636c69656e74"          // SOFTWARE "STUN test client"
        "0024 0004 6e0001ff"                                  // PRIORITY
        "8029 0008 932ff9b151263b36"                          // ICE-CONTROLLED
        "0006 0009 6576746a3a6836765920 2020"                 // USERNAME "evtj:h6vY", padded with blanks
        "0008 0014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"  // MESSAGE-INTEGRITY
        "8028 0004 e57a3bcf");                                // FINGERPRINT
// 2.2
const Octets kIpv4Response =
    hex("0101 003c 2112a442 b7e7a701bc34d686fa87dfae"
        "8022 000b 7465737420766563746f72 20"                 // SOFTWARE "test vector", padded with a blank
        "0020 0008 0001a147e112a643"                          // XOR-MAPPED-ADDRESS
        "0008 0014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7"  // MESSAGE-INTEGRITY
        "8028 0004 c07d4c96");                                // FINGERPRINT
// 2.3
const Octets kIpv6Response =
    hex("0101 0048 2112a442 b7e7a701bc34d686fa87dfae"
        "8022 000b 7465737420766563746f72 20"                 // SOFTWARE
        "0020 0014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9"  // XOR-MAPPED-ADDRESS
        "0008 0014 a382954e4be67bf11784c97c8292c275bfe3ed41"  // MESSAGE-INTEGRITY
        "8028 0004 c8fb0b4c");                                // FINGERPRINT
// 2.4
const Octets kLongTermRequest =
    hex("0001 0060 2112a442 78ad3433c6ad72c029da412e"
        "0006 0012 e3839ee38388e383aae38383e382afe382b9 0000"                 // USERNAME, six katakana
        "0015 001c 662f2f3439396b39353464364f4c33346f4c39465354767936347341"  // NONCE
        "0014 000b 6578616d706c652e6f7267 00"                                 // REALM "example.org"
        "0008 0014 f67024656dd64a3e02b8e0712e85c9a28ca89666");                // MESSAGE-INTEGRITY

MessageView parsed(const Octets& octets) {
  const auto message = parse_stun(octets);
  EXPECT_TRUE(message.has_value());
  return message.value_or(MessageView{});
}

TEST(Rfc5769, RequestHeader) {
  const MessageView m = parsed(kRequest);
  EXPECT_EQ(m.method, Method::kBinding);
  EXPECT_EQ(m.message_class, MessageClass::kRequest);
  EXPECT_EQ(testing::hex_of(m.transaction_id), "b7e7a701bc34d686fa87dfae");
}

TEST(Rfc5769, RequestAttributes) {
  const MessageView m = parsed(kRequest);
  EXPECT_EQ(m.software(), "STUN test client");
  EXPECT_EQ(m.priority(), 0x6e0001ffU);
  EXPECT_EQ(m.ice_controlled(), 0x932ff9b151263b36U);
  EXPECT_EQ(m.username(), "evtj:h6vY");
  EXPECT_EQ(m.attributes().size(), 6U);
}

TEST(Rfc5769, Ipv4Response) {
  const MessageView m = parsed(kIpv4Response);
  EXPECT_EQ(m.message_class, MessageClass::kSuccess);
  EXPECT_EQ(m.xor_mapped_address(), testing::endpoint("192.0.2.1", 32853));
}

TEST(Rfc5769, Ipv6Response) {
  EXPECT_EQ(parsed(kIpv6Response).xor_mapped_address(),
            testing::endpoint("2001:db8:1234:5678:11:2233:4455:6677", 32853));
}

TEST(Rfc5769, LongTermRequest) {
  const MessageView m = parsed(kLongTermRequest);
  EXPECT_EQ(m.username(), "\u30de\u30c8\u30ea\u30c3\u30af\u30b9");
  EXPECT_EQ(m.nonce(), "f//499k954d6OL34oL9FSTvy64sA");
  EXPECT_EQ(m.realm(), "example.org");
}

TEST(Rfc5769, FingerprintsAreRight) {
  EXPECT_TRUE(parsed(kRequest).fingerprint_valid());
  EXPECT_TRUE(parsed(kIpv4Response).fingerprint_valid());
  EXPECT_TRUE(parsed(kIpv6Response).fingerprint_valid());
}

TEST(Rfc5769, WithoutFingerprintNoneIsRight) {
  EXPECT_FALSE(parsed(kLongTermRequest).fingerprint_valid());
}

// CRC-32 finds every single wrong bit; a bit of a length or the cookie makes it no message at all.
TEST(Rfc5769, NoSingleWrongBitPasses) {
  for (std::size_t bit = 0; bit < kRequest.size() * 8; ++bit) {
    Octets wrong = kRequest;
    wrong[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
    const auto message = parse_stun(wrong);
    EXPECT_FALSE(message && message->fingerprint_valid()) << "bit " << bit;
  }
}

TEST(Rfc5769, EveryCutIsRefused) {
  for (const Octets* vector : {&kRequest, &kIpv4Response, &kIpv6Response, &kLongTermRequest}) {
    for (std::size_t size = 0; size < vector->size(); ++size) {
      const Octets cut(vector->data(), vector->data() + size);
      const auto message = parse_stun(cut);
      ASSERT_FALSE(message.has_value()) << size << " octets";
      EXPECT_EQ(message.error().code, size < 20 ? StunErrc::kTruncatedHeader : StunErrc::kBadLength);
    }
  }
}

}  // namespace
}  // namespace rtcscope::stun
