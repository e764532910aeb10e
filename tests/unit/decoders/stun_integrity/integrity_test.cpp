#include "decoders/stun/integrity.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/support/hex.hpp"

namespace rtcscope::stun {

inline void PrintTo(IntegrityStatus status, std::ostream* out) {
  *out << to_string(status);
}

namespace {

using testing::hex;
using testing::Octets;
using testing::Writer;

constexpr std::string_view kPassword = "VOkJxbRl1RmTxUk/WvJxBt";  // RFC 5769, 2

// RFC 5769, 2.1: USERNAME padded with spaces; MESSAGE-INTEGRITY, then FINGERPRINT.
constexpr std::string_view kRequest =
    "000100582112a442b7e7a701bc34d686fa87dfae"
    "802200105354554e207465737420636c69656e74"
    "002400046e0001ff80290008932ff9b151263b36"
    "000600096576746a3a68367659202020"
    "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
    "80280004e57a3bcf";
// RFC 5769, 2.2 and 2.3.
constexpr std::string_view kIpv4Response =
    "0101003c2112a442b7e7a701bc34d686fa87dfae"
    "8022000b7465737420766563746f7220"
    "002000080001a147e112a643"
    "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7"
    "80280004c07d4c96";
constexpr std::string_view kIpv6Response =
    "010100482112a442b7e7a701bc34d686fa87dfae"
    "8022000b7465737420766563746f7220"
    "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
    "00080014a382954e4be67bf11784c97c8292c275bfe3ed41"
    "80280004c8fb0b4c";
// RFC 5769, 2.4: MESSAGE-INTEGRITY is the last attribute. The key is MD5(user:realm:password).
constexpr std::string_view kLongTerm =
    "000100602112a44278ad3433c6ad72c029da412e"
    "00060012e3839ee38388e383aae38383e382afe382b90000"
    "0015001c662f2f3439396b39353464364f4c33346f4c39465354767936347341"
    "0014000b6578616d706c652e6f726700"
    "00080014f67024656dd64a3e02b8e0712e85c9a28ca89666";
constexpr std::string_view kLongTermKey = "e8ca7ad59d5eb0518e312911d2dab2a9";
// RFC 8489, B.1 with erratum 6268. The key is SHA-256(user:realm:password).
constexpr std::string_view kSha256 =
    "000100902112a44278ad3433c6ad72c029da412e"
    "001e00204a3cf38fef6992bda952c6780417da0f24819415569e60b205c46e41407f1704"
    "001500296f624d61744a6f733241414143662f2f3439396b39353464364f4c33346f4c39465354767936347341000000"
    "0014000b6578616d706c652e6f726700001d000400020000"
    "001c0020b5c7bf005b6c52a21c51c5e892f81924136296cb927c43149309278cc6518e65";
constexpr std::string_view kSha256Key = "dd295a613b9058c3c23d6dc7165bda072304d989c9d0af3a8c7e184b4f9bb4a1";

IntegrityStatus sha1(const Octets& octets, std::string_view password) {
  const auto message = parse_stun(octets);
  EXPECT_TRUE(message);
  return message ? check_message_integrity(*message, password) : IntegrityStatus::kFailed;
}
IntegrityStatus sha256(const Octets& octets, Bytes key) {
  const auto message = parse_stun(octets);
  EXPECT_TRUE(message);
  return message ? check_message_integrity_sha256(*message, key) : IntegrityStatus::kFailed;
}

TEST(MessageIntegrity, ShortTermVectorsOfRfc5769) {
  EXPECT_EQ(sha1(hex(kRequest), kPassword), IntegrityStatus::kValid);
  EXPECT_EQ(sha1(hex(kIpv4Response), kPassword), IntegrityStatus::kValid);
  EXPECT_EQ(sha1(hex(kIpv6Response), kPassword), IntegrityStatus::kValid);
}

TEST(MessageIntegrity, LongTermVectorOfRfc5769) {
  const Octets octets = hex(kLongTerm);
  const auto message = parse_stun(octets);
  ASSERT_TRUE(message);
  EXPECT_EQ(check_message_integrity(*message, hex(kLongTermKey)), IntegrityStatus::kValid);
}

TEST(MessageIntegrity, AnotherPasswordIsAMismatch) {
  EXPECT_EQ(sha1(hex(kRequest), "VOkJxbRl1RmTxUk/WvJxBs"), IntegrityStatus::kMismatch);
  EXPECT_EQ(sha1(hex(kRequest), kPassword.substr(1)), IntegrityStatus::kMismatch);
  EXPECT_EQ(sha1(hex(kRequest), ""), IntegrityStatus::kMismatch);
}

// An empty key after another one: it must not fall back to the key of before.
TEST(MessageIntegrity, EmptyKeyIsAKeyOfItsOwn) {
  EXPECT_EQ(sha1(hex(kRequest), kPassword), IntegrityStatus::kValid);
  EXPECT_EQ(sha1(hex(kRequest), std::string_view{}), IntegrityStatus::kMismatch);
}

TEST(MessageIntegrity, EachOctetBeforeTheAttributeIsCovered) {
  const Octets whole = hex(kRequest);
  const std::size_t attribute = whole.size() - 8 - 24;
  for (std::size_t i = 0; i < attribute; ++i) {
    Octets changed = whole;
    changed[i] ^= std::byte{1};
    const auto message = parse_stun(changed);
    if (!message) continue;  // type, length and cookie are checked before
    const IntegrityStatus status = check_message_integrity(*message, kPassword);
    EXPECT_NE(status, IntegrityStatus::kValid) << i;
  }
}

// RFC 8489, 14.5: what follows is not covered, and the length on the wire counts it.
TEST(MessageIntegrity, AttributesBehindAreNotCovered) {
  Octets octets = hex(kRequest);
  octets.resize(octets.size() - 8);
  octets[3] = std::byte{0x58 - 8};
  EXPECT_EQ(sha1(octets, kPassword), IntegrityStatus::kValid);
  const Octets more = testing::attribute(0x8022, Writer{}.text("later").octets);
  octets.insert(octets.end(), more.begin(), more.end());
  octets[3] = static_cast<std::byte>(octets.size() - 20);
  EXPECT_EQ(sha1(octets, kPassword), IntegrityStatus::kValid);
}

TEST(MessageIntegrity, AbsentAndOfAnotherLength) {
  EXPECT_EQ(sha1(testing::stun(1, 7, testing::username("a:b")), kPassword), IntegrityStatus::kAbsent);
  for (const std::size_t size : {0U, 16U, 19U, 24U, 32U}) {
    const Octets octets = testing::stun(1, 7, testing::attribute(0x0008, Writer{}.zeros(size).octets));
    EXPECT_EQ(sha1(octets, kPassword), IntegrityStatus::kBadLength) << size;
  }
  EXPECT_EQ(sha1(hex(kSha256), kPassword), IntegrityStatus::kAbsent);
}

TEST(MessageIntegritySha256, VectorOfRfc8489) {
  EXPECT_EQ(sha256(hex(kSha256), hex(kSha256Key)), IntegrityStatus::kValid);
  EXPECT_EQ(sha256(hex(kSha256), hex(kLongTermKey)), IntegrityStatus::kMismatch);
  EXPECT_EQ(sha256(hex(kRequest), hex(kSha256Key)), IntegrityStatus::kAbsent);
}

// RFC 8489, 14.6: a truncated HMAC counts with its own, shorter length in the header.
TEST(MessageIntegritySha256, TruncationChangesTheCoveredLength) {
  const Octets whole = hex(kSha256);
  for (const std::size_t size : {16U, 20U, 24U, 28U}) {
    Octets cut(whole.begin(), whole.end() - static_cast<std::ptrdiff_t>(32 - size));
    cut[3] = static_cast<std::byte>(0x90 - (32 - size));
    cut[cut.size() - size - 1] = static_cast<std::byte>(size);
    EXPECT_EQ(sha256(cut, hex(kSha256Key)), IntegrityStatus::kMismatch) << size;
  }
}

TEST(MessageIntegritySha256, AcceptsEachTruncationThatIsAllowed) {
  // HMAC-SHA256 with the key "key" over the header, whose length counts an attribute of `size`.
  const std::pair<std::size_t, std::string_view> vectors[] = {
      {16, "2f77ffc9e0dd536467f62ed422506586"},
      {20, "29b203a2957d4179b665cc679d26f1380309afec"},
      {24, "0ddffe31987b44eab3f318278c6af72cede0a98b9197bea1"},
      {28, "bb5bab5f913366e321dc3142b0ff59293a53766af09970cee2123035"},
      {32, "8a805de5b36f0106111ff6b474e264f2e284b85cd6fe5bd9af058291b6391288"},
  };
  for (const auto& [size, digest] : vectors) {
    const Octets value = hex(digest);
    ASSERT_EQ(value.size(), size);
    const Octets octets = Writer{}
                              .u16(1)
                              .u16(static_cast<unsigned>(size + 4))
                              .u32(0x2112a442)
                              .zeros(12)
                              .bytes(testing::attribute(0x001c, value))
                              .octets;
    const auto message = parse_stun(octets);
    ASSERT_TRUE(message);
    EXPECT_EQ(check_message_integrity_sha256(*message, "key"), IntegrityStatus::kValid) << size;
    EXPECT_EQ(check_message_integrity_sha256(*message, "kez"), IntegrityStatus::kMismatch) << size;
  }
  for (const std::size_t size : {0U, 12U, 17U, 30U, 36U}) {
    const Octets octets = testing::stun(1, 7, testing::attribute(0x001c, Writer{}.zeros(size).octets));
    EXPECT_EQ(sha256(octets, hex("6b6579")), IntegrityStatus::kBadLength) << size;
  }
}

TEST(IntegrityStatusNames, EachStatusHasItsOwn) {
  std::set<std::string> names;
  for (const auto status : {IntegrityStatus::kValid, IntegrityStatus::kAbsent, IntegrityStatus::kBadLength,
                            IntegrityStatus::kMismatch, IntegrityStatus::kFailed}) {
    names.insert(to_string(status));
  }
  EXPECT_EQ(names.size(), 5U);
  EXPECT_EQ(names.count("unknown"), 0U);
}

}  // namespace
}  // namespace rtcscope::stun
