#pragma once
// Picture loss indication, packet type 206, FMT 1 (RFC 4585, 6.3.1): two SSRCs and nothing else.

#include <cstdint>

#include "decoders/rtcp/raw_block.hpp"

namespace rtcscope::rtcp {

struct PictureLossIndication {
  std::uint32_t sender_ssrc = 0;
  std::uint32_t media_ssrc = 0;
};

/// Errors: kTruncatedBody, kBadPliLength.
Result<PictureLossIndication, RtcpError> parse_picture_loss_indication(const RawBlock& block) noexcept;

}  // namespace rtcscope::rtcp
