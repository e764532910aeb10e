#pragma once
// One captured frame, as every PacketSource hands it on.

#include <cstdint>

#include "base/byte_reader.hpp"
#include "base/time.hpp"

namespace rtcscope {

/// LINKTYPE_ values of https://www.tcpdump.org/linktypes.html (not the platform's DLT_ values).
enum class LinkType : std::uint16_t {
  kNull = 0,
  kEthernet = 1,
  kRaw = 101,
  kLoop = 108,
  kLinuxSll = 113,
  kIpv4 = 228,
  kIpv6 = 229,
  kLinuxSll2 = 276,
};

/// As the tap saw it, relative to the host the tap sits on.
enum class PacketDirection : std::uint8_t { kUnknown, kIngress, kEgress };

struct PacketRecord {
  UtcTime time{};
  std::uint32_t interface_index = 0;  // index into the source's own interface list, not the kernel's
  LinkType link_type = LinkType::kEthernet;
  PacketDirection direction = PacketDirection::kUnknown;
  std::uint32_t wire_length = 0;  // octets on the wire; bytes.size() may be less (snap length)
  /// UDP payload octets of each datagram in a super-packet that the kernel has not cut up yet (GSO, GRO); 0:
  /// the frame is what the network sees.
  std::uint32_t segment_bytes = 0;
  bool rtp_is_metered = false;  // RTP in it that can be read was counted by the tap: a MeterReading holds it
  Bytes bytes;                  // valid until the source's next call
};

}  // namespace rtcscope
