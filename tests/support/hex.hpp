#pragma once
// Octets written down as an RFC prints them.

#include <cassert>
#include <string>
#include <string_view>

#include "base/parse_error.hpp"
#include "tests/support/packet_builder.hpp"

namespace rtcscope::testing {

/// "80 6f 0001" -> four octets. Blanks and line ends may stand anywhere.
inline Octets hex(std::string_view text) {
  Octets octets;
  int high = -1;
  for (const char c : text) {
    if (c == ' ' || c == '\n') continue;
    const int digit = c <= '9' ? c - '0' : c - 'a' + 10;
    assert(digit >= 0 && digit < 16 && "lower-case hex digits only");
    if (high >= 0) octets.push_back(static_cast<std::byte>(high << 4 | digit));
    high = high >= 0 ? -1 : digit;
  }
  assert(high < 0 && "a whole number of octets");
  return octets;
}

/// The reverse, without blanks.
inline std::string hex_of(Bytes octets) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const std::byte octet : octets) {
    text += kDigits[static_cast<unsigned>(octet) >> 4];
    text += kDigits[static_cast<unsigned>(octet) & 15];
  }
  return text;
}

/// "bad_cookie@4"
template <class Errc>
std::string text_of(const ParseError<Errc>& error) {
  return std::string(to_string(error.code)) + "@" + std::to_string(error.offset);
}

}  // namespace rtcscope::testing
