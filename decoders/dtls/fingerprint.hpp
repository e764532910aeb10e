#pragma once
// Certificate fingerprints as SDP writes them (RFC 8122, 5).

#include <array>
#include <cstdint>
#include <string>

#include "base/byte_reader.hpp"

namespace rtcscope::dtls {

using Sha256 = std::array<std::uint8_t, 32>;

/// SHA-256 over the certificate's DER octets.
Sha256 certificate_sha256(Bytes der);
/// Upper-case hex with colons: "0A:6E:...".
std::string to_string(const Sha256& digest);

}  // namespace rtcscope::dtls
