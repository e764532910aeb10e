#include "decoders/demux/demux.hpp"

namespace rtcscope::demux {
namespace {

constexpr std::uint32_t kMagicCookie = 0x2112a442;  // RFC 8489, 5
constexpr std::size_t kStunHeader = 20;
constexpr std::size_t kRtpHeader = 12;
constexpr std::size_t kRtcpHeader = 8;  // the smallest packet that names a sender

bool is_stun(Bytes datagram) noexcept {
  ByteReader reader(datagram);
  reader.skip(2);
  const std::uint16_t length = reader.u16();
  const std::uint32_t cookie = reader.u32();
  return reader.ok() && datagram.size() >= kStunHeader && cookie == kMagicCookie && length % 4 == 0;
}

PacketClass rtp_or_rtcp(Bytes datagram) noexcept {
  if (datagram.size() < kRtcpHeader) return PacketClass::kUnknown;
  const auto second = static_cast<std::uint8_t>(datagram[1]);
  if (second >= 192 && second <= 223) return PacketClass::kRtcp;
  return datagram.size() >= kRtpHeader ? PacketClass::kRtp : PacketClass::kUnknown;
}

}  // namespace

PacketClass classify(Bytes datagram) noexcept {
  if (datagram.empty()) return PacketClass::kUnknown;
  const auto first = static_cast<std::uint8_t>(datagram[0]);
  if (first <= 3) return is_stun(datagram) ? PacketClass::kStun : PacketClass::kUnknown;
  if (first <= 15) return PacketClass::kUnknown;
  if (first <= 19) return PacketClass::kZrtp;
  if (first <= 63) return PacketClass::kDtls;
  if (first <= 79) return PacketClass::kTurnChannel;
  if (first <= 127) return PacketClass::kQuic;
  if (first <= 191) return rtp_or_rtcp(datagram);
  return PacketClass::kQuic;
}

const char* to_string(PacketClass packet_class) noexcept {
  switch (packet_class) {
    case PacketClass::kStun:
      return "stun";
    case PacketClass::kZrtp:
      return "zrtp";
    case PacketClass::kDtls:
      return "dtls";
    case PacketClass::kTurnChannel:
      return "turn_channel";
    case PacketClass::kQuic:
      return "quic";
    case PacketClass::kRtp:
      return "rtp";
    case PacketClass::kRtcp:
      return "rtcp";
    case PacketClass::kUnknown:
      break;
  }
  return "unknown";
}

}  // namespace rtcscope::demux
