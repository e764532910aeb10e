#pragma once
// Which protocol a datagram of a WebRTC five-tuple carries, by its first octets.

#include <cstdint>

#include "base/byte_reader.hpp"

namespace rtcscope::demux {

enum class PacketClass : std::uint8_t { kUnknown, kStun, kZrtp, kDtls, kTurnChannel, kQuic, kRtp, kRtcp };
const char* to_string(PacketClass packet_class) noexcept;

/// RFC 7983 section 7 as redrawn by RFC 9443 section 3; RTP and RTCP by RFC 5761 section 4. The ranges are
/// safe only on a five-tuple that is known to be WebRTC: other protocols use the same first octets.
PacketClass classify(Bytes datagram) noexcept;

}  // namespace rtcscope::demux
