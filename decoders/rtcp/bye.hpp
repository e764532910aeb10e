#pragma once
// Goodbye, packet type 203 (RFC 3550, 6.6): SC sources leave, with an optional reason.

#include <string_view>

#include "decoders/rtcp/list_view.hpp"
#include "decoders/rtcp/raw_block.hpp"

namespace rtcscope::rtcp {

struct ByeView {
  ListView<Ssrc> sources;
  std::string_view reason;  // empty when none was given
};

/// Errors: kBadByeCount, kTruncatedByeReason.
Result<ByeView, RtcpError> parse_bye(const RawBlock& block) noexcept;

}  // namespace rtcscope::rtcp
