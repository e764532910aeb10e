// What a datagram says of addresses and people, taken out of it.

#include <zlib.h>

#include <algorithm>
#include <array>
#include <optional>

#include "decoders/demux/demux.hpp"
#include "decoders/stun/message.hpp"
#include "ring/pseudonymiser.hpp"

namespace rtcscope::ring {
namespace {

using stun::AttributeType;
using Writable = std::span<std::byte>;

constexpr std::size_t kStunHeader = 20;
constexpr std::size_t kChannelHeader = 4;
constexpr std::uint32_t kFingerprintXor = 0x5354554e;  // RFC 8489, 14.7
constexpr int kMostNested = 3;

std::size_t rewrite(Writable datagram, Pseudonyms& pseudonyms, int nested);

std::size_t u16_at(Bytes octets, std::size_t offset) noexcept {
  return std::to_integer<std::size_t>(octets[offset]) << 8U |
         std::to_integer<std::size_t>(octets[offset + 1]);
}

void zero(Writable octets) noexcept {
  std::fill(octets.begin(), octets.end(), std::byte{0});
}

enum class Treatment { kZero, kKeep, kAddress, kXorAddress, kDatagram, kFingerprint };

Treatment treatment_of(AttributeType type, bool is_ice) noexcept {
  switch (type) {
    case AttributeType::kMappedAddress:
    case AttributeType::kAlternateServer:
      return Treatment::kAddress;
    case AttributeType::kXorMappedAddress:
    case AttributeType::kXorPeerAddress:
    case AttributeType::kXorRelayedAddress:
      return Treatment::kXorAddress;
    case AttributeType::kData:
      return Treatment::kDatagram;
    case AttributeType::kFingerprint:
      return Treatment::kFingerprint;
    // Two ufrags in a check (RFC 8445, 7.2.2); in TURN a user's name.
    case AttributeType::kUsername:
      return is_ice ? Treatment::kKeep : Treatment::kZero;
    case AttributeType::kErrorCode:
    case AttributeType::kUnknownAttributes:
    case AttributeType::kPriority:
    case AttributeType::kUseCandidate:
    case AttributeType::kIceControlled:
    case AttributeType::kIceControlling:
    case AttributeType::kChannelNumber:
    case AttributeType::kLifetime:
    case AttributeType::kRequestedAddressFamily:
    case AttributeType::kEvenPort:
    case AttributeType::kRequestedTransport:
    case AttributeType::kDontFragment:
    case AttributeType::kAdditionalAddressFamily:
    case AttributeType::kNomination:
    case AttributeType::kGoogNetworkInfo:
    case AttributeType::kMetaDtlsInStun:
    case AttributeType::kMetaDtlsInStunAck:
    case AttributeType::kRetransmitCount:
      return Treatment::kKeep;
    default:
      return Treatment::kZero;
  }
}

/// RFC 8489, 14.1 and 14.2: a zero octet, the family, the port, the address; with XOR, port and address are
/// mixed with the cookie and the transaction id that follows it, as the message's octets 4 to 19.
void replace_address(Writable message, Writable value, bool is_xor, Pseudonyms& pseudonyms) {
  constexpr std::size_t kHead = 4;
  const std::size_t size = value.size() < kHead ? 0 : value.size() - kHead;
  if (size != 4 && size != 16) return zero(value);
  const Writable octets = value.subspan(kHead);
  const auto mix = [&] {
    for (std::size_t i = 0; is_xor && i < size; ++i) octets[i] ^= message[4 + i];
  };
  mix();
  const IpAddress& other = pseudonyms.of(IpAddress::from_octets(octets));
  for (std::size_t i = 0; i < size; ++i) octets[i] = std::byte{other.octets[i]};
  mix();
}

void renew_fingerprint(Writable message, std::size_t attribute, Writable value) noexcept {
  if (value.size() != 4) return zero(value);
  const auto crc = static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(message.data()), static_cast<uInt>(attribute)));
  const std::uint32_t fingerprint = crc ^ kFingerprintXor;
  for (std::size_t i = 0; i < 4; ++i) value[i] = static_cast<std::byte>(fingerprint >> (24U - 8U * i));
}

/// RFC 8489, 14. The attributes are walked here, not by the decoder, for a DATA may be cut.
std::size_t rewrite_stun(Writable message, Pseudonyms& pseudonyms, int nested) {
  if (message.size() < kStunHeader) return 0;
  const bool is_binding = (u16_at(message, 0) & 0x3eefU) == static_cast<std::size_t>(stun::Method::kBinding);
  for (std::size_t at = kStunHeader; at < message.size();) {
    if (message.size() - at < 4) return at;
    const auto type = static_cast<AttributeType>(u16_at(message, at));
    const std::size_t length = u16_at(message, at + 2);
    const bool is_cut = length > message.size() - at - 4;
    const Writable value = message.subspan(at + 4, std::min(length, message.size() - at - 4));
    const Treatment treatment = treatment_of(type, is_binding);
    if (treatment == Treatment::kDatagram) {
      const std::size_t kept = rewrite(value, pseudonyms, nested + 1);
      if (is_cut || kept < value.size()) return at + 4 + kept;
    } else if (is_cut) {
      return at;
    }
    if (treatment == Treatment::kAddress || treatment == Treatment::kXorAddress) {
      replace_address(message, value, treatment == Treatment::kXorAddress, pseudonyms);
    } else if (treatment == Treatment::kFingerprint) {
      renew_fingerprint(message, at, value);
    } else if (treatment == Treatment::kZero) {
      zero(value);
    }
    const std::size_t padding = (4 - length % 4) % 4;
    at += 4 + length;
    if (at < message.size()) zero(message.subspan(at, std::min(padding, message.size() - at)));
    at += padding;
  }
  return message.size();
}

/// RFC 3550, 6.4 to 6.7: each packet says its length in words. Source descriptions hold names, BYE a reason,
/// APP anything. What SRTCP has encrypted says none of it.
std::size_t rewrite_rtcp(Writable compound) noexcept {
  constexpr unsigned kSourceDescription = 202, kBye = 203, kApplication = 204;
  constexpr std::size_t kHead = 4;
  for (std::size_t at = 0; at + kHead <= compound.size();) {
    const auto first = std::to_integer<unsigned>(compound[at]);
    const auto type = std::to_integer<unsigned>(compound[at + 1]);
    if (first >> 6U != 2) break;
    if (type >= kSourceDescription && type <= kApplication) {
      return type == kBye ? std::min(at + kHead + (first & 31U) * 4, compound.size()) : at + kHead;
    }
    at += (u16_at(compound, at + 2) + 1) * 4;
  }
  return compound.size();
}

std::size_t rewrite(Writable datagram, Pseudonyms& pseudonyms, int nested) {
  if (nested > kMostNested) return 0;
  switch (demux::classify(datagram)) {
    case demux::PacketClass::kStun:
      return rewrite_stun(datagram, pseudonyms, nested);
    case demux::PacketClass::kTurnChannel:
      if (datagram.size() < kChannelHeader) return 0;
      return kChannelHeader + rewrite(datagram.subspan(kChannelHeader), pseudonyms, nested + 1);
    case demux::PacketClass::kRtcp:
      return rewrite_rtcp(datagram);
    case demux::PacketClass::kDtls:
    case demux::PacketClass::kRtp:
      return datagram.size();
    default:
      return 0;
  }
}

}  // namespace

std::size_t pseudonymise_datagram(Writable datagram, Pseudonyms& pseudonyms) {
  return rewrite(datagram, pseudonyms, 0);
}

}  // namespace rtcscope::ring
