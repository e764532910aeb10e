#pragma once
// Secrets as TLS libraries log them (the format of NSS, SSLKEYLOGFILE), turned into DTLS-SRTP keying
// material.

#include <array>
#include <cstdint>
#include <vector>

#include "decoders/srtp/keying.hpp"

namespace rtcscope::srtp {

using HelloRandom = std::array<std::byte, 32>;

/// A line "CLIENT_RANDOM": the master secret of the association whose ClientHello has this random.
struct LoggedSecret {
  static constexpr std::size_t kOctets = 48;  // RFC 5246, 8.1

  HelloRandom client_random{};
  KeyingMaterial master_secret;
};

/// Of a DTLS 1.2 handshake as it went over the wire: what its master secret has to be mixed with.
struct HandshakeFacts {
  HelloRandom client_random{};
  HelloRandom server_random{};
  std::uint16_t cipher_suite = 0;
  std::uint16_t srtp_profile = 0;
};

/// What the association's ends export for SRTP (RFC 5705, 4; RFC 5764, 4.2). Empty for a profile that we
/// cannot open, or when OpenSSL refuses.
KeyingMaterial export_keying_material(const KeyingMaterial& master_secret, const HandshakeFacts& handshake);

/// Recorded secrets of either kind.
struct RecordedSecrets {
  std::vector<KeyingMaterial> exported;  // or one writer's keys
  std::vector<LoggedSecret> logged;
};

}  // namespace rtcscope::srtp
