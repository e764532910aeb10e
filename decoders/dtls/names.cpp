// Names of registered values (IANA TLS parameters), for people.

#include "decoders/dtls/handshake.hpp"

namespace rtcscope::dtls {
namespace {

struct Name {
  std::uint16_t value;
  const char* name;
};

// RFC 8446, 6 and RFC 5246, 7.2.
constexpr Name kAlerts[] = {
    {0, "close_notify"},
    {10, "unexpected_message"},
    {20, "bad_record_mac"},
    {22, "record_overflow"},
    {40, "handshake_failure"},
    {42, "bad_certificate"},
    {43, "unsupported_certificate"},
    {44, "certificate_revoked"},
    {45, "certificate_expired"},
    {46, "certificate_unknown"},
    {47, "illegal_parameter"},
    {48, "unknown_ca"},
    {49, "access_denied"},
    {50, "decode_error"},
    {51, "decrypt_error"},
    {70, "protocol_version"},
    {71, "insufficient_security"},
    {80, "internal_error"},
    {86, "inappropriate_fallback"},
    {90, "user_canceled"},
    {100, "no_renegotiation"},
    {109, "missing_extension"},
    {110, "unsupported_extension"},
    {112, "unrecognized_name"},
    {116, "certificate_required"},
    {120, "no_application_protocol"},
};

constexpr Name kVersions[] = {
    {0xfeff, "DTLS 1.0"}, {0xfefd, "DTLS 1.2"}, {0xfefc, "DTLS 1.3"}, {0x0100, "DTLS pre-standard"}};

constexpr Name kSrtpProfiles[] = {
    {0x0001, "SRTP_AES128_CM_HMAC_SHA1_80"},
    {0x0002, "SRTP_AES128_CM_HMAC_SHA1_32"},
    {0x0005, "SRTP_NULL_HMAC_SHA1_80"},
    {0x0006, "SRTP_NULL_HMAC_SHA1_32"},
    {0x0007, "SRTP_AEAD_AES_128_GCM"},
    {0x0008, "SRTP_AEAD_AES_256_GCM"},
    {0x0009, "DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM"},
    {0x000a, "DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM"},
};

constexpr Name kCipherSuites[] = {
    {0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA"},
    {0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA"},
    {0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA"},
    {0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA"},
    {0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256"},
    {0x009e, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"},
    {0x00ff, "TLS_EMPTY_RENEGOTIATION_INFO_SCSV"},
    {0x1301, "TLS_AES_128_GCM_SHA256"},
    {0x1302, "TLS_AES_256_GCM_SHA384"},
    {0x1303, "TLS_CHACHA20_POLY1305_SHA256"},
    {0xc009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"},
    {0xc00a, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"},
    {0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"},
    {0xc014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"},
    {0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"},
    {0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"},
    {0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"},
    {0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"},
    {0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
    {0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"},
    {0xccaa, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
};

constexpr Name kGroups[] = {
    {0x0017, "secp256r1"},      {0x0018, "secp384r1"},
    {0x0019, "secp521r1"},      {0x001d, "x25519"},
    {0x001e, "x448"},           {0x0100, "ffdhe2048"},
    {0x11ec, "X25519MLKEM768"}, {0x6399, "X25519Kyber768Draft00"},
};

template <std::size_t N>
std::string name_of(const Name (&table)[N], std::uint16_t value) {
  for (const Name& entry : table) {
    if (entry.value == value) return entry.name;
  }
  // A browser offers a dozen of cipher suites that are in no table, and each flow is told of every second.
  std::string text = "0x0000";
  for (std::size_t i = 0; i < 4; ++i) text[2 + i] = "0123456789abcdef"[value >> (12 - 4 * i) & 15];
  return text;
}

}  // namespace

std::string alert_name(std::uint8_t description) {
  const std::string name = name_of(kAlerts, description);
  return name.rfind("0x", 0) == 0 ? "alert_" + std::to_string(description) : name;
}

std::string version_name(std::uint16_t version) {
  return version == 0 ? "" : name_of(kVersions, version);
}
std::string srtp_profile_name(std::uint16_t profile) {
  return profile == 0 ? "" : name_of(kSrtpProfiles, profile);
}
std::string group_name(std::uint16_t group) {
  return group == 0 ? "" : name_of(kGroups, group);
}
std::string cipher_suite_name(std::uint16_t cipher_suite) {
  return cipher_suite == 0 ? "" : name_of(kCipherSuites, cipher_suite);
}

}  // namespace rtcscope::dtls
