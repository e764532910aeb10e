#include "decoders/link/frame.hpp"

#include <algorithm>
#include <utility>

namespace rtcscope::link {
namespace {

constexpr int kMaxTags = 4;
constexpr int kMaxExtensionHeaders = 8;
constexpr std::uint16_t kEthertypeIpv4 = 0x0800;
constexpr std::uint16_t kEthertypeIpv6 = 0x86dd;
constexpr std::uint16_t kPacketHost = 0;  // PACKET_HOST and PACKET_OUTGOING of <linux/if_packet.h>
constexpr std::uint16_t kPacketOutgoing = 4;
constexpr std::uint8_t kProtocolIpv4 = 4;
constexpr std::uint8_t kProtocolTcp = 6;
constexpr std::uint8_t kProtocolUdp = 17;
constexpr std::uint8_t kProtocolIpv6 = 41;
constexpr std::uint8_t kProtocolGre = 47;

using Outcome = Result<Done, LinkError>;

Unexpected<LinkError> fail(LinkErrc code, std::uint32_t offset) noexcept {
  return {LinkError{code, offset}};
}

bool is_vlan(std::uint16_t ethertype) noexcept {
  return ethertype == 0x8100 || ethertype == 0x88a8 || ethertype == 0x9100;
}

bool is_mpls(std::uint16_t ethertype) noexcept {
  return ethertype == 0x8847 || ethertype == 0x8848;
}

std::uint32_t fold(const IpAddress& address) noexcept {
  std::uint32_t folded = 0;
  for (const std::uint8_t octet : address.octets) folded = folded * 31 + octet;
  return folded;
}

// LINKTYPE_NULL has the address family in the capturing host's byte order, LINKTYPE_LOOP in network order;
// IPv6 has another number on each system.
bool is_ip_family(std::uint32_t family) noexcept {
  constexpr std::uint32_t kInet = 2, kInet6Linux = 10, kInet6Bsd = 24, kInet6FreeBsd = 28, kInet6Darwin = 30;
  const std::uint32_t number = family > 0xffff ? family >> 24 : family;
  const bool one_octet = family <= 0xff || (family & 0xffffff) == 0;
  return one_octet && (number == kInet || number == kInet6Linux || number == kInet6Bsd ||
                       number == kInet6FreeBsd || number == kInet6Darwin);
}

/// One frame on its way down; the reader's offset is the place of an error.
class FrameParser {
 public:
  FrameParser(Bytes frame, std::uint32_t wire_length, FragmentView& fragment) noexcept
      : frame_(frame),
        reader_(frame),
        captured_(static_cast<std::uint32_t>(frame.size())),
        wire_length_(std::max(wire_length, captured_)),
        fragment_(fragment) {}

  Result<DatagramView, LinkError> run(LinkType link_type) noexcept { return follow(link(link_type)); }

  Result<DatagramView, LinkError> resume(const DatagramView& packet, std::uint8_t protocol) noexcept {
    view_ = packet;
    const bool v6 = packet.five_tuple.source.address.family == IpFamily::kV6;
    return follow(v6 ? ipv6_extensions(protocol, wire_length_) : transport(protocol, wire_length_));
  }

 private:
  /// Into one tunnel after the other, without recursion.
  Result<DatagramView, LinkError> follow(Outcome outcome) noexcept {
    while (outcome && next_ != Carried::kUnknown) {
      switch (std::exchange(next_, Carried::kUnknown)) {
        case Carried::kEthernet:
          outcome = ethernet();
          break;
        case Carried::kIp:
          outcome = ip();
          break;
        case Carried::kMpls:
          outcome = mpls();
          break;
        case Carried::kVlan:
          outcome = ethertype(next_ethertype_);
          break;
        case Carried::kUnknown:
          break;
      }
    }
    if (!outcome) return Unexpected{outcome.error()};
    return view_;
  }

  Outcome link(LinkType link_type) noexcept {
    switch (link_type) {
      case LinkType::kEthernet:
        return ethernet();
      case LinkType::kLinuxSll: {
        const std::uint16_t packet_type = reader_.u16();
        set_direction(packet_type);
        took(packet_type);
        reader_.skip(12);
        return ethertype(reader_.u16());
      }
      case LinkType::kLinuxSll2: {
        const std::uint16_t protocol = reader_.u16();
        reader_.skip(2);
        took(reader_.u32());  // interface index
        reader_.skip(2);      // ARPHRD type
        const std::uint8_t packet_type = reader_.u8();
        set_direction(packet_type);
        took(packet_type);
        reader_.skip(9);  // address length and address
        return ethertype(protocol);
      }
      case LinkType::kNull:
      case LinkType::kLoop:
        if (!is_ip_family(reader_.u32())) {
          return reader_.ok() ? fail(LinkErrc::kNotIp, 0) : cut_off(LinkErrc::kTruncatedLinkHeader, 0);
        }
        return ip();
      case LinkType::kRaw:
      case LinkType::kIpv4:
      case LinkType::kIpv6:
        return ip();
    }
    return fail(LinkErrc::kUnsupportedLinkType, 0);
  }

  /// A header runs past the captured octets: short on the wire, or cut by the snap length?
  Unexpected<LinkError> cut_off(LinkErrc truncated, std::uint32_t offset) const noexcept {
    return fail(captured_ < wire_length_ ? LinkErrc::kSnappedHeader : truncated, offset);
  }

  // Broadcast and frames for other hosts (a mirror port) say nothing about this host's side.
  void set_direction(std::uint16_t packet_type) noexcept {
    if (packet_type == kPacketHost) view_.direction = PacketDirection::kIngress;
    if (packet_type == kPacketOutgoing) view_.direction = PacketDirection::kEgress;
  }

  /// Adds to what tells this way to the tap from others. Zero is told from nothing.
  void took(std::uint32_t step) noexcept { view_.path = (view_.path + step + 1) * 0x9e3779b1U; }

  Outcome ethernet() noexcept {
    reader_.skip(12);
    return ethertype(reader_.u16());
  }

  Outcome ethertype(std::uint16_t type) noexcept {
    for (int tags = 0; is_vlan(type); ++tags) {
      if (tags == kMaxTags) return fail(LinkErrc::kTooManyTags, reader_.offset32());
      const std::uint16_t tag = reader_.u16();
      if (tags == 0 && view_.tunnel_count == 0) view_.vlan_id = tag & 0x0fff;
      took(tag & 0x0fffU);
      type = reader_.u16();
    }
    if (!reader_.ok()) return cut_off(LinkErrc::kTruncatedLinkHeader, reader_.offset32());
    if (is_mpls(type)) return mpls();
    if (type != kEthertypeIpv4 && type != kEthertypeIpv6) return fail(LinkErrc::kNotIp, reader_.offset32());
    return ip();
  }

  Outcome mpls() noexcept { return enter(read_mpls(reader_.rest()), wire_length_ - reader_.offset32()); }

  Outcome gre(std::uint32_t length) noexcept { return enter(read_gre(within(length)), length); }

  /// The captured part of the next `length` octets of the wire.
  Bytes within(std::uint32_t length) const noexcept {
    return reader_.rest().first(std::min<std::size_t>(length, reader_.remaining()));
  }

  /// Goes on behind a tunnel's header, within the `length` octets that the outer packet has for it.
  Outcome enter(const std::optional<TunnelHeader>& header, std::uint32_t length) noexcept {
    const std::uint32_t start = reader_.offset32();
    if (!header) return cut_off(LinkErrc::kBadTunnelHeader, start);
    if (header->carries == Carried::kUnknown) return fail(LinkErrc::kNotIp, start + header->length);
    if (view_.tunnel_count == DatagramView::kMaxTunnels) return fail(LinkErrc::kTooManyTunnels, start);
    view_.tunnels[view_.tunnel_count++] = header->tunnel;
    took(static_cast<std::uint32_t>(header->tunnel));
    // Labels differ from hop to hop and say nothing about the copy.
    if (header->tunnel != Tunnel::kMpls) {
      took(header->id);
      took(fold(view_.five_tuple.source.address));
      took(fold(view_.five_tuple.destination.address));
    }
    wire_length_ = start + length;
    captured_ = std::min(captured_, wire_length_);
    if (header->truncated) wire_length_ = captured_ + 0xffff;
    reader_ = ByteReader(frame_.first(captured_));
    reader_.skip(start + header->length);
    next_ = header->carries;
    next_ethertype_ = header->ethertype;
    return Done{};
  }

  Outcome ip() noexcept {
    if (reader_.empty()) return cut_off(LinkErrc::kTruncatedIpHeader, reader_.offset32());
    switch (static_cast<std::uint8_t>(reader_.rest()[0]) >> 4) {
      case 4:
        return ipv4();
      case 6:
        return ipv6();
      default:
        return fail(LinkErrc::kBadIpVersion, reader_.offset32());
    }
  }

  Outcome ipv4() noexcept {
    const std::uint32_t start = reader_.offset32();
    const Bytes fixed = reader_.take(20);
    if (fixed.empty()) return cut_off(LinkErrc::kTruncatedIpHeader, start);
    ByteReader header(fixed.first<20>());
    const std::uint32_t header_length = (header.u8() & 0x0fU) * 4U;
    const std::uint8_t tos = header.u8();
    std::uint32_t total_length = header.u16();
    const std::uint16_t identification = header.u16();
    const std::uint16_t fragment = header.u16();
    view_.ttl = header.u8();
    const std::uint8_t protocol = header.u8();
    header.skip(2);
    view_.five_tuple.source.address = IpAddress::from_octets(header.take(4));
    view_.five_tuple.destination.address = IpAddress::from_octets(header.take(4));
    if (header_length < 20) return fail(LinkErrc::kBadIpHeaderLength, start);
    reader_.skip(header_length - 20);
    if (!reader_.ok()) return cut_off(LinkErrc::kTruncatedIpHeader, start);
    // A segment that the card will cut up later (GSO) may show a total length of 0.
    if (total_length == 0) total_length = wire_length_ - start;
    if (total_length < header_length || total_length > wire_length_ - start) {
      return fail(LinkErrc::kBadIpTotalLength, start + 2);
    }
    view_.dscp = tos >> 2;
    view_.ecn = tos & 3;
    // More-fragments flag or a non-zero offset (RFC 791, 3.1).
    if ((fragment & 0x3fff) != 0) {
      keep_fragment(identification, protocol, fragment & 0x1fffU, (fragment & 0x2000) != 0,
                    total_length - header_length);
      return fail(LinkErrc::kFragment, start);
    }
    return transport(protocol, total_length - header_length);
  }

  void keep_fragment(std::uint32_t identification, std::uint8_t protocol, std::uint32_t offset, bool more,
                     std::uint32_t length) noexcept {
    fragment_.packet = view_;
    fragment_.identification = identification;
    fragment_.protocol = protocol;
    fragment_.offset = offset * 8;
    fragment_.more = more;
    fragment_.wire_length = length;
    fragment_.bytes = within(length);
  }

  Outcome ipv6() noexcept {
    const std::uint32_t start = reader_.offset32();
    const std::uint32_t first = reader_.u32();
    std::uint32_t payload_length = reader_.u16();
    std::uint8_t next_header = reader_.u8();
    view_.ttl = reader_.u8();
    view_.five_tuple.source.address = IpAddress::from_octets(reader_.take(16));
    view_.five_tuple.destination.address = IpAddress::from_octets(reader_.take(16));
    if (!reader_.ok()) return cut_off(LinkErrc::kTruncatedIpHeader, start);
    view_.dscp = static_cast<std::uint8_t>(first >> 22 & 0x3f);
    view_.ecn = static_cast<std::uint8_t>(first >> 20 & 3);
    const std::uint32_t sent = wire_length_ - reader_.offset32();
    // 0: a jumbogram (RFC 2675, 3) or a segment that the card will cut up later.
    if (payload_length == 0) payload_length = sent;
    if (payload_length > sent) return fail(LinkErrc::kBadIpTotalLength, start + 4);
    return ipv6_extensions(next_header, payload_length);
  }

  // RFC 8200, 4: each header names the next one and its own length.
  Outcome ipv6_extensions(std::uint8_t next_header, std::uint32_t payload_length) noexcept {
    for (int i = 0; i < kMaxExtensionHeaders; ++i) {
      const std::uint32_t start = reader_.offset32();
      std::uint32_t length = 0;
      switch (next_header) {
        case 0:   // hop-by-hop options
        case 43:  // routing
        case 60:  // destination options
          next_header = reader_.u8();
          length = (reader_.u8() + 1U) * 8U;
          break;
        case 51:  // authentication header (RFC 4302, 2.2): in words of four, minus two
          next_header = reader_.u8();
          length = (reader_.u8() + 2U) * 4U;
          break;
        case 44: {  // fragment: an offset or more to come; an atomic fragment (RFC 6946) is whole
          next_header = reader_.u8();
          reader_.skip(1);
          const std::uint16_t offset = reader_.u16();
          const std::uint32_t identification = reader_.u32();
          if (reader_.ok() && (offset & 0xfff9) != 0 && payload_length >= 8) {
            keep_fragment(identification, next_header, offset >> 3, (offset & 1) != 0, payload_length - 8);
            return fail(LinkErrc::kFragment, start);
          }
          length = 8;
          break;
        }
        default:
          return transport(next_header, payload_length);
      }
      reader_.skip(length - (reader_.offset32() - start));
      if (!reader_.ok()) return cut_off(LinkErrc::kTruncatedIpHeader, start);
      if (length > payload_length) return fail(LinkErrc::kTruncatedIpHeader, start);
      payload_length -= length;
    }
    return fail(LinkErrc::kTooManyExtensionHeaders, reader_.offset32());
  }

  Outcome transport(std::uint8_t protocol, std::uint32_t length) noexcept {
    if (protocol == kProtocolUdp) return udp(length);
    if (protocol == kProtocolTcp) return tcp(length);
    if (protocol == kProtocolGre) return gre(length);
    if (protocol == kProtocolIpv4 || protocol == kProtocolIpv6) {
      return enter(TunnelHeader{Tunnel::kIpInIp, 0, Carried::kIp, 0, 0, false}, length);
    }
    return fail(LinkErrc::kNotUdpOrTcp, reader_.offset32());
  }

  Outcome udp(std::uint32_t length) noexcept {
    const std::uint32_t start = reader_.offset32();
    const Bytes fixed = reader_.take(8);
    if (length < 8) return fail(LinkErrc::kTruncatedUdpHeader, start);
    if (fixed.empty()) return cut_off(LinkErrc::kTruncatedUdpHeader, start);
    ByteReader header(fixed.first<8>());
    view_.five_tuple.transport = Transport::kUdp;
    view_.five_tuple.source.port = header.u16();
    view_.five_tuple.destination.port = header.u16();
    const std::uint16_t udp_length = header.u16();
    // 0 is a jumbogram or a GSO segment (RFC 2675, 4): the IP length decides.
    const std::uint32_t datagram = udp_length == 0 ? length : udp_length;
    if (datagram < 8 || datagram > length) return fail(LinkErrc::kBadUdpLength, start + 4);
    const auto tunnel =
        read_udp_tunnel(view_.five_tuple.destination.port, within(datagram - 8), datagram - 8);
    if (tunnel) return enter(tunnel, datagram - 8);
    return payload(datagram - 8);
  }

  Outcome tcp(std::uint32_t length) noexcept {
    const std::uint32_t start = reader_.offset32();
    TcpHeader header;
    view_.five_tuple.transport = Transport::kTcp;
    view_.five_tuple.source.port = reader_.u16();
    view_.five_tuple.destination.port = reader_.u16();
    header.sequence_number = reader_.u32();
    reader_.skip(4);
    const std::uint32_t header_length = (reader_.u8() >> 4) * 4U;
    header.flags = reader_.u8();
    reader_.skip(6);
    if (length < 20) return fail(LinkErrc::kTruncatedTcpHeader, start);
    if (!reader_.ok()) return cut_off(LinkErrc::kTruncatedTcpHeader, start);
    if (header_length < 20 || header_length > length) return fail(LinkErrc::kBadTcpOffset, start + 12);
    reader_.skip(header_length - 20);
    if (!reader_.ok()) return cut_off(LinkErrc::kTruncatedTcpHeader, start);
    view_.tcp = header;
    return payload(length - header_length);
  }

  // What is behind the IP length is Ethernet padding; what is missing was cut by the snap length.
  Outcome payload(std::uint32_t length) noexcept {
    view_.payload_wire_length = length;
    view_.payload = within(length);
    return Done{};
  }

  Bytes frame_;
  ByteReader reader_;
  std::uint32_t captured_;     // octets of the frame, or of the tunnel's packet, up to its end
  std::uint32_t wire_length_;  // the same on the wire
  FragmentView& fragment_;
  Carried next_ = Carried::kUnknown;  // what a tunnel's header was read for
  std::uint16_t next_ethertype_ = 0;
  DatagramView view_;
};

}  // namespace

Result<DatagramView, LinkError> parse_frame(LinkType link_type, Bytes frame, std::uint32_t wire_length,
                                            FragmentView& fragment) noexcept {
  return FrameParser(frame, wire_length, fragment).run(link_type);
}

Result<DatagramView, LinkError> parse_frame(LinkType link_type, Bytes frame,
                                            std::uint32_t wire_length) noexcept {
  FragmentView ignored;
  return FrameParser(frame, wire_length, ignored).run(link_type);
}

Result<DatagramView, LinkError> parse_reassembled(const DatagramView& last, std::uint8_t protocol,
                                                  Bytes payload, std::uint32_t wire_length,
                                                  FragmentView& fragment) noexcept {
  return FrameParser(payload, wire_length, fragment).resume(last, protocol);
}

}  // namespace rtcscope::link
