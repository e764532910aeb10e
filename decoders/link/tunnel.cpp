#include "decoders/link/tunnel.hpp"

namespace rtcscope::link {
namespace {

constexpr std::uint16_t kEthertypeBridged = 0x6558;  // transparent Ethernet bridging (RFC 1701)
constexpr std::uint16_t kEthertypeErspan = 0x88be;   // types I and II
constexpr std::uint16_t kEthertypeErspanThree = 0x22eb;
constexpr int kMaxLabels = 8;
constexpr int kMaxGtpExtensions = 4;

Carried carried(std::uint16_t ethertype) noexcept {
  switch (ethertype) {
    case 0x0800:
    case 0x86dd:
      return Carried::kIp;
    case kEthertypeBridged:
      return Carried::kEthernet;
    case 0x8847:
    case 0x8848:
      return Carried::kMpls;
    case 0x8100:
    case 0x88a8:
    case 0x9100:
      return Carried::kVlan;
    default:
      return Carried::kUnknown;
  }
}

// draft-foschiano-erspan-03, 4.2: Ver(4) VLAN(12) COS(3) En(2) T(1) Session(10) Reserved(12) Index(20).
// 4.3: Ver(4) VLAN(12) COS(3) BSO(2) T(1) Session(10) Timestamp(32) SGT(16) P(1) FT(5) Hw(6) D(1) Gra(2)
// O(1), then with O a platform specific subheader of eight octets.
std::optional<TunnelHeader> read_erspan(ByteReader& reader, TunnelHeader header) noexcept {
  const std::uint32_t first = reader.u32();
  const std::uint32_t version = first >> 28;
  header.id = first & 0x3ff;
  header.truncated = (first & 0x400) != 0;
  header.carries = Carried::kEthernet;
  if (header.tunnel == Tunnel::kErspanTwo) {
    reader.skip(4);
    if (!reader.ok() || version != 1) return std::nullopt;
  } else {
    reader.skip(4);
    const std::uint32_t last = reader.u32();
    constexpr std::uint32_t kFrameTypeIp = 2;
    const std::uint32_t frame_type = last >> 10 & 0x1f;
    if (frame_type == kFrameTypeIp) header.carries = Carried::kIp;
    if ((last & 1) != 0) reader.skip(8);
    if (!reader.ok() || version != 2) return std::nullopt;
  }
  header.length = reader.offset32();
  return header;
}

// RFC 7348, 5: the I flag and reserved bits, which are sent as zero. No protocol of RFC 7983 begins so.
std::optional<TunnelHeader> read_vxlan(ByteReader reader) noexcept {
  const std::uint32_t flags = reader.u32();
  const std::uint32_t vni = reader.u32();
  if (!reader.ok() || flags != 0x08000000 || (vni & 0xff) != 0) return std::nullopt;
  return TunnelHeader{Tunnel::kVxlan, 8, Carried::kEthernet, 0, vni >> 8, false};
}

// RFC 8926, 3.4: Ver(2) Opt Len(6) O(1) C(1) Rsvd(6) Protocol(16) VNI(24) Reserved(8). What RFC 7983 knows
// has other second or eighth octets.
std::optional<TunnelHeader> read_geneve(ByteReader reader) noexcept {
  const std::uint8_t first = reader.u8();
  const std::uint8_t second = reader.u8();
  const std::uint16_t protocol = reader.u16();
  const std::uint32_t vni = reader.u32();
  const std::uint32_t options = (first & 0x3fU) * 4U;
  reader.skip(options);
  if (!reader.ok() || first >> 6 != 0 || (second & 0x3f) != 0 || (vni & 0xff) != 0) return std::nullopt;
  const Carried carries = carried(protocol);
  if (carries != Carried::kEthernet && carries != Carried::kIp) return std::nullopt;
  return TunnelHeader{Tunnel::kGeneve, 8 + options, carries, 0, vni >> 8, false};
}

// 3GPP TS 29.281, 5.1: Version(3) PT(1) spare(1) E(1) S(1) PN(1), type 255 (G-PDU), length behind octet 8.
std::optional<TunnelHeader> read_gtp_u(ByteReader reader, std::uint32_t wire_length) noexcept {
  const std::uint8_t flags = reader.u8();
  const std::uint8_t type = reader.u8();
  const std::uint16_t length = reader.u16();
  const std::uint32_t endpoint_id = reader.u32();
  if (!reader.ok() || (flags & 0xf8) != 0x30 || type != 255 || length + 8U != wire_length)
    return std::nullopt;
  if ((flags & 7) != 0) {
    reader.skip(3);  // sequence number, N-PDU number
    std::uint8_t next = reader.u8();
    if ((flags & 4) == 0) next = 0;  // 5.1: to be evaluated only with E
    for (int i = 0; i < kMaxGtpExtensions && next != 0; ++i) {
      const std::uint8_t words = reader.u8();  // 5.2.1: of the whole extension
      if (words == 0) return std::nullopt;
      reader.skip(words * 4U - 2U);
      next = reader.u8();
    }
    if (!reader.ok() || next != 0) return std::nullopt;
  }
  return TunnelHeader{Tunnel::kGtpU, reader.offset32(), Carried::kIp, 0, endpoint_id, false};
}

}  // namespace

const char* to_string(Tunnel tunnel) noexcept {
  switch (tunnel) {
    case Tunnel::kNone:
      break;
    case Tunnel::kMpls:
      return "mpls";
    case Tunnel::kGre:
      return "gre";
    case Tunnel::kErspanOne:
      return "erspan_1";
    case Tunnel::kErspanTwo:
      return "erspan_2";
    case Tunnel::kErspanThree:
      return "erspan_3";
    case Tunnel::kVxlan:
      return "vxlan";
    case Tunnel::kGeneve:
      return "geneve";
    case Tunnel::kGtpU:
      return "gtp_u";
    case Tunnel::kIpInIp:
      return "ip_in_ip";
  }
  return "";
}

// RFC 2784, 2.1 and RFC 2890, 2: C(1) 0(1) K(1) S(1) Reserved(9) Version(3) Protocol(16), then checksum and
// reserved (32), key (32), sequence number (32), each if its flag says so. A set bit 1, 4 or 5 is routing or
// recursion control of RFC 1701: to be discarded.
std::optional<TunnelHeader> read_gre(Bytes packet) noexcept {
  ByteReader reader(packet);
  const std::uint16_t flags = reader.u16();
  const std::uint16_t protocol = reader.u16();
  if ((flags & 0x4c07) != 0) return std::nullopt;
  const bool numbered = (flags & 0x1000) != 0;
  TunnelHeader header;
  header.tunnel = Tunnel::kGre;
  if ((flags & 0x8000) != 0) reader.skip(4);
  if ((flags & 0x2000) != 0) header.id = reader.u32();
  if (numbered) reader.skip(4);
  if (!reader.ok()) return std::nullopt;
  header.length = reader.offset32();
  header.carries = carried(protocol);
  header.ethertype = protocol;
  if (protocol == kEthertypeErspan && !numbered) {
    header.tunnel = Tunnel::kErspanOne;
    header.carries = Carried::kEthernet;
    return header;
  }
  if (protocol != kEthertypeErspan && protocol != kEthertypeErspanThree) return header;
  header.tunnel = protocol == kEthertypeErspan ? Tunnel::kErspanTwo : Tunnel::kErspanThree;
  return read_erspan(reader, header);
}

// RFC 3032, 2.1: Label(20) TC(3) S(1) TTL(8). Behind the last label only the first nibble tells what follows
// (RFC 4928, 3): 4 and 6 are IP, 0 a control word before Ethernet.
std::optional<TunnelHeader> read_mpls(Bytes packet) noexcept {
  ByteReader reader(packet);
  TunnelHeader header;
  header.tunnel = Tunnel::kMpls;
  bool bottom = false;
  for (int labels = 0; labels < kMaxLabels && !bottom; ++labels) bottom = (reader.u32() & 0x100) != 0;
  if (!bottom || reader.empty()) return std::nullopt;
  const auto nibble = static_cast<std::uint8_t>(reader.rest()[0]) >> 4;
  if (nibble == 4 || nibble == 6) header.carries = Carried::kIp;
  if (nibble == 0) {
    reader.skip(4);
    header.carries = Carried::kEthernet;
  }
  if (!reader.ok()) return std::nullopt;
  header.length = reader.offset32();
  return header;
}

std::optional<TunnelHeader> read_udp_tunnel(std::uint16_t destination_port, Bytes payload,
                                            std::uint32_t payload_wire_length) noexcept {
  constexpr std::uint16_t kVxlanPort = 4789, kVxlanPortOfLinux = 8472, kGenevePort = 6081, kGtpUPort = 2152;
  switch (destination_port) {
    case kVxlanPort:
    case kVxlanPortOfLinux:
      return read_vxlan(ByteReader(payload));
    case kGenevePort:
      return read_geneve(ByteReader(payload));
    case kGtpUPort:
      return read_gtp_u(ByteReader(payload), payload_wire_length);
    default:
      return std::nullopt;
  }
}

}  // namespace rtcscope::link
