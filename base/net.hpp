#pragma once
// Addresses as values: no sockaddr, no strings on the packet path.

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rtcscope {

enum class IpFamily : std::uint8_t { kNone = 0, kV4 = 4, kV6 = 6 };
enum class Transport : std::uint8_t { kUdp = 17, kTcp = 6 };

struct IpAddress {
  std::array<std::uint8_t, 16> octets{};  // network order; IPv4 uses the first four
  IpFamily family = IpFamily::kNone;

  constexpr auto operator<=>(const IpAddress&) const = default;
  /// Compared with each packet: as two words, where the octets' own operator calls memcmp.
  constexpr bool operator==(const IpAddress& other) const noexcept {
    using Words = std::array<std::uint64_t, 2>;
    return std::bit_cast<Words>(octets) == std::bit_cast<Words>(other.octets) && family == other.family;
  }

  /// Four (IPv4) or sixteen (IPv6) octets; any other size gives kNone.
  static IpAddress from_octets(std::span<const std::byte> octets) noexcept {
    IpAddress address;
    if (octets.size() != 4 && octets.size() != 16) return address;
    std::memcpy(address.octets.data(), octets.data(), octets.size());
    address.family = octets.size() == 4 ? IpFamily::kV4 : IpFamily::kV6;
    return address;
  }
};

struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;

  constexpr auto operator<=>(const Endpoint&) const = default;
};

/// As on the wire: source sent it.
struct FiveTuple {
  Endpoint source;
  Endpoint destination;
  Transport transport = Transport::kUdp;

  constexpr auto operator<=>(const FiveTuple&) const = default;
};

/// "192.0.2.1", "2001:db8::1" (RFC 5952), "" for kNone.
std::string to_string(const IpAddress& address);
/// "192.0.2.1:5000", "[2001:db8::1]:5000".
std::string to_string(const Endpoint& endpoint);
const char* to_string(Transport transport) noexcept;

/// Numeric addresses only; an IPv4-mapped IPv6 address (::ffff:a.b.c.d) becomes IPv4, because Janus
/// prints its peers so on a dual-stack socket. A zone (%eth0) is cut.
std::optional<IpAddress> parse_ip_address(std::string_view text);

}  // namespace rtcscope
