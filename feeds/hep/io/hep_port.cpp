#include "feeds/hep/io/hep_port.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <stdexcept>
#include <system_error>

namespace rtcscope::feeds::hep {
namespace {

constexpr std::size_t kLargestDatagram = 65'535;

union SocketAddress {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
};

socklen_t to_socket(const Endpoint& endpoint, SocketAddress& out) {
  out = {};
  if (endpoint.address.family == IpFamily::kV4) {
    out.v4.sin_family = AF_INET;
    out.v4.sin_port = htons(endpoint.port);
    std::copy_n(endpoint.address.octets.begin(), 4, reinterpret_cast<std::uint8_t*>(&out.v4.sin_addr));
    return sizeof out.v4;
  }
  out.v6.sin6_family = AF_INET6;
  out.v6.sin6_port = htons(endpoint.port);
  std::copy_n(endpoint.address.octets.begin(), 16, reinterpret_cast<std::uint8_t*>(&out.v6.sin6_addr));
  return sizeof out.v6;
}

}  // namespace

std::optional<Endpoint> parse_hep_listen(std::string_view text) {
  if (!text.starts_with("udp:")) return std::nullopt;
  text.remove_prefix(4);
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const bool brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (brackets) host = host.substr(1, host.size() - 2);
  const auto address = parse_ip_address(host);
  if (!address || brackets != (host.find(':') != std::string_view::npos)) return std::nullopt;
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (fault != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return Endpoint{*address, port};
}

HepPort::HepPort(const Endpoint& address) : address_(address), buffer_(kLargestDatagram) {
  SocketAddress wanted;
  const socklen_t size = to_socket(address, wanted);
  fd_ = ::socket(wanted.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd_ < 0 || ::bind(fd_, &wanted.any, size) != 0) {
    const std::string why = std::generic_category().message(errno);
    if (fd_ >= 0) ::close(fd_);
    throw std::runtime_error("cannot listen for HEP on " + name() + ": " + why +
                             "; choose another --hep-listen");
  }
  SocketAddress got{};
  socklen_t got_size = sizeof got;
  if (::getsockname(fd_, &got.any, &got_size) == 0) {
    address_.port = ntohs(got.any.sa_family == AF_INET ? got.v4.sin_port : got.v6.sin6_port);
  }
}

HepPort::~HepPort() {
  ::close(fd_);
}

std::optional<std::span<const std::byte>> HepPort::receive(int timeout_ms) {
  pollfd socket{fd_, POLLIN, 0};
  if (::poll(&socket, 1, timeout_ms) <= 0) return std::nullopt;
  const ssize_t got = ::recv(fd_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
  if (got < 0) return std::nullopt;
  return std::span<const std::byte>(buffer_).first(static_cast<std::size_t>(got));
}

std::string HepPort::name() const {
  return "udp:" + to_string(address_);
}

}  // namespace rtcscope::feeds::hep
