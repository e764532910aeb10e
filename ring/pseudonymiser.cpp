#include "ring/pseudonymiser.hpp"

#include <algorithm>
#include <array>

#include "ring/ip_checksum.hpp"

namespace rtcscope::ring {
namespace {

constexpr std::size_t kIpv4Header = 20, kIpv6Header = 40, kUdpHeader = 8, kTcpHeader = 20;
constexpr std::size_t kLongestIp = 65'535;

void put_u8(Octets& out, unsigned value) {
  out.push_back(static_cast<std::byte>(value));
}

void put_u16(Octets& out, std::size_t value) {
  put_u8(out, static_cast<unsigned>(value >> 8U) & 0xffU);
  put_u8(out, static_cast<unsigned>(value) & 0xffU);
}

void set_u16(Octets& out, std::size_t offset, std::uint16_t value) {
  out[offset] = static_cast<std::byte>(value >> 8U);
  out[offset + 1] = static_cast<std::byte>(value);
}

void put_address(Octets& out, const IpAddress& address) {
  const std::size_t size = address.family == IpFamily::kV4 ? 4 : 16;
  for (std::size_t i = 0; i < size; ++i) put_u8(out, address.octets[i]);
}

/// The TCP header before the payload: where its data offset says that it ends there (RFC 9293, 3.1), and its
/// ports are those of the segment. Empty when there is none.
Bytes tcp_header_of(const link::DatagramView& frame, Bytes octets) {
  const auto end = static_cast<std::size_t>(frame.payload.data() - octets.data());
  constexpr std::size_t kLongestHeader = 60;
  for (std::size_t size = kTcpHeader; size <= kLongestHeader && size <= end; size += 4) {
    const Bytes header = octets.subspan(end - size, size);
    ByteReader reader(header);
    const bool ports =
        reader.u16() == frame.five_tuple.source.port && reader.u16() == frame.five_tuple.destination.port;
    const bool same = ports && frame.tcp && reader.u32() == frame.tcp->sequence_number;
    if (same && std::to_integer<std::size_t>(header[12]) >> 4U == size / 4) return header.first(kTcpHeader);
  }
  return {};
}

}  // namespace

Bytes Pseudonymiser::rebuild(const link::DatagramView& frame, Bytes octets) {
  packet_.clear();
  const bool udp = frame.five_tuple.transport == Transport::kUdp;
  add_ip_header(frame, udp ? kUdpHeader : kTcpHeader);
  wire_length_ = static_cast<std::uint32_t>(packet_.size() + (udp ? kUdpHeader : kTcpHeader)) +
                 frame.payload_wire_length;
  const std::size_t transport_start = packet_.size();
  if (udp) {
    add_udp_header(frame);
  } else {
    add_tcp_header(frame, octets);
  }
  const std::size_t payload_start = packet_.size();
  packet_.insert(packet_.end(), frame.payload.begin(), frame.payload.end());
  std::size_t kept = 0;
  // Of TCP the rest is framed, and a rewriting of units is not worth what a stray address would cost.
  if (udp) kept = pseudonymise_datagram(std::span(packet_).subspan(payload_start), pseudonyms_);
  packet_.resize(payload_start + kept);
  set_transport_checksum(frame, transport_start, kept == frame.payload_wire_length);
  return packet_;
}

void Pseudonymiser::add_ip_header(const link::DatagramView& frame, std::size_t transport_octets) {
  const IpAddress& source = pseudonyms_.of(frame.five_tuple.source.address);
  const IpAddress& destination = pseudonyms_.of(frame.five_tuple.destination.address);
  const unsigned traffic_class = static_cast<unsigned>(frame.dscp) << 2U | (frame.ecn & 3U);
  const std::size_t content = transport_octets + frame.payload_wire_length;
  const auto protocol = static_cast<unsigned>(frame.five_tuple.transport);
  if (source.family == IpFamily::kV4) {  // RFC 791, 3.1
    put_u8(packet_, 0x45);
    put_u8(packet_, traffic_class);
    put_u16(packet_, std::min(kIpv4Header + content, kLongestIp));
    put_u16(packet_, 0);
    put_u16(packet_, 0x4000);  // DF: with it the identification says nothing (RFC 6864, 4.1)
    put_u8(packet_, frame.ttl);
    put_u8(packet_, protocol);
    put_u16(packet_, 0);
  } else {  // RFC 8200, 3
    put_u16(packet_, 0x6000U | traffic_class << 4U);
    put_u16(packet_, 0);
    put_u16(packet_, std::min(content, kLongestIp));
    put_u8(packet_, protocol);
    put_u8(packet_, frame.ttl);
  }
  put_address(packet_, source);
  put_address(packet_, destination);
  if (source.family == IpFamily::kV4) set_u16(packet_, 10, internet_checksum(packet_));
}

void Pseudonymiser::add_udp_header(const link::DatagramView& frame) {
  put_u16(packet_, frame.five_tuple.source.port);
  put_u16(packet_, frame.five_tuple.destination.port);
  put_u16(packet_, std::min(kUdpHeader + frame.payload_wire_length, kLongestIp));
  put_u16(packet_, 0);
}

void Pseudonymiser::add_tcp_header(const link::DatagramView& frame, Bytes octets) {
  const Bytes header = tcp_header_of(frame, octets);
  const std::size_t start = packet_.size();
  packet_.resize(start + kTcpHeader);
  std::copy(header.begin(), header.end(), packet_.begin() + static_cast<std::ptrdiff_t>(start));
  packet_[start + 12] = std::byte{kTcpHeader / 4 << 4};  // without options
  set_u16(packet_, start + 16, 0);
}

/// Made anew, for the old one was made with the real addresses: their sum stands in it.
void Pseudonymiser::set_transport_checksum(const link::DatagramView& frame, std::size_t transport_start,
                                           bool whole) {
  const bool udp = frame.five_tuple.transport == Transport::kUdp;
  const std::size_t field = transport_start + (udp ? 6 : 16);
  const bool v4 = transport_start == kIpv4Header;
  if (!whole) {
    // 0 means none in IPv4 (RFC 768); IPv6 forbids it (RFC 8200, 8.1).
    set_u16(packet_, field, udp && !v4 ? 0xffff : 0);
    return;
  }
  // The pseudo-header (RFC 768; RFC 8200, 8.1): addresses, protocol, length.
  const std::size_t addresses = v4 ? 8 : 32;
  const Bytes packet{packet_};
  std::uint32_t sum = add_to_checksum(0, packet.subspan(transport_start - addresses, addresses));
  const auto length = static_cast<std::uint32_t>(packet_.size() - transport_start);
  const std::array<std::byte, 4> rest{std::byte{0}, static_cast<std::byte>(frame.five_tuple.transport),
                                      static_cast<std::byte>(length >> 8U), static_cast<std::byte>(length)};
  sum = add_to_checksum(sum, rest);
  const std::uint16_t checksum = internet_checksum(packet.subspan(transport_start), sum);
  set_u16(packet_, field, checksum == 0 ? 0xffff : checksum);
}

}  // namespace rtcscope::ring
