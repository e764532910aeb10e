#include "base/hmac.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <stdexcept>

namespace rtcscope {

std::string hmac_sha256(std::string_view key, std::string_view octets) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  const auto* data = reinterpret_cast<const unsigned char*>(octets.data());
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), data, octets.size(), digest.data(), &length) ==
      nullptr) {
    throw std::runtime_error("OpenSSL has no HMAC-SHA256");
  }
  return {reinterpret_cast<const char*>(digest.data()), length};
}

}  // namespace rtcscope
