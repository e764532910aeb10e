#pragma once
// The registered names behind the numbers of a flow's snapshot, for those who do not know the decoders.

#include <cstdint>
#include <string>

#include "flows/report.hpp"

namespace rtcscope::flows {

/// "DTLS 1.2"; "" for 0 (not seen).
std::string dtls_version_name(std::uint16_t version);
/// IANA's name of the cipher suite; "" for 0.
std::string dtls_cipher_name(std::uint16_t cipher_suite);
/// RFC 5764's and RFC 7714's name of the profile; "" for 0.
std::string srtp_profile_name(std::uint16_t profile);
/// "clear", "opaque", "decrypted"; "" for kNone.
const char* to_string(RtcpAccess access) noexcept;
/// "no_keys", "unsupported_profile", "late_attach", "no_key".
const char* to_string(OpaqueReason reason) noexcept;
/// IANA's name of the key exchange's group; "" for 0.
std::string dtls_group_name(std::uint16_t group);
/// RFC 5246, 7.2: "close_notify", "handshake_failure", ...
std::string dtls_alert_name(std::uint8_t description);
/// "checking", "failed", ...; "none" without a check.
const char* to_string(IceState state) noexcept;
/// "unknown", "verified", "mismatch".
const char* to_string(IceIntegrity integrity) noexcept;
/// "", "no_answer", "error_response", "consent_expired".
const char* to_string(IceFailure failure) noexcept;
/// "", "allocating", "allocated", "released", "failed".
const char* to_string(TurnState state) noexcept;
/// Upper-case hex with colons, as SDP writes it (RFC 8122, 5).
std::string fingerprint_text(const CertificateFingerprint& fingerprint);

}  // namespace rtcscope::flows
