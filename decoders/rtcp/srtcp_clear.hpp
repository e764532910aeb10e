#pragma once
// What SRTCP shows without keys (RFC 3711, 3.4): the first eight octets, and the index at the end.
//
//  |V=2|P|  count  |  payload type |   length in words, minus one  |  in clear
//  |                         SSRC of sender                        |  in clear
//  |                   the rest, encrypted when E is set           |
//  |E|                         SRTCP index                         |
//
// Behind the rest stand, with an HMAC: index, MKI, tag; with an AEAD: tag, index, MKI (RFC 7714, 9.2).

#include <cstdint>

#include "decoders/rtcp/raw_block.hpp"

namespace rtcscope::rtcp {

/// How a datagram ends: a matter of the DTLS-SRTP profile and of use_srtp's MKI.
struct SrtcpFormat {
  std::uint32_t tag_size = 10;  // octets; 10 for both SHA1 profiles (RFC 5764, 4.1.2), 16 for AEAD
  std::uint32_t mki_size = 0;   // octets; browsers use none
  bool tag_before_index = false;
};
inline constexpr SrtcpFormat kSrtcpSha1{};
inline constexpr SrtcpFormat kSrtcpAead{16, 0, true};

struct SrtcpHead {
  std::uint8_t count = 0;              // of the first block: RC, SC, subtype or FMT
  std::uint8_t payload_type = 0;       // of the first block
  bool has_padding = false;            // of the first block
  std::uint32_t first_block_size = 0;  // octets, with its header
  std::uint32_t sender_ssrc = 0;
};

/// The clear octets. Errors: kTruncatedHeader, kBadVersion.
Result<SrtcpHead, RtcpError> parse_srtcp_head(Bytes datagram) noexcept;

struct SrtcpTail {
  bool encrypted = false;        // the E flag
  std::uint32_t index = 0;       // 31 bits, one more for each SRTCP packet of the sender
  std::uint32_t clear_size = 0;  // octets of the RTCP datagram once it is open
};

/// The end, by `format`; wrong without an error when the format is not the sender's.
/// Errors: kTruncatedSrtcpTrailer.
Result<SrtcpTail, RtcpError> parse_srtcp_tail(Bytes datagram, const SrtcpFormat& format) noexcept;

}  // namespace rtcscope::rtcp
