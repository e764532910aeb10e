#pragma once
// MESSAGE-INTEGRITY and MESSAGE-INTEGRITY-SHA256 (RFC 8489, 14.5 and 14.6): proof that the sender knew a key.
//
// The HMAC covers the message up to the attribute, with a length field that ends just behind the attribute.

#include <cstdint>
#include <string_view>

#include "decoders/stun/message.hpp"

namespace rtcscope::stun {

enum class IntegrityStatus : std::uint8_t {
  kValid,
  kAbsent,     // the message has no such attribute
  kBadLength,  // not 20 octets; SHA-256: not 16 to 32 octets in fours (RFC 8489, 14.6)
  kMismatch,   // another key, or a changed message
  kFailed,     // OpenSSL refused
};
/// The status as a counter's label, e.g. "mismatch".
const char* to_string(IntegrityStatus status) noexcept;

/// `key`: in ICE the octets of the password of whom the request is for, in its response too (RFC 8445, 7.2.2;
/// RFC 8489, 9.1.1). Allocates within OpenSSL: to prove a flow once, not for each packet of it.
IntegrityStatus check_message_integrity(const MessageView& message, Bytes key);
IntegrityStatus check_message_integrity_sha256(const MessageView& message, Bytes key);
/// libwebrtc's GOOG-MESSAGE-INTEGRITY-32: the first four octets of the HMAC-SHA1. A weak proof: 1 in 2^32.
IntegrityStatus check_goog_message_integrity_32(const MessageView& message, Bytes key);

inline IntegrityStatus check_message_integrity(const MessageView& message, std::string_view password) {
  return check_message_integrity(message, std::as_bytes(std::span(password)));
}
inline IntegrityStatus check_message_integrity_sha256(const MessageView& message, std::string_view password) {
  return check_message_integrity_sha256(message, std::as_bytes(std::span(password)));
}

}  // namespace rtcscope::stun
