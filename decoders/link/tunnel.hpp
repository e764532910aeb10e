#pragma once
// Headers that carry a whole frame or packet of somebody else: recognised, measured, never interpreted
// further than to what they carry.

#include <cstdint>
#include <optional>

#include "base/byte_reader.hpp"

namespace rtcscope::link {

enum class Tunnel : std::uint8_t {
  kNone,
  kMpls,         // RFC 3032
  kGre,          // RFC 2784, RFC 2890
  kErspanOne,    // draft-foschiano-erspan-03, 4.1: GRE without a sequence number, no header of its own
  kErspanTwo,    // 4.2
  kErspanThree,  // 4.3
  kVxlan,        // RFC 7348
  kGeneve,       // RFC 8926
  kGtpU,         // 3GPP TS 29.281
  kIpInIp,       // RFC 2003, RFC 2473, RFC 4213
};
/// "mpls", "gre", "erspan_1", ..., "" for kNone.
const char* to_string(Tunnel tunnel) noexcept;

/// What stands behind a tunnel's header.
enum class Carried : std::uint8_t { kEthernet, kIp, kMpls, kVlan, kUnknown };

struct TunnelHeader {
  Tunnel tunnel = Tunnel::kNone;
  std::uint32_t length = 0;  // octets of the header
  Carried carries = Carried::kUnknown;
  std::uint16_t ethertype = 0;  // of a kVlan tag
  std::uint32_t id = 0;         // VNI, session, tunnel endpoint, key; 0 where there is none
  bool truncated = false;       // the mirror cut the frame (ERSPAN's T bit): less follows than it says
};

/// GRE with what it may carry, ERSPAN included; nullopt when `packet` ends within a header, or has a version
/// or a flag that RFC 2784, 2.1 tells to discard.
std::optional<TunnelHeader> read_gre(Bytes packet) noexcept;

/// The label stack and, before Ethernet, the control word (RFC 4385, 3); nullopt when it does not end.
std::optional<TunnelHeader> read_mpls(Bytes packet) noexcept;

/// VXLAN, Geneve or GTP-U by the port a datagram goes to and by every fixed bit of the header: a client may
/// have such a port too. nullopt: none of them.
std::optional<TunnelHeader> read_udp_tunnel(std::uint16_t destination_port, Bytes payload,
                                            std::uint32_t payload_wire_length) noexcept;

}  // namespace rtcscope::link
