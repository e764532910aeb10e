#include "decoders/rtp/rtp_packet.hpp"

namespace rtcscope::rtp {
namespace {

Unexpected<RtpError> fail(RtpErrc code, std::uint32_t offset) noexcept {
  return {RtpError{code, offset}};
}

bool is_one_byte(std::uint16_t profile) noexcept {
  return profile == 0xbede;
}
bool is_two_byte(std::uint16_t profile) noexcept {
  return (profile & 0xfff0) == 0x1000;
}

/// RFC 8285, 4.2, one-byte form: 15 is reserved, 0 with a length is no padding; what is behind either must
/// not be read.
bool ends_the_block(std::uint8_t id) noexcept {
  return id == 15 || id == 0;
}

}  // namespace

const char* to_string(RtpErrc code) noexcept {
  switch (code) {
    case RtpErrc::kTruncatedHeader:
      return "truncated_header";
    case RtpErrc::kBadVersion:
      return "bad_version";
    case RtpErrc::kTruncatedCsrc:
      return "truncated_csrc";
    case RtpErrc::kTruncatedExtension:
      return "truncated_extension";
    case RtpErrc::kTruncatedElement:
      return "truncated_element";
  }
  return "unknown";
}

Result<RtpPacketView, RtpError> parse_rtp(Bytes datagram) noexcept {
  ByteReader reader(datagram);
  const Bytes fixed = reader.take(12);
  if (fixed.empty()) return fail(RtpErrc::kTruncatedHeader, 0);
  ByteReader header(fixed.first<12>());
  RtpPacketView packet;
  const std::uint8_t first = header.u8();
  const std::uint8_t second = header.u8();
  packet.sequence_number = header.u16();
  packet.rtp_timestamp = header.u32();
  packet.ssrc = header.u32();
  if (first >> 6 != 2) return fail(RtpErrc::kBadVersion, 0);
  packet.has_padding = (first & 0x20) != 0;
  packet.has_extension = (first & 0x10) != 0;
  packet.marker = (second & 0x80) != 0;
  packet.payload_type = second & 0x7f;
  packet.csrcs = reader.take((first & 0x0fU) * 4U);
  if (!reader.ok()) return fail(RtpErrc::kTruncatedCsrc, reader.offset32());
  if (packet.has_extension) {
    const std::uint32_t start = reader.offset32();
    packet.extension_profile = reader.u16();
    const std::uint16_t words = reader.u16();
    packet.extension = reader.take(words * std::size_t{4});
    if (!reader.ok()) return fail(RtpErrc::kTruncatedExtension, start);
  }
  packet.header_length = reader.offset32();
  packet.payload = reader.rest();
  return packet;
}

ExtensionReader::ExtensionReader(const RtpPacketView& packet) noexcept
    : reader_(is_one_byte(packet.extension_profile) || is_two_byte(packet.extension_profile)
                  ? packet.extension
                  : Bytes{}),
      two_byte_(is_two_byte(packet.extension_profile)) {}

std::optional<ExtensionView> ExtensionReader::next() noexcept {
  while (!reader_.empty() && !error_) {
    const std::uint32_t start = reader_.offset32();
    const std::uint8_t head = reader_.u8();
    if (head == 0) continue;  // padding (RFC 8285, 4.2 and 4.3)
    ExtensionView element;
    std::size_t length = 0;
    if (two_byte_) {
      element.id = head;
      length = reader_.u8();
    } else {
      element.id = head >> 4;
      length = (head & 0x0fU) + 1U;
      if (ends_the_block(element.id)) {
        reader_ = ByteReader({});
        return std::nullopt;
      }
    }
    element.bytes = reader_.take(length);
    if (!reader_.ok()) {
      error_ = RtpError{RtpErrc::kTruncatedElement, start};
      return std::nullopt;
    }
    return element;
  }
  return std::nullopt;
}

}  // namespace rtcscope::rtp
