#include "decoders/dtls/fingerprint.hpp"

#include <openssl/sha.h>

namespace rtcscope::dtls {

Sha256 certificate_sha256(Bytes der) {
  Sha256 digest;
  SHA256(reinterpret_cast<const unsigned char*>(der.data()), der.size(), digest.data());
  return digest;
}

std::string to_string(const Sha256& digest) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string text;
  for (const std::uint8_t octet : digest) {
    if (!text.empty()) text += ':';
    text += kHex[octet >> 4];
    text += kHex[octet & 15];
  }
  return text;
}

}  // namespace rtcscope::dtls
