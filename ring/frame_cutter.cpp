#include "ring/frame_cutter.hpp"

#include <algorithm>
#include <optional>
#include <span>

#include "decoders/demux/demux.hpp"
#include "ring/ip_checksum.hpp"

namespace rtcscope::ring {
namespace {

constexpr std::size_t kUdpHeader = 8;
constexpr std::size_t kIpv4Header = 20;
constexpr std::size_t kIpv6Header = 40;

bool is_stun(Bytes datagram) noexcept {
  return demux::classify(datagram) == demux::PacketClass::kStun;
}

void put_u16(std::span<std::byte> place, std::size_t value) noexcept {
  place[0] = static_cast<std::byte>(value >> 8U);
  place[1] = static_cast<std::byte>(value);
}

/// The headers of a super-packet say its length; those of a segment their own. What has options or extension
/// headers is left as it was.
void set_lengths(std::span<std::byte> headers, IpFamily family, std::size_t payload) noexcept {
  const std::size_t ip_header = family == IpFamily::kV4 ? kIpv4Header : kIpv6Header;
  if (headers.size() < ip_header + kUdpHeader) return;
  const std::span<std::byte> udp = headers.last(kUdpHeader);
  const std::span<std::byte> ip = headers.last(kUdpHeader + ip_header).first(ip_header);
  put_u16(udp.subspan(4), kUdpHeader + payload);
  if (family == IpFamily::kV6 && std::to_integer<unsigned>(ip[0]) >> 4U == 6) {
    put_u16(ip.subspan(4), kUdpHeader + payload);  // RFC 8200, 3: without the IPv6 header
  } else if (family == IpFamily::kV4 && std::to_integer<unsigned>(ip[0]) == 0x45) {
    put_u16(ip.subspan(2), kIpv4Header + kUdpHeader + payload);  // RFC 791, 3.1
    put_u16(ip.subspan(10), 0);
    put_u16(ip.subspan(10), internet_checksum(ip));
  }
}

/// RFC 4571, 2: two octets of length before each unit. TURN over TCP: STUN's own length, ChannelData padded
/// to four (RFC 8656, 12.5).
std::optional<std::pair<std::size_t, std::size_t>> next_unit(Bytes stream, bool rfc4571) noexcept {
  ByteReader reader(stream);
  if (rfc4571) {
    const std::size_t length = reader.u16();
    if (!reader.ok() || length > reader.remaining()) return std::nullopt;
    return std::pair{std::size_t{2}, length};
  }
  const bool stun = is_stun(stream);
  reader.skip(2);
  const std::size_t length = reader.u16();
  const std::size_t whole = stun ? 20 + length : (4 + length + 3) / 4 * 4;
  if (!reader.ok() || whole > stream.size()) return std::nullopt;
  return std::pair{std::size_t{0}, whole};
}

}  // namespace

std::optional<std::size_t> FrameCutter::of_segment(const link::DatagramView& segment) {
  const auto& [source, destination, transport] = segment.five_tuple;
  const Connection connection{std::min(source, destination), std::max(source, destination)};
  const Framing* known = connections_.find(connection);
  if (known == nullptr) {
    const bool framed = segment.payload.size() > 2 && is_stun(segment.payload.subspan(2));
    if (!framed && !is_stun(segment.payload)) return std::nullopt;
    connections_.put(connection, framed ? Framing::kRfc4571 : Framing::kStun);
    known = connections_.find(connection);
  }
  std::size_t kept = 0;
  while (const auto unit = next_unit(segment.payload.subspan(kept), *known == Framing::kRfc4571)) {
    const auto [header, size] = *unit;
    const Bytes octets = segment.payload.subspan(kept + header, size);
    const std::size_t without_media = octets_without_media(octets, static_cast<std::uint32_t>(size));
    if (without_media == 0) break;
    kept += header + without_media;
    if (without_media != size) break;
  }
  return kept;
}

Bytes FrameCutter::segment_frame(const link::DatagramView& whole, Bytes headers, Bytes segment,
                                 std::uint32_t wire_octets) {
  const std::size_t kept = std::min(octets_without_media(segment, wire_octets), kMostOctets);
  if (kept == 0) return {};
  const std::span<std::byte> frame = std::span(scratch_).first(headers.size() + kept);
  std::copy(headers.begin(), headers.end(), frame.begin());
  std::copy_n(segment.begin(), kept, frame.begin() + static_cast<std::ptrdiff_t>(headers.size()));
  set_lengths(frame.first(headers.size()), whole.five_tuple.source.address.family, wire_octets);
  return frame;
}

}  // namespace rtcscope::ring
