#pragma once
// One packet of a compound packet, before its type is looked at.
//
//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  |V=2|P|  count  |  payload type |   length in words, minus one  |

#include <cstdint>

#include "base/byte_reader.hpp"
#include "base/result.hpp"
#include "decoders/rtcp/rtcp_error.hpp"

namespace rtcscope::rtcp {

inline constexpr std::uint32_t kHeaderSize = 4;

/// Packet types (IANA "RTCP Control Packet Types").
enum class PacketType : std::uint8_t {
  kSenderReport = 200,       // RFC 3550, 6.4.1
  kReceiverReport = 201,     // RFC 3550, 6.4.2
  kSourceDescription = 202,  // RFC 3550, 6.5
  kBye = 203,                // RFC 3550, 6.6
  kApp = 204,                // RFC 3550, 6.7
  kTransportFeedback = 205,  // RFC 4585, 6.2
  kPayloadFeedback = 206,    // RFC 4585, 6.3
  kExtendedReport = 207,     // RFC 3611, 2
};

struct RawBlock {
  std::uint8_t count = 0;  // RC, SC, subtype or FMT: 0..31
  std::uint8_t payload_type = 0;
  bool has_padding = false;
  std::uint32_t offset = 0;  // of the header within the datagram
  Bytes body;                // behind the header, without padding
};

/// The next block of `datagram`, which then stands behind it. Errors: kTruncatedHeader, kBadVersion,
/// kTruncatedBlock, kBadPadding, kPaddingNotLast. RFC 3550, 6.4.1 and A.2.
Result<RawBlock, RtcpError> take_block(ByteReader& datagram) noexcept;

/// A fault at `offset` octets into the block's body.
constexpr Unexpected<RtcpError> fail_in(const RawBlock& block, RtcpErrc code, std::uint32_t offset) noexcept {
  return {RtcpError{code, block.offset + kHeaderSize + offset}};
}

}  // namespace rtcscope::rtcp
