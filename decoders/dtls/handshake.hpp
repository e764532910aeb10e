#pragma once
// DTLS handshake messages (RFC 6347, 4.2.2; RFC 5246, 7.4; RFC 8446, 4), as far as they go in clear.
//
//  msg_type(8) length(24) message_seq(16) fragment_offset(24) fragment_length(24) body

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/byte_reader.hpp"
#include "base/result.hpp"
#include "decoders/dtls/record.hpp"

namespace rtcscope::dtls {

enum class HandshakeType : std::uint8_t {
  kHelloRequest = 0,
  kClientHello = 1,
  kServerHello = 2,
  kHelloVerifyRequest = 3,
  kNewSessionTicket = 4,
  kCertificate = 11,
  kServerKeyExchange = 12,
  kCertificateRequest = 13,
  kServerHelloDone = 14,
  kCertificateVerify = 15,
  kClientKeyExchange = 16,
  kFinished = 20,
};

struct HandshakeFragmentView {
  HandshakeType msg_type{};
  std::uint32_t length = 0;  // of the whole message
  std::uint16_t message_seq = 0;
  std::uint32_t fragment_offset = 0;
  Bytes bytes;  // this fragment of the body
};

/// Reads one fragment from the front of `record` (a record may carry several) and advances it.
Result<HandshakeFragmentView, DtlsError> take_fragment(ByteReader& record) noexcept;

/// A hello's lists; spans point into the message body.
struct ClientHelloView {
  std::uint16_t legacy_version = 0;
  Bytes random;  // 32 octets
  Bytes session_id;
  Bytes cookie;
  Bytes cipher_suites;                            // two octets each
  std::array<std::uint16_t, 16> srtp_profiles{};  // use_srtp (RFC 5764, 4.1.1), in the client's order
  std::size_t srtp_profile_count = 0;
  bool has_use_srtp = false;
  bool offers_dtls13 = false;             // 0xfefc in supported_versions
  bool offers_connection_id = false;      // RFC 9146
  std::uint8_t connection_id_length = 0;  // of the id that the client wants to be addressed by
  Bytes supported_groups;                 // two octets each (RFC 8446, 4.2.7)
  Bytes supported_versions;               // two octets each (RFC 8446, 4.2.1); empty: only legacy_version
};
Result<ClientHelloView, DtlsError> parse_client_hello(Bytes body) noexcept;

struct ServerHelloView {
  std::uint16_t version = 0;  // negotiated: supported_versions if there, else the field
  Bytes random;
  std::uint16_t cipher_suite = 0;
  std::uint16_t srtp_profile = 0;  // 0: not in clear (DTLS 1.3) or none
  bool is_hello_retry_request = false;
  std::uint16_t group = 0;  // of key_share (RFC 8446, 4.2.8); 0: DTLS 1.2, see server_key_exchange_group()
  std::optional<std::uint8_t> connection_id_length;  // of the id that the server wants to be addressed by
};
Result<ServerHelloView, DtlsError> parse_server_hello(Bytes body) noexcept;

/// The named curve of an ECDHE ServerKeyExchange (RFC 8422, 5.4); 0 for anything else.
std::uint16_t server_key_exchange_group(Bytes body) noexcept;

/// DER of the first certificate of a Certificate message (RFC 5246, 7.4.2).
Result<Bytes, DtlsError> leaf_certificate(Bytes body) noexcept;

struct AlertView {
  std::uint8_t level = 0;        // 1 warning, 2 fatal
  std::uint8_t description = 0;  // RFC 8446, 6
};
Result<AlertView, DtlsError> parse_alert(Bytes fragment) noexcept;

/// "handshake_failure", "close_notify", ...; "alert_<n>" for others.
std::string alert_name(std::uint8_t description);
/// "DTLS 1.2"; "" for 0; "0x...." for others.
std::string version_name(std::uint16_t version);
/// IANA names of the groups that WebRTC endpoints use; "0x...." for others; "" for 0.
std::string group_name(std::uint16_t group);
/// "SRTP_AES128_CM_HMAC_SHA1_80", ... (IANA DTLS-SRTP protection profiles); "" for 0.
std::string srtp_profile_name(std::uint16_t profile);
/// IANA names of the suites that WebRTC endpoints use; "0x...." for others; "" for 0.
std::string cipher_suite_name(std::uint16_t cipher_suite);

}  // namespace rtcscope::dtls
