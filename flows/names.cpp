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

std::string dtls_group_name(std::uint16_t group) {
  return dtls::group_name(group);
}

const char* to_string(IceState state) noexcept {
  switch (state) {
    case IceState::kNone:
      break;
    case IceState::kFailed:
      return "failed";
    case IceState::kChecking:
      return "checking";
    case IceState::kConsentLost:
      return "consent_lost";
    case IceState::kConnected:
      return "connected";
    case IceState::kNominated:
      return "nominated";
  }
  return "none";
}

const char* to_string(IceIntegrity integrity) noexcept {
  switch (integrity) {
    case IceIntegrity::kUnknown:
      break;
    case IceIntegrity::kVerified:
      return "verified";
    case IceIntegrity::kMismatch:
      return "mismatch";
  }
  return "unknown";
}

const char* to_string(IceFailure failure) noexcept {
  switch (failure) {
    case IceFailure::kNone:
      break;
    case IceFailure::kNoAnswer:
      return "no_answer";
    case IceFailure::kErrorResponse:
      return "error_response";
    case IceFailure::kConsentExpired:
      return "consent_expired";
  }
  return "";
}

const char* to_string(TurnState state) noexcept {
  switch (state) {
    case TurnState::kNone:
      break;
    case TurnState::kAllocating:
      return "allocating";
    case TurnState::kAllocated:
      return "allocated";
    case TurnState::kReleased:
      return "released";
    case TurnState::kFailed:
      return "failed";
  }
  return "";
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
