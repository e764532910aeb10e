#pragma once
// Where HEP messages go, as people write it: udp://collector.example:9060, tcp://[2001:db8::1]:9060,
// tls://collector.example:9062; "hep:" may stand before it.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace rtcscope::export_hep {

inline constexpr std::uint16_t kDefaultHepPort = 9060;

enum class HepTransport : std::uint8_t { kUdp, kTcp, kTls };
const char* to_string(HepTransport transport) noexcept;  // "udp", "tcp", "tls"

struct HepTarget {
  HepTransport transport = HepTransport::kUdp;
  std::string host;  // name or numeric address, without brackets
  std::uint16_t port = kDefaultHepPort;

  friend bool operator==(const HepTarget&, const HepTarget&) = default;
};

enum class HepTargetErrc : std::uint8_t {
  kTransport,  // none of udp://, tcp:// and tls://
  kHost,       // no host, or characters that no host name has
  kBrackets,   // an IPv6 address without its brackets, or a bracket too many
  kPort,       // not a number of 1..65535
  kPath,       // something after the port
};
/// A sentence for people that says what is wanted.
const char* to_string(HepTargetErrc code) noexcept;

/// Port 9060 where none is given.
[[nodiscard]] Result<HepTarget, HepTargetErrc> parse_hep_target(std::string_view url);

/// The canonical form: "hep:tcp://[::1]:9060".
std::string to_string(const HepTarget& target);

}  // namespace rtcscope::export_hep
