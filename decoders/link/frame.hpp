#pragma once
// From a captured frame to the UDP datagram or TCP segment in it.

#include <array>
#include <cstdint>
#include <optional>

#include "base/net.hpp"
#include "base/packet_record.hpp"
#include "base/parse_error.hpp"
#include "base/result.hpp"
#include "decoders/link/tunnel.hpp"

namespace rtcscope::link {

enum class LinkErrc : std::uint8_t {
  kTruncatedLinkHeader,      // shorter than the link layer's own header
  kUnsupportedLinkType,      // a LINKTYPE_ we do not read
  kNotIp,                    // ARP, LLDP, ...: not an error of the sender
  kTooManyTags,              // more VLAN tags (IEEE 802.1Q, 9.3) than any real frame carries
  kTooManyExtensionHeaders,  // more IPv6 extension headers (RFC 8200, 4) than any real packet carries
  kSnappedHeader,            // the sender's frame was whole, the capture's snap length cut a header
  kTruncatedIpHeader,        // shorter than an IP or extension header says or is (RFC 791, 3.1; RFC 8200, 3)
  kBadIpVersion,             // neither 4 nor 6
  kBadIpHeaderLength,        // IHL below 5 (RFC 791, 3.1)
  kBadIpTotalLength,         // total or payload length below the header or past the frame
  kFragment,                 // a piece of a fragmented datagram (RFC 791, 3.2; RFC 8200, 4.5)
  kNotUdpOrTcp,              // ICMP, ESP, ...: not an error of the sender
  kTruncatedUdpHeader,       // fewer than 8 octets (RFC 768)
  kBadUdpLength,             // below 8 or past the IP payload (RFC 768)
  kTruncatedTcpHeader,       // fewer than 20 octets or than its data offset says (RFC 9293, 3.1)
  kBadTcpOffset,             // below 5 or past the segment (RFC 9293, 3.1)
  kBadTunnelHeader,          // GRE, ERSPAN or MPLS that ends early or has bits that must not be set
  kTooManyTunnels,           // one in another, deeper than any real network nests them
};
using LinkError = ParseError<LinkErrc>;
const char* to_string(LinkErrc code) noexcept;
/// False for frames that are simply about something else (not IP, not UDP or TCP, fragments) and for what
/// is missing in the capture only.
bool is_malformed(LinkErrc code) noexcept;

struct TcpHeader {
  std::uint32_t sequence_number = 0;
  std::uint8_t flags = 0;  // CWR..FIN as on the wire
};

/// Of the innermost packet: what carried it stands in `tunnels`.
struct DatagramView {
  static constexpr std::size_t kMaxTunnels = 4;

  FiveTuple five_tuple;
  Bytes payload;                          // the captured part; lives as long as the frame
  std::uint32_t payload_wire_length = 0;  // octets by the IP and UDP lengths, >= payload.size()
  std::uint8_t ecn = 0;
  std::uint8_t dscp = 0;
  std::uint8_t ttl = 0;            // hop limit in IPv6
  std::uint16_t vlan_id = 0xffff;  // of the outermost tag; 0xffff: none
  std::optional<TcpHeader> tcp;
  PacketDirection direction = PacketDirection::kUnknown;  // where the link layer says it (Linux cooked)
  std::array<Tunnel, kMaxTunnels> tunnels{};              // outermost first
  std::uint8_t tunnel_count = 0;
  /// Differs between copies of one packet that took different ways to the tap: tags, tunnels and their ends,
  /// the interface of a cooked frame. 0: plain Ethernet or raw IP.
  std::uint32_t path = 0;
};

/// A piece of a fragmented IP packet (RFC 791, 3.2; RFC 8200, 4.5).
struct FragmentView {
  DatagramView packet;  // addresses and everything below them; no ports, no payload
  std::uint32_t identification = 0;
  std::uint8_t protocol = 0;      // what the whole carries; in IPv6 only the first piece says it for sure
  std::uint32_t offset = 0;       // of this piece in the whole, in octets
  std::uint32_t wire_length = 0;  // of this piece, >= bytes.size()
  bool more = false;              // not the last piece
  Bytes bytes;                    // the captured part; lives as long as the frame
};

/// The UDP datagram or TCP segment in the frame and whom it is between; all scalars in host order. Reads
/// Ethernet (802.1Q, 802.1ad), Linux cooked v1 and v2, raw IP, null and loop, and goes through tunnels down
/// to the innermost packet. `wire_length` counts the frame's octets before any snap length; a payload that
/// was cut by one keeps its true size in payload_wire_length, padding behind the IP datagram is left out.
/// `payload` points into `frame`. Errors: one LinkErrc a fault; the offset is that of the header (or field)
/// at fault. With kFragment, `fragment` holds the piece; else it is not touched.
Result<DatagramView, LinkError> parse_frame(LinkType link_type, Bytes frame, std::uint32_t wire_length,
                                            FragmentView& fragment) noexcept;
Result<DatagramView, LinkError> parse_frame(LinkType link_type, Bytes frame,
                                            std::uint32_t wire_length) noexcept;

/// The same from the payload of an IP packet that was put together from pieces: `last` is any piece of it,
/// `protocol` that of its first one.
Result<DatagramView, LinkError> parse_reassembled(const DatagramView& last, std::uint8_t protocol,
                                                  Bytes payload, std::uint32_t wire_length,
                                                  FragmentView& fragment) noexcept;

}  // namespace rtcscope::link
