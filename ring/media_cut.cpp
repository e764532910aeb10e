#include "ring/media_cut.hpp"

#include <algorithm>

#include "decoders/demux/demux.hpp"
#include "decoders/dtls/record.hpp"
#include "decoders/rtp/rtp_packet.hpp"
#include "decoders/stun/message.hpp"
#include "decoders/turn/channel_data.hpp"

namespace rtcscope::ring {
namespace {

constexpr std::size_t kRtpFixedHeader = 12;
/// Longer than any real header; what claims more is not RTP, and its payload would pass for extensions.
constexpr std::size_t kLongestRtpHeader = 512;
/// TURN in TURN in TURN: nobody does, but a packet may say so.
constexpr int kMostNested = 2;

std::size_t cut(Bytes datagram, std::uint32_t wire_length, int nested) noexcept;

std::size_t cut_stun(Bytes datagram, int nested) noexcept {
  const auto message = stun::parse_stun(datagram);
  if (!message) return 0;
  const auto data = message->data();
  if (!data) return message->bytes.size();
  const std::size_t kept = cut(*data, static_cast<std::uint32_t>(data->size()), nested + 1);
  if (kept == data->size()) return message->bytes.size();
  return static_cast<std::size_t>(data->data() - datagram.data()) + kept;
}

std::size_t cut_channel_data(Bytes datagram, std::uint32_t wire_length, int nested) noexcept {
  const auto channel = turn::parse_channel_data(datagram, wire_length);
  if (!channel) return 0;
  const std::size_t kept = cut(channel->data, channel->length, nested + 1);
  return kept == 0 ? 0 : static_cast<std::size_t>(channel->data.data() - datagram.data()) + kept;
}

bool is_about_the_connection(const dtls::RecordView& record) noexcept {
  if (record.unified) return false;
  switch (record.content_type) {
    case dtls::ContentType::kChangeCipherSpec:
    case dtls::ContentType::kAlert:
    case dtls::ContentType::kHandshake:
    case dtls::ContentType::kAck:
      return true;
    default:
      return false;
  }
}

std::size_t cut_dtls(Bytes datagram) noexcept {
  dtls::RecordReader records(datagram);
  std::size_t kept = 0;
  while (const auto record = records.next()) {
    kept = static_cast<std::size_t>(record->fragment.data() - datagram.data());
    if (!is_about_the_connection(*record)) return kept;
    kept += record->fragment.size();
  }
  return kept;
}

std::size_t cut_rtp(Bytes datagram) noexcept {
  const auto packet = rtp::parse_rtp(datagram);
  const bool whole = packet && packet->header_length <= kLongestRtpHeader;
  return whole ? packet->header_length : kRtpFixedHeader;
}

/// Other protocols begin with the same octets: the first packet must at least end within the datagram.
std::size_t cut_rtcp(Bytes datagram, std::uint32_t wire_length) noexcept {
  ByteReader reader(datagram);
  reader.skip(2);
  const std::size_t first_packet = (std::size_t{reader.u16()} + 1) * 4;  // RFC 3550, 6.4.1
  return reader.ok() && first_packet <= wire_length ? datagram.size() : 0;
}

std::size_t cut(Bytes datagram, std::uint32_t wire_length, int nested) noexcept {
  if (nested > kMostNested) return 0;
  switch (demux::classify(datagram)) {
    case demux::PacketClass::kStun:
      return cut_stun(datagram, nested);
    case demux::PacketClass::kTurnChannel:
      return cut_channel_data(datagram, wire_length, nested);
    case demux::PacketClass::kDtls:
      return cut_dtls(datagram);
    case demux::PacketClass::kRtp:
      return cut_rtp(datagram);
    case demux::PacketClass::kRtcp:
      return cut_rtcp(datagram, wire_length);
    default:
      return 0;
  }
}

}  // namespace

std::size_t octets_without_media(Bytes datagram, std::uint32_t wire_length) noexcept {
  return cut(datagram, wire_length, 0);
}

}  // namespace rtcscope::ring
