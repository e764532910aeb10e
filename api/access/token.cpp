#include "api/access/token.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "base/base64.hpp"
#include "base/text.hpp"

namespace rtcscope::api::access {
namespace {

constexpr std::size_t kTokenOctets = 32;
constexpr std::size_t kTokenCharacters = 43;

}  // namespace

std::string random_text(std::size_t octets) {
  std::string random(octets, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(random.data()), static_cast<int>(random.size())) != 1) {
    throw std::runtime_error("the system gives no random octets");
  }
  return base64url(random);
}

std::string new_token_text() {
  return std::string(kTokenPrefix) + random_text(kTokenOctets);
}

bool looks_like_token(std::string_view text) noexcept {
  return text.size() == kTokenPrefix.size() + kTokenCharacters && text.starts_with(kTokenPrefix) &&
         text.find_first_not_of(kBase64UrlAlphabet, kTokenPrefix.size()) == std::string_view::npos;
}

std::string token_digest(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL has no SHA-256");
  }
  return to_hex({reinterpret_cast<const char*>(digest.data()), length});
}

bool same_secret(std::string_view given, std::string_view wanted) noexcept {
  return given.size() == wanted.size() && CRYPTO_memcmp(given.data(), wanted.data(), wanted.size()) == 0;
}

}  // namespace rtcscope::api::access
