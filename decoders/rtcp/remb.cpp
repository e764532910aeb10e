#include "decoders/rtcp/remb.hpp"

#include <limits>

namespace rtcscope::rtcp {
namespace {

constexpr std::uint32_t kIdentifier = 0x52454d42;  // "REMB"

}  // namespace

bool has_remb_identifier(const RawBlock& block) noexcept {
  ByteReader reader(block.body);
  reader.skip(8);
  return reader.u32() == kIdentifier;
}

Result<RembView, RtcpError> parse_remb(const RawBlock& block) noexcept {
  ByteReader reader(block.body);
  RembView remb;
  remb.sender_ssrc = reader.u32();
  reader.skip(8);  // SSRC of media source (0) and the identifier
  const std::uint8_t count = reader.u8();
  const std::uint32_t rate = reader.u24();
  if (!reader.ok()) return fail_in(block, RtcpErrc::kTruncatedBody, reader.offset32());
  const std::uint32_t exponent = rate >> 18;
  const std::uint64_t mantissa = rate & 0x3ffffU;
  if (mantissa > std::numeric_limits<std::uint64_t>::max() >> exponent)
    return fail_in(block, RtcpErrc::kRembOverflow, 13);
  remb.bitrate_bps = mantissa << exponent;
  remb.ssrcs = ListView<Ssrc>(reader.rest());
  if (reader.remaining() != count * Ssrc::kWireSize)
    return fail_in(block, RtcpErrc::kBadRembCount, reader.offset32());
  return remb;
}

}  // namespace rtcscope::rtcp
