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

}  // namespace rtcscope::flows
