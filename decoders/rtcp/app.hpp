#pragma once
// Application-defined, packet type 204 (RFC 3550, 6.7).

#include <cstdint>
#include <string_view>

#include "decoders/rtcp/raw_block.hpp"

namespace rtcscope::rtcp {

struct AppView {
  std::uint8_t subtype = 0;
  std::uint32_t sender_ssrc = 0;
  std::string_view name;  // four octets, meant to be ASCII, not checked
  Bytes data;
};

/// Errors: kTruncatedBody.
Result<AppView, RtcpError> parse_app(const RawBlock& block) noexcept;

}  // namespace rtcscope::rtcp
