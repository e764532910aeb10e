#pragma once
// A hash that gives the same value on every run and host: the base of ids, so that a replayed capture
// gets the ids it had before. Not for hash tables that an attacker can feed (those are seeded).

#include <cstdint>
#include <string_view>

#include "base/net.hpp"

namespace rtcscope {

/// FNV-1a over everything added, finished with the splitmix64 mixer. Never yields 0, the invalid id.
class StableHash {
 public:
  constexpr StableHash& add(std::string_view text) noexcept {
    for (const char c : text) octet(static_cast<std::uint8_t>(c));
    // The length keeps ("ab","c") and ("a","bc") apart.
    return add(static_cast<std::uint64_t>(text.size()));
  }
  constexpr StableHash& add(std::uint64_t value) noexcept {
    for (int shift = 0; shift < 64; shift += 8) octet(static_cast<std::uint8_t>(value >> shift));
    return *this;
  }
  constexpr StableHash& add(std::int64_t value) noexcept { return add(static_cast<std::uint64_t>(value)); }
  constexpr StableHash& add(const Endpoint& endpoint) noexcept {
    for (const std::uint8_t o : endpoint.address.octets) octet(o);
    return add(static_cast<std::uint64_t>(endpoint.port));
  }

  [[nodiscard]] constexpr std::uint64_t value() const noexcept {
    std::uint64_t z = state_ + 0x9e3779b97f4a7c15U;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    z ^= z >> 31;
    return z == 0 ? 1 : z;
  }

 private:
  constexpr void octet(std::uint8_t o) noexcept {
    state_ ^= o;
    state_ *= 0x100000001b3U;
  }

  std::uint64_t state_ = 0xcbf29ce484222325U;
};

}  // namespace rtcscope
