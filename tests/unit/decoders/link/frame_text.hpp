#pragma once
// Frames to build, and parse_frame()'s answer as one line of text, so that a table can say what it wants.

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "decoders/link/frame.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/named_case.hpp"

namespace rtcscope::link {

using testing::hex;
using testing::Octets;
using testing::Writer;
using testing::operator+;

/// "udp 192.0.2.1:5000 > 198.51.100.2:3478 7061/2" and what else is not as usual, or the fault.
inline std::string outcome(LinkType link_type, const Octets& frame, std::uint32_t cut = 0) {
  const auto v = parse_frame(link_type, frame, static_cast<std::uint32_t>(frame.size()) + cut);
  if (!v) return testing::text_of(v.error());
  std::string text = std::string(to_string(v->five_tuple.transport)) + " " + to_string(v->five_tuple.source) +
                     " > " + to_string(v->five_tuple.destination) + " " + testing::hex_of(v->payload) + "/" +
                     std::to_string(v->payload_wire_length);
  if (v->vlan_id != 0xffff) text += " vlan " + std::to_string(v->vlan_id);
  if (v->direction == PacketDirection::kIngress) text += " in";
  if (v->direction == PacketDirection::kEgress) text += " out";
  if (v->dscp != 0 || v->ecn != 0)
    text += " dscp " + std::to_string(v->dscp) + " ecn " + std::to_string(v->ecn);
  if (v->ttl != 64) text += " ttl " + std::to_string(v->ttl);
  if (v->tcp)
    text += " seq " + std::to_string(v->tcp->sequence_number) + " flags " + std::to_string(v->tcp->flags);
  return text;
}

struct FrameCase : testing::NamedCase {
  LinkType link_type;
  Octets frame;
  std::string want;
};

/// UDP from port 5000 to 3478; `length` when it is to differ from the truth.
inline Octets udp(const std::string& payload, int length = -1) {
  const Octets octets = hex(payload);
  const auto size = static_cast<unsigned>(octets.size() + 8);
  return Writer{}
      .u16(5000)
      .u16(3478)
      .u16(length < 0 ? size : static_cast<unsigned>(length))
      .u16(0)
      .bytes(octets)
      .octets;
}

/// TCP from port 443 to 5001, sequence number 1000, flags PSH and ACK; options are whole words.
inline Octets tcp(const std::string& payload, const std::string& options = "") {
  const Octets words = hex(options);
  return Writer{}
             .u16(443)
             .u16(5001)
             .u32(1000)
             .u32(2000)
             .u8(static_cast<unsigned>((5 + words.size() / 4) << 4))
             .u8(0x18)
             .u16(512)
             .u32(0)
             .bytes(words)
             .octets +
         hex(payload);
}

struct Ipv4Fields {
  unsigned tos = 0;
  unsigned fragment = 0;
  int total_length = -1;  // -1: the true one
  std::string options = {};
  unsigned ttl = 64;
};

/// IPv4 from 192.0.2.1 to 198.51.100.2.
inline Octets ipv4(unsigned protocol, const Octets& payload, const Ipv4Fields& fields = {}) {
  const Octets options = hex(fields.options);
  const auto true_length = static_cast<unsigned>(20 + options.size() + payload.size());
  const unsigned length = fields.total_length < 0 ? true_length : static_cast<unsigned>(fields.total_length);
  return Writer{}
      .u8(static_cast<unsigned>(0x45 + options.size() / 4))
      .u8(fields.tos)
      .u16(length)
      .u16(7)
      .u16(fields.fragment)
      .u8(fields.ttl)
      .u8(protocol)
      .u16(0)
      .u32(0xc0000201)
      .u32(0xc6336402)
      .bytes(options)
      .bytes(payload)
      .octets;
}

/// IPv6 from 2001:db8::1 to 2001:db8::2.
inline Octets ipv6(unsigned next_header, const Octets& payload, int payload_length = -1,
                   unsigned traffic_class = 0) {
  const unsigned length =
      payload_length < 0 ? static_cast<unsigned>(payload.size()) : static_cast<unsigned>(payload_length);
  return Writer{}.u32(0x60000000 | traffic_class << 20).u16(length).u8(next_header).u8(64).octets +
         hex("20010db8000000000000000000000001 20010db8000000000000000000000002") + payload;
}

inline Octets ethernet(unsigned ethertype, const Octets& payload, const std::string& tags = "") {
  return hex("020000000001 020000000002" + tags) + Writer{}.u16(ethertype).octets + payload;
}

inline const std::string kV4 = "udp 192.0.2.1:5000 > 198.51.100.2:3478 ";
inline const std::string kV6 = "udp [2001:db8::1]:5000 > [2001:db8::2]:3478 ";

}  // namespace rtcscope::link
