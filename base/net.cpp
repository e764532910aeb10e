#include "base/net.hpp"

#include <arpa/inet.h>

#include <algorithm>

namespace rtcscope {

std::string to_string(const IpAddress& address) {
  if (address.family == IpFamily::kNone) return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = address.family == IpFamily::kV4 ? AF_INET : AF_INET6;
  inet_ntop(family, address.octets.data(), text.data(), text.size());
  return text.data();
}

std::string to_string(const Endpoint& endpoint) {
  const std::string host = to_string(endpoint.address);
  const std::string port = std::to_string(endpoint.port);
  return endpoint.address.family == IpFamily::kV6 ? "[" + host + "]:" + port : host + ":" + port;
}

const char* to_string(Transport transport) noexcept {
  return transport == Transport::kUdp ? "udp" : "tcp";
}

std::optional<IpAddress> parse_ip_address(std::string_view text) {
  // inet_pton() would stop there and take what is before it.
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  const std::string host(text.substr(0, text.find('%')));
  IpAddress address;
  if (inet_pton(AF_INET, host.c_str(), address.octets.data()) == 1) {
    address.family = IpFamily::kV4;
    return address;
  }
  if (inet_pton(AF_INET6, host.c_str(), address.octets.data()) != 1) return std::nullopt;
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::equal(kMapped.begin(), kMapped.end(), address.octets.begin())) {
    IpAddress v4;
    std::copy_n(address.octets.begin() + 12, 4, v4.octets.begin());
    v4.family = IpFamily::kV4;
    return v4;
  }
  address.family = IpFamily::kV6;
  return address;
}

}  // namespace rtcscope
