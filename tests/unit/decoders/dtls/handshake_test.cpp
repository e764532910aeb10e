// decoders/dtls/handshake.hpp: fragments, hellos, certificates and alerts.

#include "decoders/dtls/handshake.hpp"

#include <gtest/gtest.h>

#include "decoders/dtls/fingerprint.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/named_case.hpp"

namespace rtcscope::dtls {
namespace {

using testing::hex;
using testing::Octets;
using testing::Writer;
using testing::operator+;

/// "11 seq 2 3..5/9" a fragment, and the fault that ended the record.
std::string fragments(const Octets& record) {
  std::string text;
  ByteReader reader(record);
  while (!reader.empty()) {
    const auto f = take_fragment(reader);
    if (!f) return text + testing::text_of(f.error());
    text += std::to_string(static_cast<unsigned>(f->msg_type)) + " seq " + std::to_string(f->message_seq) +
            " " + std::to_string(f->fragment_offset) + "+" + testing::hex_of(f->bytes) + "/" +
            std::to_string(f->length) + " ";
  }
  return text;
}

struct TextCase : testing::NamedCase {
  const char* octets;
  const char* want;
};

class HandshakeFragments : public ::testing::TestWithParam<TextCase> {};

TEST_P(HandshakeFragments, AreReadUpToTheFault) {
  EXPECT_EQ(fragments(hex(GetParam().octets)), GetParam().want);
}

const TextCase kFragments[] = {
    {{"Whole"}, "01 000002 0000 000000 000002 aabb", "1 seq 0 0+aabb/2 "},
    {{"Middle"}, "0b 000009 0002 000003 000002 aabb", "11 seq 2 3+aabb/9 "},
    {{"WithoutBody"}, "0e 000000 0005 000000 000000", "14 seq 5 0+/0 "},
    {{"TwoInARecord"},
     "0b 000001 0002 000000 000001 aa 0e 000000 0003 000000 000000",
     "11 seq 2 0+aa/1 14 seq 3 0+/0 "},
    {{"HeaderCut"}, "01 000002 0000 000000 0000", "truncated_handshake@0"},
    {{"BodyCut"}, "01 000002 0000 000000 000002 aa", "truncated_handshake@0"},
    {{"PastTheMessage"}, "01 000002 0000 000001 000002 aabb", "bad_fragment@0"},
    {{"OffsetPastTheMessage"}, "01 000002 0000 ffffff 000000", "bad_fragment@0"},
    {{"SecondCut"}, "0e 000000 0003 000000 000000 0e", "14 seq 3 0+/0 truncated_handshake@12"},
};
INSTANTIATE_TEST_SUITE_P(Rfc6347, HandshakeFragments, ::testing::ValuesIn(kFragments), testing::CaseName());

Octets extension(unsigned type, const std::string& value) {
  const Octets octets = hex(value);
  return Writer{}.u16(type).u16(static_cast<unsigned>(octets.size())).bytes(octets).octets;
}

Octets extensions(const Octets& list) {
  return Writer{}.u16(static_cast<unsigned>(list.size())).bytes(list).octets;
}

const std::string kRandom = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

Octets client_hello(const Octets& tail) {
  return hex("fefd" + kRandom + "02 5151 03 c0c1c2 0004 c02bc02f 01 00") + tail;
}

std::string profiles_of(const ClientHelloView& hello) {
  std::string text = hello.has_use_srtp ? "use_srtp" : "none";
  for (std::size_t i = 0; i < hello.srtp_profile_count; ++i) {
    text += " " + std::to_string(hello.srtp_profiles[i]);
  }
  return text;
}

TEST(ClientHello, FixedFields) {
  const Octets body = client_hello({});
  const auto hello = parse_client_hello(body);
  ASSERT_TRUE(hello.has_value());
  EXPECT_EQ(hello->legacy_version, 0xfefd);
  EXPECT_EQ(testing::hex_of(hello->random), kRandom);
  EXPECT_EQ(testing::hex_of(hello->session_id), "5151");
  EXPECT_EQ(testing::hex_of(hello->cookie), "c0c1c2");
  EXPECT_EQ(testing::hex_of(hello->cipher_suites), "c02bc02f");
}

TEST(ClientHello, WithoutExtensionsOffersNothing) {
  const Octets body = client_hello({});
  const auto hello = parse_client_hello(body);
  ASSERT_TRUE(hello.has_value());
  EXPECT_FALSE(hello->has_use_srtp || hello->offers_dtls13 || hello->offers_connection_id);
}

struct ProfileCase : testing::NamedCase {
  const char* value;
  const char* want;
};

class UseSrtp : public ::testing::TestWithParam<ProfileCase> {};

TEST_P(UseSrtp, ProfilesAreThoseOfTheClientInItsOrder) {
  const Octets body = client_hello(extensions(extension(10, "001d") + extension(14, GetParam().value)));
  const auto hello = parse_client_hello(body);
  ASSERT_TRUE(hello.has_value());
  EXPECT_EQ(profiles_of(*hello), GetParam().want);
}

// RFC 5764, 4.1.1
const ProfileCase kProfiles[] = {
    {{"Chromium"}, "0006 0001 0008 0007 00", "use_srtp 1 8 7"},
    {{"WithMki"}, "0002 0001 02 aabb", "use_srtp 1"},
    {{"WithoutProfiles"}, "0000 00", "use_srtp"},
    {{"HalfAProfile"}, "0003 0001 00 00", "use_srtp 1"},
    {{"ListCut"}, "0006 0001", "none"},
    {{"Empty"}, "", "none"},
    {{"MoreThanIsKept"},
     "0022 0001 0002 0003 0004 0005 0006 0007 0008 0009 000a 000b 000c 000d 000e 000f 0010 0011 00",
     "use_srtp 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16"},
};
INSTANTIATE_TEST_SUITE_P(Rfc5764, UseSrtp, ::testing::ValuesIn(kProfiles), testing::CaseName());

TEST(ClientHello, OffersDtls13) {
  const Octets with = client_hello(extensions(extension(43, "04 fefc fefd")));
  const Octets without = client_hello(extensions(extension(43, "02 fefd")));
  EXPECT_TRUE(parse_client_hello(with)->offers_dtls13);
  EXPECT_FALSE(parse_client_hello(without)->offers_dtls13);
}

TEST(ClientHello, OffersConnectionId) {
  const Octets body = client_hello(extensions(extension(54, "00")));
  EXPECT_TRUE(parse_client_hello(body)->offers_connection_id);
}

TEST(ClientHello, EveryCutIsRefused) {
  const Octets whole = client_hello(extensions(extension(14, "0002 0001 00") + extension(43, "02 fefc")));
  const std::size_t without_extensions = client_hello({}).size();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Octets cut(whole.data(), whole.data() + size);
    const auto hello = parse_client_hello(cut);
    if (size == without_extensions) continue;  // RFC 5246, 7.4.1.2: they may be missing
    ASSERT_FALSE(hello.has_value()) << size << " octets";
    EXPECT_EQ(hello.error().code, DtlsErrc::kBadClientHello);
    EXPECT_LE(hello.error().offset, size);
  }
}

TEST(ClientHello, ExtensionPastTheListIsRefused) {
  const Octets body = client_hello(hex("0004 000e 0005") + Octets(5));
  EXPECT_FALSE(parse_client_hello(body).has_value());
}

Octets server_hello(const Octets& tail, const std::string& random = kRandom) {
  return hex("fefd" + random + "00 c02b 00") + tail;
}

TEST(ServerHello, FixedFields) {
  const Octets body = server_hello({});
  const auto hello = parse_server_hello(body);
  ASSERT_TRUE(hello.has_value());
  EXPECT_EQ(hello->version, 0xfefd);
  EXPECT_EQ(hello->cipher_suite, 0xc02b);
  EXPECT_EQ(hello->srtp_profile, 0);
  EXPECT_FALSE(hello->is_hello_retry_request);
}

TEST(ServerHello, ChosenProfile) {
  const Octets body = server_hello(extensions(extension(14, "0002 0008 00")));
  EXPECT_EQ(parse_server_hello(body)->srtp_profile, 8);
}

// RFC 8446, 4.2.1
TEST(ServerHello, SupportedVersionsTellTheVersion) {
  const Octets body = server_hello(extensions(extension(43, "fefc")));
  EXPECT_EQ(parse_server_hello(body)->version, 0xfefc);
}

TEST(ServerHello, BrokenSupportedVersionsAreRefused) {
  for (const char* value : {"", "fe", "02 fefc"}) {
    const Octets body = server_hello(extensions(extension(43, value)));
    EXPECT_FALSE(parse_server_hello(body).has_value()) << value;
  }
}

// RFC 8446, 4.1.3: SHA-256 of "HelloRetryRequest".
TEST(ServerHello, RetryRequestIsTold) {
  const Octets text = Writer{}.text("HelloRetryRequest").octets;
  const Sha256 random = certificate_sha256(text);
  const Octets body = server_hello({}, testing::hex_of(std::as_bytes(std::span(random))));
  EXPECT_TRUE(parse_server_hello(body)->is_hello_retry_request);
}

TEST(ServerHello, EveryCutIsRefused) {
  const Octets whole = server_hello(extensions(extension(14, "0002 0001 00")));
  const std::size_t without_extensions = server_hello({}).size();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    if (size == without_extensions) continue;
    const Octets cut(whole.data(), whole.data() + size);
    EXPECT_FALSE(parse_server_hello(cut).has_value()) << size << " octets";
  }
}

std::string leaf(const Octets& body) {
  const auto der = leaf_certificate(body);
  return der ? testing::hex_of(*der) : testing::text_of(der.error());
}

class Certificate : public ::testing::TestWithParam<TextCase> {};

TEST_P(Certificate, LeafIsTheFirst) {
  EXPECT_EQ(leaf(hex(GetParam().octets)), GetParam().want);
}

const TextCase kCertificates[] = {
    {{"One"}, "000005 000002 3082", "3082"},
    {{"Chain"}, "00000a 000002 3082 000002 3083", "3082"},
    {{"None"}, "000000", "bad_certificate@3"},
    {{"EmptyOne"}, "000003 000000", "bad_certificate@6"},
    {{"ListCut"}, "000006 000002 3082", "bad_certificate@3"},
    {{"LeafPastTheList"}, "000005 000003 308200", "bad_certificate@8"},
    {{"Nothing"}, "", "bad_certificate@0"},
};
INSTANTIATE_TEST_SUITE_P(Rfc5246, Certificate, ::testing::ValuesIn(kCertificates), testing::CaseName());

std::string alert(const Octets& fragment) {
  const auto a = parse_alert(fragment);
  return a ? std::to_string(a->level) + "/" + std::to_string(a->description) : testing::text_of(a.error());
}

class Alert : public ::testing::TestWithParam<TextCase> {};

TEST_P(Alert, IsReadOrRefused) {
  EXPECT_EQ(alert(hex(GetParam().octets)), GetParam().want);
}

const TextCase kAlerts[] = {
    {{"CloseNotify"}, "0100", "1/0"},
    {{"Fatal"}, "0228", "2/40"},
    {{"UnknownDescription"}, "02ff", "2/255"},
    {{"LevelZero"}, "0028", "bad_alert@2"},
    {{"LevelThree"}, "0328", "bad_alert@2"},
    {{"OneOctet"}, "02", "bad_alert@1"},
    // Encrypted ones are longer.
    {{"ThreeOctets"}, "022800", "bad_alert@2"},
};
INSTANTIATE_TEST_SUITE_P(Rfc5246, Alert, ::testing::ValuesIn(kAlerts), testing::CaseName());

}  // namespace
}  // namespace rtcscope::dtls
