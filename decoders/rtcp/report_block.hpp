#pragma once
// A reception report about one source, part of sender and receiver reports (RFC 3550, 6.4.1).
//
//  |                 SSRC of the source reported on                |
//  | fraction lost |       cumulative number of packets lost       |
//  |           extended highest sequence number received           |
//  |                      interarrival jitter                      |
//  |                         last SR (LSR)                         |
//  |                   delay since last SR (DLSR)                  |

#include <cstddef>
#include <cstdint>

#include "base/byte_reader.hpp"

namespace rtcscope::rtcp {

struct ReportBlock {
  static constexpr std::size_t kWireSize = 24;

  std::uint32_t ssrc = 0;            // of the source reported on
  std::uint8_t fraction_lost = 0;    // of the last interval, in 1/256
  std::int32_t cumulative_lost = 0;  // signed 24 bits: duplicates may make it negative
  std::uint32_t extended_highest_sequence_number = 0;
  std::uint32_t interarrival_jitter = 0;  // RTP clock ticks
  std::uint32_t lsr = 0;                  // middle 32 bits of the last SR's NTP timestamp; 0: none came yet
  std::uint32_t dlsr = 0;                 // 1/65536 s

  static constexpr ReportBlock read(ByteReader& reader) noexcept {
    ReportBlock block;
    block.ssrc = reader.u32();
    block.fraction_lost = reader.u8();
    // Moved to the top and back, so that the 24-bit sign fills the upper octet.
    block.cumulative_lost = static_cast<std::int32_t>(reader.u24() << 8) >> 8;
    block.extended_highest_sequence_number = reader.u32();
    block.interarrival_jitter = reader.u32();
    block.lsr = reader.u32();
    block.dlsr = reader.u32();
    return block;
  }
};

}  // namespace rtcscope::rtcp
