#pragma once
// A collector of the tests' own on a loopback port that the kernel chose.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "export/hep/hep_target.hpp"

namespace rtcscope::export_hep {

/// Waits for what must come; a limit only so that a broken build ends.
inline bool eventually(const std::function<bool()>& condition) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (std::chrono::steady_clock::now() < limit) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return false;
}

/// A descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { reset(); }
  Descriptor(Descriptor&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  void reset() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

class Collector {
 public:
  explicit Collector(HepTransport transport) : transport_(transport) {
    fd_ = Descriptor(::socket(AF_INET, transport == HepTransport::kUdp ? SOCK_DGRAM : SOCK_STREAM, 0));
    const int small = 4096;  // so that a peer that does not read is felt soon
    if (transport != HepTransport::kUdp) ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    socklen_t size = sizeof address;
    EXPECT_EQ(::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
  }

  void listen() { EXPECT_EQ(::listen(fd_.get(), 8), 0); }
  [[nodiscard]] Descriptor accept() {
    if (!readable(fd_.get())) return Descriptor();
    return Descriptor(::accept(fd_.get(), nullptr, nullptr));
  }
  [[nodiscard]] HepTarget target() const { return {transport_, "127.0.0.1", port_}; }

  /// One datagram; "" when none comes.
  [[nodiscard]] std::string datagram() const {
    if (!readable(fd_.get())) return {};
    std::string octets(70'000, '\0');
    const ssize_t got = ::recv(fd_.get(), octets.data(), octets.size(), 0);
    octets.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return octets;
  }

  /// Exactly `size` octets of a connection; fewer if it ends.
  static std::string take(const Descriptor& connection, std::size_t size) {
    std::string octets;
    while (octets.size() < size && readable(connection.get())) {
      std::string part(size - octets.size(), '\0');
      const ssize_t got = ::recv(connection.get(), part.data(), part.size(), 0);
      if (got <= 0) break;
      octets.append(part, 0, static_cast<std::size_t>(got));
    }
    return octets;
  }

 private:
  static bool readable(int fd) {
    pollfd wait{fd, POLLIN, 0};
    return ::poll(&wait, 1, 60'000) > 0;
  }

  HepTransport transport_;
  Descriptor fd_;
  std::uint16_t port_ = 0;
};

}  // namespace rtcscope::export_hep
