#include "feeds/owt/mauth.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <stdexcept>

#include "base/base64.hpp"
#include "base/text.hpp"

namespace rtcscope::feeds::owt {
namespace {

std::string sign(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  const auto* octets = reinterpret_cast<const unsigned char*>(text.data());
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), octets, text.size(), digest.data(),
           &length) == nullptr) {
    throw std::runtime_error("OpenSSL has no HMAC-SHA256");
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string hex;
  for (unsigned i = 0; i < length; ++i) {
    hex += kHex[digest[i] >> 4];
    hex += kHex[digest[i] & 0x0f];
  }
  return base64(hex);
}

std::string joined(std::string_view first, std::string_view second) {
  return std::string(first) + ',' + std::string(second);
}

std::string header(const Service& service, std::string_view timestamp, std::string_view cnonce,
                   const std::string& signature) {
  return "MAuth realm=http://rtcscope,mauth_signature_method=HMAC_SHA256,mauth_serviceid=" + service.id +
         ",mauth_cnonce=" + std::string(cnonce) + ",mauth_timestamp=" + std::string(timestamp) +
         ",mauth_signature=" + signature;
}

}  // namespace

Service parse_service(std::string_view line) {
  const std::size_t colon = line.find(':');
  const std::string_view id = line.substr(0, colon);
  bool hex = id.size() == 24;
  for (const char c : id) hex = hex && hex_digit(c).has_value();
  if (!hex || colon == std::string_view::npos || colon + 1 == line.size()) {
    throw std::invalid_argument(
        "the first line must be ID:KEY, the service's id (24 hex digits) and its key");
  }
  return {std::string(id), std::string(line.substr(colon + 1))};
}

std::string mauth_signature(std::string_view key, std::string_view timestamp, std::string_view cnonce) {
  return sign(key, joined(timestamp, cnonce));
}

std::string mauth_header(const Service& service, std::string_view timestamp, std::string_view cnonce) {
  return header(service, timestamp, cnonce, mauth_signature(service.key, timestamp, cnonce));
}

std::string mauth_header(const Service& service, std::string_view timestamp, std::string_view cnonce,
                         std::string_view user, std::string_view role) {
  // Signed as it stands in the header; the server decodes it afterwards.
  const std::string name = base64(user);
  const std::string signature = sign(service.key, joined(joined(timestamp, cnonce), joined(name, role)));
  return header(service, timestamp, cnonce, signature) + ",mauth_username=" + name +
         ",mauth_role=" + std::string(role);
}

}  // namespace rtcscope::feeds::owt
