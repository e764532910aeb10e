#pragma once
// RTP (RFC 3550, 5.1) and its header extensions (RFC 8285). The payload is SRTP: it is never looked into.
//
//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  |V=2|P|X|  CC   |M|     PT      |       sequence number         |
//  |                           timestamp                           |
//  |                             SSRC                              |
//  |                         CSRC (0..15)                          |
//  |    profile of the extension   |     length in 32-bit words    |

#include <cstdint>
#include <optional>

#include "base/byte_reader.hpp"
#include "base/parse_error.hpp"
#include "base/result.hpp"

namespace rtcscope::rtp {

enum class RtpErrc : std::uint8_t {
  kTruncatedHeader,     // fewer than 12 octets captured
  kBadVersion,          // not 2
  kTruncatedCsrc,       // the CSRC list runs past the packet
  kTruncatedExtension,  // the extension block runs past the packet
  kTruncatedElement,    // an element runs past its block (RFC 8285, 4)
};
using RtpError = ParseError<RtpErrc>;
const char* to_string(RtpErrc code) noexcept;

struct RtpPacketView {
  std::uint8_t payload_type = 0;
  bool marker = false;
  bool has_padding = false;
  bool has_extension = false;
  std::uint16_t sequence_number = 0;
  std::uint32_t rtp_timestamp = 0;
  std::uint32_t ssrc = 0;
  Bytes csrcs;                          // four octets each
  std::uint16_t extension_profile = 0;  // 0xbede one-byte, 0x100x two-byte (RFC 8285)
  Bytes extension;                      // the elements
  std::uint32_t header_length = 0;      // octets before the payload
  Bytes payload;                        // what was captured of it, with the SRTP tag; encrypted

  [[nodiscard]] std::size_t csrc_count() const noexcept { return csrcs.size() / 4; }
  /// RFC 9335: element bodies and CSRCs are encrypted.
  [[nodiscard]] bool is_cryptex() const noexcept {
    return has_extension && (extension_profile == 0xc0de || extension_profile == 0xc2de);
  }
};

/// Needs the header and the extension block whole; a payload cut by a snap length is fine.
Result<RtpPacketView, RtpError> parse_rtp(Bytes datagram) noexcept;

struct ExtensionView {
  std::uint8_t id = 0;
  Bytes bytes;
};

/// Walks the elements of an extension block. Profiles other than those of RFC 8285 have none.
class ExtensionReader {
 public:
  explicit ExtensionReader(const RtpPacketView& packet) noexcept;
  std::optional<ExtensionView> next() noexcept;
  /// Why it stopped before the block's end; offsets count from the block's start.
  [[nodiscard]] std::optional<RtpError> error() const noexcept { return error_; }

 private:
  ByteReader reader_;
  bool two_byte_ = false;
  std::optional<RtpError> error_;
};

}  // namespace rtcscope::rtp
