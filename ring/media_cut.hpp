#pragma once
// Where a datagram stops being about the call and begins to be the call.

#include <cstddef>
#include <cstdint>

#include "base/byte_reader.hpp"

namespace rtcscope::ring {

/// How many of the datagram's first octets hold nothing that anybody said, showed or sent; 0: it is none of
/// WebRTC's protocols. `wire_length` counts its octets before any snap length.
///   STUN (RFC 8489)       whole; up to what its DATA attribute (RFC 8656, 18.4) may keep of its own datagram
///   ChannelData           header, and what is kept of the datagram in it
///   DTLS (RFC 6347, 4.1)  handshake, alerts and the like whole; of application data, and of records whose
///                         type is encrypted, the record's header
///   RTP (RFC 3550, 5.1)   header with CSRCs and extensions
///   RTCP (RFC 3550, 6.1)  whole, as encrypted as it was
std::size_t octets_without_media(Bytes datagram, std::uint32_t wire_length) noexcept;

}  // namespace rtcscope::ring
