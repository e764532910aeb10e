#include "flows/extension_ids.hpp"

#include <algorithm>

namespace rtcscope::flows {

using rtp::ExtensionKind;

namespace {

constexpr std::uint16_t kEnough = 20;
constexpr std::uint16_t kMost = 0xfff0;
constexpr std::uint16_t kConstantEnough = 50;

std::size_t place_of(MediaKind kind) noexcept {
  return kind == MediaKind::kAudio ? 0 : 1;
}

bool is_text(Bytes bytes) noexcept {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) {
    const auto c = std::to_integer<unsigned char>(b);
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  });
}

/// The ids that libwebrtc gives when nobody named them before (video of its own, or after audio), and Janus
/// copies; only where the value has the right form.
ExtensionKind by_convention(std::uint8_t id, Bytes bytes) noexcept {
  const bool text = bytes.size() <= 16 && is_text(bytes);
  switch (id) {
    case 4:
    case 9:
      return text ? ExtensionKind::kMid : ExtensionKind::kUnknown;
    case 10:
      return text ? ExtensionKind::kRtpStreamId : ExtensionKind::kUnknown;
    case 11:
      return text ? ExtensionKind::kRepairedRtpStreamId : ExtensionKind::kUnknown;
    case 13:
      return bytes.size() == 1 && (std::to_integer<unsigned>(bytes[0]) & 0xf0) == 0
                 ? ExtensionKind::kVideoOrientation
                 : ExtensionKind::kUnknown;
    default:
      return ExtensionKind::kUnknown;
  }
}

const char* name_of(ExtensionIds::Source source) noexcept {
  switch (source) {
    case ExtensionIds::Source::kDescription:
      return "sdp";
    case ExtensionIds::Source::kBehaviour:
      return "behaviour";
    case ExtensionIds::Source::kConvention:
      return "convention";
    case ExtensionIds::Source::kNone:
      break;
  }
  return "";
}

}  // namespace

void ExtensionTable::merge(const ExtensionTable& other) noexcept {
  for (std::size_t medium = 0; medium < kinds.size(); ++medium) {
    for (std::size_t id = 0; id < kIds; ++id) {
      if (other.kinds[medium][id] != ExtensionKind::kUnknown) kinds[medium][id] = other.kinds[medium][id];
    }
  }
}

void ExtensionIds::settle(Entry& entry, ExtensionKind kind, Source source) noexcept {
  entry.kind = kind;
  entry.source = source;
}

void ExtensionIds::describe(const ExtensionTable& table) noexcept {
  described_ = true;
  for (std::size_t medium = 0; medium < entries_.size(); ++medium) {
    for (std::size_t id = 0; id < ExtensionTable::kIds; ++id) {
      const ExtensionKind kind = table.kinds[medium][id];
      settle(entries_[medium][id], kind,
             kind == ExtensionKind::kUnknown ? Source::kNone : Source::kDescription);
    }
  }
}

/// One octet in audio whose level changes: RFC 6464. A mid of one digit stands still.
void ExtensionIds::watch_octet(Entry& entry, std::uint8_t value) noexcept {
  Behaviour& b = entry.behaviour;
  b.fits = static_cast<std::uint16_t>(b.fits + (b.seen != 0 && (value & 0x7f) != (b.last & 0x7f) ? 1 : 0));
  b.last = value;
  b.seen = static_cast<std::uint16_t>(b.seen + 1);
  if (b.seen >= kEnough && b.fits >= 2) settle(entry, ExtensionKind::kAudioLevel, Source::kBehaviour);
}

/// Two octets that count up by one from packet to packet, over all SSRCs.
bool ExtensionIds::counts_up(Behaviour& b, std::uint16_t value) noexcept {
  if (b.seen >= kMost) return false;
  const bool fits = b.seen != 0 && static_cast<std::uint16_t>(value - b.last) == 1;
  b.fits = static_cast<std::uint16_t>(b.fits + (fits ? 1 : 0));
  b.last = value;
  b.seen = static_cast<std::uint16_t>(b.seen + 1);
  // A share of lost packets is no objection, values that jump about are.
  return b.seen >= kEnough && b.fits * 5U >= b.seen * 4U;
}

/// Three octets that run with time, 2^18 a second.
void ExtensionIds::watch_send_time(Entry& entry, std::uint32_t value, UtcTime time) noexcept {
  Behaviour& b = entry.behaviour;
  const std::int64_t now = ns_since_epoch(time);
  const std::int64_t elapsed = now - b.last_ns;
  const auto ticks = static_cast<std::int64_t>((value - b.last) & 0xffffffU);
  const std::int64_t ns = ticks * 1'000'000'000 / (1 << 18);
  // Bursts of a frame leave together: judged from 50 ms on, and a third off at most.
  if (b.seen != 0 && elapsed < 50'000'000) return;
  const bool fits = b.seen != 0 && ns > elapsed * 2 / 3 && ns < elapsed * 4 / 3;
  b.fits = static_cast<std::uint16_t>(b.fits + (fits ? 1 : 0));
  b.last = value;
  b.last_ns = now;
  b.seen = static_cast<std::uint16_t>(b.seen + 1);
  if (b.seen >= kEnough && b.fits * 5U >= b.seen * 4U) {
    settle(entry, ExtensionKind::kAbsSendTime, Source::kBehaviour);
  }
}

void ExtensionIds::learn(Entry& entry, std::uint8_t id, Bytes element, MediaKind kind,
                         UtcTime time) noexcept {
  if (entry.behaviour.seen >= kMost) return;
  if (element.size() == 1 && kind == MediaKind::kAudio) {
    watch_octet(entry, std::to_integer<std::uint8_t>(element[0]));
    const Behaviour& b = entry.behaviour;
    if (b.seen >= kConstantEnough && b.fits == 0 && is_text(element)) {
      settle(entry, ExtensionKind::kMid, Source::kBehaviour);
    }
  } else if (element.size() == 2) {
    if (counts_up(sequences_[id], ByteReader(element).u16())) {
      for (Entries& medium : entries_) {
        settle(medium[id], ExtensionKind::kTransportSequenceNumber, Source::kBehaviour);
      }
    }
  } else if (element.size() == 3) {
    watch_send_time(entry, ByteReader(element).u24(), time);
  }
  if (entry.source != Source::kNone) return;
  const ExtensionKind guess = by_convention(id, element);
  if (guess != ExtensionKind::kUnknown) settle(entry, guess, Source::kConvention);
}

rtp::RtpExtensions ExtensionIds::read(const rtp::RtpPacketView& packet, MediaKind kind,
                                      UtcTime time) noexcept {
  rtp::RtpExtensions values;
  // RFC 9335: the elements are encrypted.
  if (!packet.has_extension || packet.is_cryptex()) return values;
  Entries& entries = entries_[place_of(kind)];
  rtp::ExtensionReader reader(packet);
  while (const auto element = reader.next()) {
    if (element->id >= entries.size() || element->bytes.empty()) continue;
    Entry& entry = entries[element->id];
    if (!described_ && (entry.source == Source::kNone || entry.source == Source::kConvention)) {
      learn(entry, element->id, element->bytes, kind, time);
    }
    if (entry.source == Source::kNone) continue;
    entry.seen = true;
    values.elements += 1;
    if (rtp::read_extension(entry.kind, element->bytes, values)) values.faults += 1;
  }
  return values;
}

bool ExtensionIds::knows(ExtensionKind extension, MediaKind kind) const noexcept {
  const Entries& entries = entries_[place_of(kind)];
  return std::any_of(entries.begin(), entries.end(),
                     [&](const Entry& e) { return e.source != Source::kNone && e.kind == extension; });
}

std::string ExtensionIds::text(MediaKind kind) const {
  std::string text;
  const Entries& entries = entries_[place_of(kind)];
  for (std::size_t id = 0; id < entries.size(); ++id) {
    const Entry& entry = entries[id];
    if (!entry.seen || entry.source == Source::kNone) continue;
    text += (text.empty() ? "" : " ") + std::to_string(id) + "=" + rtp::to_string(entry.kind) + " (" +
            name_of(entry.source) + ")";
  }
  return text;
}

}  // namespace rtcscope::flows
