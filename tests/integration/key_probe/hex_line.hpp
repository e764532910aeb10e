#pragma once
// Octets as a line of hex digits on standard output, and back.

#include <iostream>
#include <string>
#include <vector>

namespace rtcscope::testing {

inline std::string to_hex(const std::vector<unsigned char>& octets) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char octet : octets) {
    text += kDigits[octet >> 4];
    text += kDigits[octet & 15];
  }
  return text;
}

inline std::vector<unsigned char> from_hex(const std::string& text) {
  std::vector<unsigned char> octets;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    octets.push_back(static_cast<unsigned char>(std::stoi(text.substr(i, 2), nullptr, 16)));
  }
  return octets;
}

}  // namespace rtcscope::testing
