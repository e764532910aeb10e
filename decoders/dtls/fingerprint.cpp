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
  std::string text(digest.size() * 3 - 1, ':');
  for (std::size_t i = 0; i < digest.size(); ++i) {
    text[i * 3] = kHex[digest[i] >> 4];
    text[i * 3 + 1] = kHex[digest[i] & 15];
  }
  return text;
}

}  // namespace rtcscope::dtls
