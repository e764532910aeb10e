#pragma once
// Slice loss indication, packet type 206, FMT 2 (RFC 4585, 6.3.2).
//
//  |                  SSRC of packet sender                        |
//  |                  SSRC of media source                         |
//  |            First (13)   |   Number (13)     |  PictureID (6)  |  one or more

#include <cstdint>

#include "decoders/rtcp/list_view.hpp"
#include "decoders/rtcp/raw_block.hpp"

namespace rtcscope::rtcp {

struct SliEntry {
  static constexpr std::size_t kWireSize = 4;

  std::uint16_t first = 0;      // macroblock address of the first lost one
  std::uint16_t number = 0;     // lost macroblocks
  std::uint8_t picture_id = 0;  // six low bits of the codec's picture number

  static constexpr SliEntry read(ByteReader& reader) noexcept {
    const std::uint32_t bits = reader.u32();
    return {static_cast<std::uint16_t>(bits >> 19), static_cast<std::uint16_t>(bits >> 6 & 0x1fffU),
            static_cast<std::uint8_t>(bits & 0x3fU)};
  }
};

struct SliceLossIndicationView {
  std::uint32_t sender_ssrc = 0;
  std::uint32_t media_ssrc = 0;
  ListView<SliEntry> entries;
};

/// Errors: kTruncatedBody, kBadSliLength.
Result<SliceLossIndicationView, RtcpError> parse_slice_loss_indication(const RawBlock& block) noexcept;

}  // namespace rtcscope::rtcp
