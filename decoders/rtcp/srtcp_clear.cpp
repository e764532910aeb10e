#include "decoders/rtcp/srtcp_clear.hpp"

namespace rtcscope::rtcp {
namespace {

constexpr std::uint32_t kClearSize = 8;
constexpr std::uint32_t kIndexSize = 4;

}  // namespace

Result<SrtcpHead, RtcpError> parse_srtcp_head(Bytes datagram) noexcept {
  ByteReader reader(datagram);
  SrtcpHead head;
  const std::uint8_t first = reader.u8();
  head.payload_type = reader.u8();
  head.first_block_size = (reader.u16() + 1U) * 4U;
  head.sender_ssrc = reader.u32();
  if (!reader.ok()) return Unexpected{RtcpError{RtcpErrc::kTruncatedHeader, reader.offset32()}};
  if (first >> 6 != 2) return Unexpected{RtcpError{RtcpErrc::kBadVersion, 0}};
  head.has_padding = (first & 0x20) != 0;
  head.count = first & 0x1f;
  return head;
}

Result<SrtcpTail, RtcpError> parse_srtcp_tail(Bytes datagram, const SrtcpFormat& format) noexcept {
  const std::size_t trailer = std::size_t{format.tag_size} + format.mki_size + kIndexSize;
  if (datagram.size() < kClearSize + trailer) {
    return Unexpected{
        RtcpError{RtcpErrc::kTruncatedSrtcpTrailer, static_cast<std::uint32_t>(datagram.size())}};
  }
  const std::size_t clear_size = datagram.size() - trailer;
  ByteReader reader(datagram.subspan(clear_size + (format.tag_before_index ? format.tag_size : 0)));
  const std::uint32_t word = reader.u32();
  return SrtcpTail{(word & 0x80000000U) != 0, word & 0x7fffffffU, static_cast<std::uint32_t>(clear_size)};
}

}  // namespace rtcscope::rtcp
