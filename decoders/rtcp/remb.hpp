#pragma once
// Receiver estimated maximum bitrate, packet type 206, FMT 15 (draft-alvestrand-rmcat-remb-03, 2.2).
//
//  |                  SSRC of packet sender                        |
//  |                  SSRC of media source (unused: 0)             |
//  |  'R' 'E' 'M' 'B'                                              |
//  |  Num SSRC     | BR Exp    |  BR Mantissa (18)                 |
//  |   SSRC feedback                                               |  Num SSRC times

#include <cstdint>

#include "decoders/rtcp/list_view.hpp"
#include "decoders/rtcp/raw_block.hpp"

namespace rtcscope::rtcp {

struct RembView {
  std::uint32_t sender_ssrc = 0;
  std::uint64_t bitrate_bps = 0;  // over all streams together
  ListView<Ssrc> ssrcs;           // the streams it is about
};

/// True when application layer feedback (FMT 15) carries the identifier "REMB".
bool has_remb_identifier(const RawBlock& block) noexcept;

/// Errors: kTruncatedBody, kBadRembCount, kRembOverflow.
Result<RembView, RtcpError> parse_remb(const RawBlock& block) noexcept;

}  // namespace rtcscope::rtcp
