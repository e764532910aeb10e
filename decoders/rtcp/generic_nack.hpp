#pragma once
// Generic NACK, packet type 205, FMT 1 (RFC 4585, 6.2.1).
//
//  |                  SSRC of packet sender                        |
//  |                  SSRC of media source                         |
//  |            PID                |             BLP               |  one or more

#include <bit>
#include <cstdint>

#include "decoders/rtcp/list_view.hpp"
#include "decoders/rtcp/raw_block.hpp"

namespace rtcscope::rtcp {

struct NackEntry {
  static constexpr std::size_t kWireSize = 4;

  std::uint16_t packet_id = 0;     // the first lost sequence number
  std::uint16_t lost_bitmask = 0;  // bit i: packet_id + i + 1 is lost too

  static constexpr NackEntry read(ByteReader& reader) noexcept {
    NackEntry entry;
    entry.packet_id = reader.u16();
    entry.lost_bitmask = reader.u16();
    return entry;
  }
  /// Packets this entry asks for: 1..17.
  [[nodiscard]] constexpr std::uint32_t packets() const noexcept {
    return 1U + static_cast<std::uint32_t>(std::popcount(lost_bitmask));
  }
};

struct GenericNackView {
  std::uint32_t sender_ssrc = 0;
  std::uint32_t media_ssrc = 0;
  ListView<NackEntry> entries;

  /// Packets asked for, over all entries; one that is named twice counts twice.
  [[nodiscard]] constexpr std::uint32_t packets() const noexcept {
    std::uint32_t sum = 0;
    for (const NackEntry entry : entries) sum += entry.packets();
    return sum;
  }
};

/// Errors: kTruncatedBody, kBadNackLength.
Result<GenericNackView, RtcpError> parse_generic_nack(const RawBlock& block) noexcept;

}  // namespace rtcscope::rtcp
