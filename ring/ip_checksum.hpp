#pragma once
// The checksum of IP, UDP and TCP headers (RFC 1071).

#include <cstdint>

#include "base/byte_reader.hpp"

namespace rtcscope::ring {

/// The one's complement sum of the octets, as 16 bits in host order; `sum` is what came before them.
constexpr std::uint32_t add_to_checksum(std::uint32_t sum, Bytes octets) noexcept {
  for (std::size_t i = 0; i < octets.size(); ++i) {
    sum += std::to_integer<std::uint32_t>(octets[i]) << (i % 2 == 0 ? 8U : 0U);
    sum = (sum & 0xffffU) + (sum >> 16U);
  }
  return sum;
}

/// Of octets whose checksum field is 0; what goes into that field.
constexpr std::uint16_t internet_checksum(Bytes octets, std::uint32_t sum = 0) noexcept {
  return static_cast<std::uint16_t>(~add_to_checksum(sum, octets));
}

}  // namespace rtcscope::ring
