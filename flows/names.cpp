#include "flows/names.hpp"

#include "decoders/dtls/fingerprint.hpp"
#include "decoders/dtls/handshake.hpp"

namespace rtcscope::flows {

std::string dtls_version_name(std::uint16_t version) {
  return version == 0 ? std::string{} : dtls::version_name(version);
}

std::string dtls_cipher_name(std::uint16_t cipher_suite) {
  return cipher_suite == 0 ? std::string{} : dtls::cipher_suite_name(cipher_suite);
}

std::string srtp_profile_name(std::uint16_t profile) {
  return profile == 0 ? std::string{} : dtls::srtp_profile_name(profile);
}

std::string dtls_alert_name(std::uint8_t description) {
  return dtls::alert_name(description);
}

std::string fingerprint_text(const CertificateFingerprint& fingerprint) {
  return dtls::to_string(fingerprint.sha256);
}

const char* to_string(RtcpAccess access) noexcept {
  switch (access) {
    case RtcpAccess::kNone:
      return "";
    case RtcpAccess::kClear:
      return "clear";
    case RtcpAccess::kOpaque:
      return "opaque";
    case RtcpAccess::kDecrypted:
      return "decrypted";
  }
  return "";
}

const char* to_string(OpaqueReason reason) noexcept {
  switch (reason) {
    case OpaqueReason::kNoKeys:
      return "no_keys";
    case OpaqueReason::kUnsupportedProfile:
      return "unsupported_profile";
    case OpaqueReason::kLateAttach:
      return "late_attach";
    case OpaqueReason::kNoKey:
      return "no_key";
  }
  return "";
}

}  // namespace rtcscope::flows
