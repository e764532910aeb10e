#pragma once
// TURN ChannelData (RFC 8656, 12.4).
//
//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  |         Channel Number        |            Length             |
//  |                       Application Data                        |

#include <cstdint>

#include "base/byte_reader.hpp"
#include "base/parse_error.hpp"
#include "base/result.hpp"

namespace rtcscope::turn {

enum class TurnErrc : std::uint8_t {
  kTruncatedHeader,
  kBadChannelNumber,  // outside 0x4000..0x4fff (RFC 8656, 12)
  kBadLength,         // longer than the datagram
};
using TurnError = ParseError<TurnErrc>;
const char* to_string(TurnErrc code) noexcept;

struct ChannelDataView {
  std::uint16_t channel_number = 0;
  std::uint16_t length = 0;  // of the data on the wire
  Bytes data;                // its captured part; padding to four octets is left out
};

/// `wire_length` is the datagram's size on the wire: more than was captured under a snap length.
Result<ChannelDataView, TurnError> parse_channel_data(Bytes datagram, std::uint32_t wire_length) noexcept;

}  // namespace rtcscope::turn
