// Names of registered values, and the form of fingerprints.

#include <gtest/gtest.h>

#include "decoders/dtls/fingerprint.hpp"
#include "decoders/dtls/handshake.hpp"
#include "tests/support/hex.hpp"

namespace rtcscope::dtls {
namespace {

TEST(DtlsNames, Alerts) {
  EXPECT_EQ(alert_name(0), "close_notify");
  EXPECT_EQ(alert_name(40), "handshake_failure");
  EXPECT_EQ(alert_name(120), "no_application_protocol");
  EXPECT_EQ(alert_name(255), "alert_255");
}

TEST(DtlsNames, Versions) {
  EXPECT_EQ(version_name(0xfefd), "DTLS 1.2");
  EXPECT_EQ(version_name(0xfefc), "DTLS 1.3");
  EXPECT_EQ(version_name(0xfeff), "DTLS 1.0");
  EXPECT_EQ(version_name(0x0304), "0x0304");
  EXPECT_EQ(version_name(0), "");
}

// https://www.iana.org/assignments/srtp-protection
TEST(DtlsNames, SrtpProfiles) {
  EXPECT_EQ(srtp_profile_name(1), "SRTP_AES128_CM_HMAC_SHA1_80");
  EXPECT_EQ(srtp_profile_name(2), "SRTP_AES128_CM_HMAC_SHA1_32");
  EXPECT_EQ(srtp_profile_name(7), "SRTP_AEAD_AES_128_GCM");
  EXPECT_EQ(srtp_profile_name(8), "SRTP_AEAD_AES_256_GCM");
  EXPECT_EQ(srtp_profile_name(0x0003), "0x0003");
  EXPECT_EQ(srtp_profile_name(0), "");
}

TEST(DtlsNames, CipherSuites) {
  EXPECT_EQ(cipher_suite_name(0xc02b), "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
  EXPECT_EQ(cipher_suite_name(0xc02c), "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
  EXPECT_EQ(cipher_suite_name(0x1301), "TLS_AES_128_GCM_SHA256");
  EXPECT_EQ(cipher_suite_name(0xfafa), "0xfafa");
}

// FIPS 180-4: SHA-256 of "abc".
TEST(CertificateFingerprint, IsSha256InUpperCaseWithColons) {
  const testing::Octets abc = testing::hex("616263");
  EXPECT_EQ(
      to_string(certificate_sha256(abc)),
      "BA:78:16:BF:8F:01:CF:EA:41:41:40:DE:5D:AE:22:23:B0:03:61:A3:96:17:7A:9C:B4:10:FF:61:F2:00:15:AD");
}

}  // namespace
}  // namespace rtcscope::dtls
