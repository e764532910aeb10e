#pragma once
// The UDP port on which other agents' HEP messages come.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/net.hpp"

namespace rtcscope::feeds::hep {

/// "udp:192.0.2.1:9060", "udp:[::1]:9060"; port 0 lets the system choose. nullopt: it is none.
[[nodiscard]] std::optional<Endpoint> parse_hep_listen(std::string_view text);

class HepPort {
 public:
  /// Throws std::runtime_error, one line that says what was tried, what went wrong and what to do.
  explicit HepPort(const Endpoint& address);
  ~HepPort();
  HepPort(const HepPort&) = delete;
  HepPort& operator=(const HepPort&) = delete;

  /// One datagram, valid until the next call; nullopt when none came within `timeout_ms`.
  [[nodiscard]] std::optional<std::span<const std::byte>> receive(int timeout_ms);
  /// "udp:127.0.0.1:9060", with the port that the system chose.
  [[nodiscard]] std::string name() const;

 private:
  int fd_ = -1;
  Endpoint address_;
  std::vector<std::byte> buffer_;
};

}  // namespace rtcscope::feeds::hep
