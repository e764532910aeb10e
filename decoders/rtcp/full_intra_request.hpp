#pragma once
// Full intra request, packet type 206, FMT 4 (RFC 5104, 4.3.1.1).
//
//  |                  SSRC of packet sender                        |
//  |                  SSRC of media source (unused: 0)             |
//  |                              SSRC                             |  one or more
//  | Seq nr.       |    Reserved                                   |

#include <cstdint>

#include "decoders/rtcp/list_view.hpp"
#include "decoders/rtcp/raw_block.hpp"

namespace rtcscope::rtcp {

struct FirEntry {
  static constexpr std::size_t kWireSize = 8;

  std::uint32_t ssrc = 0;            // of the media sender that is asked
  std::uint8_t sequence_number = 0;  // of the command: the same one again is a repetition

  static constexpr FirEntry read(ByteReader& reader) noexcept {
    FirEntry entry;
    entry.ssrc = reader.u32();
    entry.sequence_number = reader.u8();
    return entry;
  }
};

struct FullIntraRequestView {
  std::uint32_t sender_ssrc = 0;
  ListView<FirEntry> entries;
};

/// Errors: kTruncatedBody, kBadFirLength.
Result<FullIntraRequestView, RtcpError> parse_full_intra_request(const RawBlock& block) noexcept;

}  // namespace rtcscope::rtcp
