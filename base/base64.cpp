#include "base/base64.hpp"

#include <cstdint>

namespace rtcscope {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string encode(std::string_view octets, std::string_view alphabet) {
  std::string out;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char octet : octets) {
    bits = bits << 8 | static_cast<unsigned char>(octet);
    for (held += 8; held >= 6; held -= 6) out += alphabet[bits >> (held - 6) & 0x3f];
  }
  if (held > 0) out += alphabet[bits << (6 - held) & 0x3f];
  return out;
}

/// Of text without padding.
std::optional<std::string> decode(std::string_view text, std::string_view alphabet) {
  std::string out;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const std::size_t value = alphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>(bits >> held & 0xff);
  }
  return out;
}

}  // namespace

std::string base64(std::string_view octets) {
  std::string out = encode(octets, kAlphabet);
  out.append((4 - out.size() % 4) % 4, '=');
  return out;
}

std::string base64url(std::string_view octets) {
  return encode(octets, kBase64UrlAlphabet);
}

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && text[text.size() - 1 - padding] == '=') ++padding;
  return decode(text.substr(0, text.size() - padding), kAlphabet);
}

std::optional<std::string> decode_base64url(std::string_view text) {
  return decode(text, kBase64UrlAlphabet);
}

}  // namespace rtcscope
