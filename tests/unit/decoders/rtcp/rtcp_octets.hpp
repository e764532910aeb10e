#pragma once
// Blocks for the tests of decoders/rtcp, made here and nowhere else.

#include <gtest/gtest.h>

#include <variant>

#include "decoders/rtcp/compound.hpp"
#include "tests/support/packet_builder.hpp"

namespace rtcscope::testing {

/// One block: header (with a length that fits) and body. `first` is version, padding flag and count.
inline Octets rtcp_block(unsigned first, unsigned payload_type, const Octets& body) {
  return Writer{}.u8(first).u8(payload_type).u16(static_cast<unsigned>(body.size() / 4)).bytes(body).octets;
}

inline Octets report_block(std::uint32_t ssrc) {
  return Writer{}
      .u32(ssrc)
      .u8(0x40)         // fraction lost: a quarter
      .u24(0xfffffe)    // cumulative lost: -2
      .u32(0x00010005)  // extended highest sequence number
      .u32(77)          // jitter
      .u32(0xb7052000)  // LSR
      .u32(0x00054000)  // DLSR
      .octets;
}

/// The one block of a datagram, which must decode to View. ASSERT by has_value().
template <class View>
std::optional<View> only_block(const Octets& datagram) {
  rtcp::CompoundReader reader(datagram);
  const auto block = reader.next();
  if (!block || !block->body || !std::holds_alternative<View>(*block->body)) return std::nullopt;
  if (reader.next() || reader.error()) return std::nullopt;
  return std::get<View>(*block->body);
}

/// The fault in the body of the first block.
inline std::optional<rtcp::RtcpError> body_error(const Octets& datagram) {
  rtcp::CompoundReader reader(datagram);
  const auto block = reader.next();
  if (!block || block->body) return std::nullopt;
  return block->body.error();
}

}  // namespace rtcscope::testing

namespace rtcscope::rtcp {

inline void PrintTo(const RtcpError& error, std::ostream* out) {
  *out << to_string(error.code) << " at " << error.offset;
}

}  // namespace rtcscope::rtcp
