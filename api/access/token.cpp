#include "api/access/token.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

namespace rtcscope::api::access {
namespace {

constexpr std::size_t kTokenOctets = 32;
constexpr std::size_t kTokenCharacters = 43;
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string base64url(const std::vector<unsigned char>& octets) {
  std::string out;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const unsigned char octet : octets) {
    bits = bits << 8 | octet;
    for (held += 8; held >= 6; held -= 6) out += kAlphabet[bits >> (held - 6) & 0x3f];
  }
  if (held > 0) out += kAlphabet[bits << (6 - held) & 0x3f];
  return out;
}

}  // namespace

std::string random_text(std::size_t octets) {
  std::vector<unsigned char> random(octets);
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) {
    throw std::runtime_error("the system gives no random octets");
  }
  return base64url(random);
}

std::string new_token_text() {
  return std::string(kTokenPrefix) + random_text(kTokenOctets);
}

bool looks_like_token(std::string_view text) noexcept {
  return text.size() == kTokenPrefix.size() + kTokenCharacters && text.starts_with(kTokenPrefix) &&
         text.find_first_not_of(kAlphabet, kTokenPrefix.size()) == std::string_view::npos;
}

std::string token_digest(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL has no SHA-256");
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (unsigned i = 0; i < length; ++i) {
    out += kHex[digest[i] >> 4];
    out += kHex[digest[i] & 0x0f];
  }
  return out;
}

bool same_secret(std::string_view given, std::string_view wanted) noexcept {
  return given.size() == wanted.size() && CRYPTO_memcmp(given.data(), wanted.data(), wanted.size()) == 0;
}

std::optional<std::string> decode_base64(std::string_view text) {
  constexpr std::string_view kStandard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && text[text.size() - 1 - padding] == '=') ++padding;
  std::string out;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : text.substr(0, text.size() - padding)) {
    const std::size_t value = kStandard.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>(bits >> held & 0xff);
  }
  return out;
}

}  // namespace rtcscope::api::access
