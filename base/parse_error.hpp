#pragma once
// What a parser says when it stops: which fault (one enum per protocol) and where.

#include <cstdint>

namespace rtcscope {

/// Errc is the protocol's own enum (StunErrc, RtpErrc, ...). `offset` counts octets from the start of
/// the span that was handed to the parser and never exceeds its size.
template <class Errc>
struct ParseError {
  Errc code;
  std::uint32_t offset;

  friend constexpr bool operator==(const ParseError&, const ParseError&) = default;
};

}  // namespace rtcscope
