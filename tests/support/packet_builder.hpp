#pragma once
// Makes frames for tests: the opposite of decoders/, kept out of the product.

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <zlib.h>

#include "base/net.hpp"
#include "base/packet_record.hpp"

namespace rtcscope::testing {

using Octets = std::vector<std::byte>;

class Writer {
 public:
  Writer& u8(unsigned v) { return put(v, 1); }
  Writer& u16(unsigned v) { return put(v, 2); }
  Writer& u24(std::uint32_t v) { return put(v, 3); }
  Writer& u32(std::uint32_t v) { return put(v, 4); }
  Writer& u48(std::uint64_t v) { return put(v, 6); }
  Writer& bytes(const Octets& b) {
    octets.insert(octets.end(), b.begin(), b.end());
    return *this;
  }
  Writer& text(std::string_view t) {
    for (const char c : t) u8(static_cast<unsigned char>(c));
    return *this;
  }
  Writer& zeros(std::size_t n) {
    octets.resize(octets.size() + n);
    return *this;
  }

  Octets octets;

 private:
  Writer& put(std::uint64_t v, int n) {
    for (int shift = 8 * (n - 1); shift >= 0; shift -= 8)
      octets.push_back(static_cast<std::byte>(v >> shift & 0xff));
    return *this;
  }
};

inline Endpoint endpoint(std::string_view address, std::uint16_t port) {
  return {*parse_ip_address(address), port};
}

/// Ethernet, IPv4 or IPv6, UDP around a payload.
inline Octets udp_frame(const Endpoint& from, const Endpoint& to, const Octets& payload) {
  const auto length = static_cast<unsigned>(payload.size() + 8);
  const bool v6 = from.address.family == IpFamily::kV6;
  Writer w;
  w.zeros(12).u16(v6 ? 0x86dd : 0x0800);
  const auto address = [&](const IpAddress& a) {
    for (std::size_t i = 0; i < (v6 ? 16U : 4U); ++i) w.u8(a.octets[i]);
  };
  if (v6) {
    w.u32(0x60000000).u16(length).u8(17).u8(64);
  } else {
    w.u8(0x45).u8(0).u16(length + 20).u16(0).u16(0x4000).u8(64).u8(17).u16(0);
  }
  address(from.address);
  address(to.address);
  w.u16(from.port).u16(to.port).u16(length).u16(0).bytes(payload);
  return w.octets;
}

inline Octets rtp(std::uint32_t ssrc, std::uint16_t seq, std::uint32_t ts, std::size_t payload = 100,
                  unsigned payload_type = 111) {
  return Writer{}.u8(0x80).u8(payload_type).u16(seq).u32(ts).u32(ssrc).zeros(payload).octets;
}

/// A STUN message with FINGERPRINT. `type` is the whole message type, e.g. 0x0001; attributes come encoded.
inline Octets stun(unsigned type, std::uint64_t transaction, const Octets& attributes) {
  Writer w;
  w.u16(type).u16(static_cast<unsigned>(attributes.size() + 8)).u32(0x2112a442).u48(0).u48(transaction);
  w.bytes(attributes);
  const auto crc =
      crc32(0, reinterpret_cast<const Bytef*>(w.octets.data()), static_cast<uInt>(w.octets.size()));
  return w.u16(0x8028).u16(4).u32(static_cast<std::uint32_t>(crc) ^ 0x5354554e).octets;
}

inline Octets attribute(unsigned type, const Octets& value) {
  return Writer{}
      .u16(type)
      .u16(static_cast<unsigned>(value.size()))
      .bytes(value)
      .zeros((4 - value.size() % 4) % 4)
      .octets;
}
inline Octets username(std::string_view text) {
  return attribute(0x0006, Writer{}.text(text).octets);
}

inline Octets operator+(Octets a, const Octets& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// XOR-PEER-ADDRESS and its like for IPv4 (RFC 8489, 14.2).
inline Octets xor_address(unsigned type, const Endpoint& e) {
  Writer w;
  w.u8(0).u8(1).u16(e.port ^ 0x2112U);
  const std::uint8_t cookie[] = {0x21, 0x12, 0xa4, 0x42};
  for (std::size_t i = 0; i < 4; ++i) w.u8(e.address.octets[i] ^ cookie[i]);
  return attribute(type, w.octets);
}

/// One DTLS record of epoch 0 with one handshake fragment.
inline Octets dtls_handshake(unsigned msg_type, unsigned message_seq, std::uint32_t length,
                             std::uint32_t offset, const Octets& fragment) {
  Writer body;
  body.u8(msg_type).u24(length).u16(message_seq).u24(offset).u24(static_cast<std::uint32_t>(fragment.size()));
  body.bytes(fragment);
  return Writer{}
      .u8(22)
      .u16(0xfefd)
      .u16(0)
      .u48(message_seq)
      .u16(static_cast<unsigned>(body.octets.size()))
      .bytes(body.octets)
      .octets;
}

}  // namespace rtcscope::testing
