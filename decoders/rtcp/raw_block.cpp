#include "decoders/rtcp/raw_block.hpp"

namespace rtcscope::rtcp {

Result<RawBlock, RtcpError> take_block(ByteReader& datagram) noexcept {
  RawBlock block;
  block.offset = datagram.offset32();
  const auto fail = [&](RtcpErrc code) { return Unexpected{RtcpError{code, block.offset}}; };
  const std::uint8_t first = datagram.u8();
  block.payload_type = datagram.u8();
  const std::uint16_t words = datagram.u16();
  if (!datagram.ok()) return fail(RtcpErrc::kTruncatedHeader);
  if (first >> 6 != 2) return fail(RtcpErrc::kBadVersion);
  block.has_padding = (first & 0x20) != 0;
  block.count = first & 0x1f;
  block.body = datagram.take(words * std::size_t{4});
  if (!datagram.ok()) return fail(RtcpErrc::kTruncatedBlock);
  if (!block.has_padding) return block;

  // The last octet counts the padding, itself included. RFC 3550 wants a multiple of four there, but
  // libwebrtc fills up its transport-wide feedback with one to three octets, and nothing goes wrong by it.
  if (!datagram.empty()) return fail(RtcpErrc::kPaddingNotLast);
  const std::size_t padding = block.body.empty() ? 0 : static_cast<std::size_t>(block.body.back());
  if (padding == 0 || padding > block.body.size()) return fail(RtcpErrc::kBadPadding);
  block.body = block.body.first(block.body.size() - padding);
  return block;
}

}  // namespace rtcscope::rtcp
