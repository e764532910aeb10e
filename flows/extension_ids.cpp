#include "flows/extension_ids.hpp"

namespace rtcscope::flows {
namespace {

constexpr std::uint16_t kEnough = 20;
constexpr std::uint16_t kMost = 0xfff0;

}  // namespace

/// One octet in audio whose level changes: RFC 6464. A mid of one digit stands still.
void ExtensionIds::watch_level(std::uint8_t id, std::uint8_t value) noexcept {
  Behaviour& b = behaviour_[id];
  if (b.seen >= kMost) return;
  b.fits = static_cast<std::uint16_t>(b.fits + (b.seen != 0 && (value & 0x7f) != (b.last & 0x7f) ? 1 : 0));
  b.last = value;
  b.seen = static_cast<std::uint16_t>(b.seen + 1);
  if (b.seen >= kEnough && b.fits >= 2) audio_level_ = id;
}

/// Two octets that count up by one from packet to packet, over all SSRCs.
void ExtensionIds::watch_sequence(std::uint8_t id, std::uint16_t value) noexcept {
  Behaviour& b = behaviour_[id];
  if (b.seen >= kMost) return;
  const bool fits = b.seen != 0 && static_cast<std::uint16_t>(value - b.last) == 1;
  b.fits = static_cast<std::uint16_t>(b.fits + (fits ? 1 : 0));
  b.last = value;
  b.seen = static_cast<std::uint16_t>(b.seen + 1);
  // A share of lost packets is no objection, values that jump about are.
  if (b.seen >= kEnough && b.fits * 5U >= b.seen * 4U) transport_sequence_ = id;
}

ExtensionIds::Values ExtensionIds::read(const rtp::RtpPacketView& packet, MediaKind kind) noexcept {
  Values values;
  if (!packet.has_extension || packet.is_cryptex()) return values;
  rtp::ExtensionReader reader(packet);
  while (const auto element = reader.next()) {
    if (element->id >= behaviour_.size()) continue;
    const Bytes bytes = element->bytes;
    if (bytes.size() == 1 && kind == MediaKind::kAudio) {
      const auto octet = static_cast<std::uint8_t>(bytes[0]);
      if (audio_level_ == 0) watch_level(element->id, octet);
      if (audio_level_ == element->id) {
        values.audio_level = rtp::AudioLevel{(octet & 0x80) != 0, static_cast<std::uint8_t>(octet & 0x7f)};
      }
    } else if (bytes.size() == 2) {
      const std::uint16_t number = ByteReader(bytes).u16();
      if (transport_sequence_ == 0) watch_sequence(element->id, number);
      if (transport_sequence_ == element->id) values.transport_sequence = number;
    }
  }
  return values;
}

}  // namespace rtcscope::flows
