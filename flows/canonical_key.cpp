#include "flows/canonical_key.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <array>
#include <cstring>

namespace rtcscope::flows {
namespace {

// 16 address octets, the family, the port: Endpoint itself has padding that must not be hashed.
constexpr std::size_t kEndpointOctets = 19;

std::uint8_t* put(std::uint8_t* out, const Endpoint& endpoint) noexcept {
  std::memcpy(out, endpoint.address.octets.data(), 16);
  out[16] = static_cast<std::uint8_t>(endpoint.address.family);
  out[17] = static_cast<std::uint8_t>(endpoint.port >> 8);
  out[18] = static_cast<std::uint8_t>(endpoint.port);
  return out + kEndpointOctets;
}

}  // namespace

CanonicalKey canonical_key(const FiveTuple& five_tuple, Encapsulation encapsulation,
                           const Endpoint& relayed_peer) noexcept {
  const bool ordered = five_tuple.source < five_tuple.destination;
  return {ordered ? five_tuple.source : five_tuple.destination,
          ordered ? five_tuple.destination : five_tuple.source, relayed_peer, five_tuple.transport,
          encapsulation};
}

std::size_t SeededKeyHash::operator()(const CanonicalKey& key) const noexcept {
  std::array<std::uint8_t, 3 * kEndpointOctets + 2> octets;
  std::uint8_t* end = put(put(put(octets.data(), key.low), key.high), key.relayed_peer);
  end[0] = static_cast<std::uint8_t>(key.transport);
  end[1] = static_cast<std::uint8_t>(key.encapsulation);
  return XXH3_64bits_withSeed(octets.data(), octets.size(), seed);
}

}  // namespace rtcscope::flows
