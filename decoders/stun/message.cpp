#include "decoders/stun/message.hpp"

#include <zlib.h>

#include <algorithm>

namespace rtcscope::stun {
namespace {

constexpr std::uint32_t kMagicCookie = 0x2112a442;
constexpr std::uint32_t kHeaderSize = 20;
constexpr std::uint32_t kFingerprintXor = 0x5354554e;  // RFC 8489, 14.7

Unexpected<StunError> fail(StunErrc code, std::size_t offset) noexcept {
  return {StunError{code, static_cast<std::uint32_t>(offset)}};
}

// RFC 8489, 5: the class bits C1 and C0 lie between the method bits.
constexpr Method method_of(std::uint16_t type) noexcept {
  return static_cast<Method>((type & 0x000f) | (type & 0x00e0) >> 1 | (type & 0x3e00) >> 2);
}
constexpr MessageClass class_of(std::uint16_t type) noexcept {
  return static_cast<MessageClass>((type & 0x0100) >> 7 | (type & 0x0010) >> 4);
}

}  // namespace

const char* to_string(StunErrc code) noexcept {
  switch (code) {
    case StunErrc::kTruncatedHeader:
      return "truncated_header";
    case StunErrc::kNotStun:
      return "not_stun";
    case StunErrc::kBadCookie:
      return "bad_cookie";
    case StunErrc::kBadLength:
      return "bad_length";
    case StunErrc::kTruncatedAttribute:
      return "truncated_attribute";
    case StunErrc::kTooManyAttributes:
      return "too_many_attributes";
  }
  return "unknown";
}

Result<MessageView, StunError> parse_stun(Bytes datagram) noexcept {
  ByteReader reader(datagram);
  const std::uint16_t type = reader.u16();
  const std::uint16_t length = reader.u16();
  const std::uint32_t cookie = reader.u32();
  const Bytes transaction = reader.take(12);
  if (!reader.ok()) return fail(StunErrc::kTruncatedHeader, reader.offset());
  if ((type & 0xfc00) != 0) return fail(StunErrc::kNotStun, 0);
  if (cookie != kMagicCookie) return fail(StunErrc::kBadCookie, 4);
  if (length % 4 != 0 || length > reader.remaining()) return fail(StunErrc::kBadLength, 2);

  MessageView message;
  message.method = method_of(type);
  message.message_class = class_of(type);
  std::copy(transaction.begin(), transaction.end(), message.transaction_id.begin());
  message.bytes = datagram.first(kHeaderSize + length);

  ByteReader attributes(message.bytes);
  attributes.skip(kHeaderSize);
  while (!attributes.empty()) {
    AttributeView attribute;
    attribute.offset = attributes.offset32();
    attribute.type = static_cast<AttributeType>(attributes.u16());
    const std::uint16_t size = attributes.u16();
    attribute.value = attributes.take(size);
    attributes.skip((4U - size % 4U) % 4U);
    if (!attributes.ok()) return fail(StunErrc::kTruncatedAttribute, attribute.offset);
    if (message.attribute_count_ == MessageView::kMaxAttributes) {
      return fail(StunErrc::kTooManyAttributes, attribute.offset);
    }
    message.attributes_[message.attribute_count_++] = attribute;
  }
  return message;
}

const AttributeView* MessageView::find(AttributeType type) const noexcept {
  const auto all = attributes();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const AttributeView& a) { return a.type == type; });
  return found == all.end() ? nullptr : &*found;
}

std::optional<std::string_view> MessageView::text(AttributeType type) const noexcept {
  const AttributeView* attribute = find(type);
  if (attribute == nullptr) return std::nullopt;
  // Octets read as characters: char may alias anything.
  return std::string_view(reinterpret_cast<const char*>(attribute->value.data()), attribute->value.size());
}

std::optional<std::uint32_t> MessageView::u32(AttributeType type) const noexcept {
  const AttributeView* attribute = find(type);
  if (attribute == nullptr || attribute->value.size() != 4) return std::nullopt;
  return ByteReader(attribute->value).u32();
}

std::optional<std::uint64_t> MessageView::u64(AttributeType type) const noexcept {
  const AttributeView* attribute = find(type);
  if (attribute == nullptr || attribute->value.size() != 8) return std::nullopt;
  return ByteReader(attribute->value).u64();
}

// RFC 8489, 14.1 and 14.2: family 1 is IPv4, 2 is IPv6; XORed with the cookie and, in IPv6, the transaction.
std::optional<Endpoint> MessageView::address(AttributeType type, bool xored) const noexcept {
  const AttributeView* attribute = find(type);
  if (attribute == nullptr) return std::nullopt;
  ByteReader reader(attribute->value);
  reader.skip(1);
  const std::uint8_t family = reader.u8();
  const std::uint16_t port = reader.u16();
  if (family != 1 && family != 2) return std::nullopt;
  const Bytes octets = reader.take(family == 1 ? 4 : 16);
  if (!reader.ok() || !reader.empty()) return std::nullopt;
  Endpoint endpoint{IpAddress::from_octets(octets), port};
  if (!xored) return endpoint;
  endpoint.port ^= kMagicCookie >> 16;
  const Bytes key = bytes.subspan(4, octets.size());  // the cookie, then the transaction id
  for (std::size_t i = 0; i < octets.size(); ++i) {
    endpoint.address.octets[i] ^= static_cast<std::uint8_t>(key[i]);
  }
  return endpoint;
}

std::optional<Endpoint> MessageView::mapped_address() const noexcept {
  return address(AttributeType::kMappedAddress, false);
}
std::optional<Endpoint> MessageView::xor_mapped_address() const noexcept {
  return address(AttributeType::kXorMappedAddress, true);
}
std::optional<Endpoint> MessageView::xor_peer_address() const noexcept {
  return address(AttributeType::kXorPeerAddress, true);
}
std::optional<Endpoint> MessageView::xor_relayed_address() const noexcept {
  return address(AttributeType::kXorRelayedAddress, true);
}
std::optional<std::string_view> MessageView::username() const noexcept {
  return text(AttributeType::kUsername);
}
std::optional<std::string_view> MessageView::realm() const noexcept {
  return text(AttributeType::kRealm);
}
std::optional<std::string_view> MessageView::nonce() const noexcept {
  return text(AttributeType::kNonce);
}
std::optional<std::string_view> MessageView::software() const noexcept {
  return text(AttributeType::kSoftware);
}

// RFC 8489, 14.8: 21 reserved bits, the hundreds, the rest, a reason phrase.
std::optional<ErrorCodeView> MessageView::error_code() const noexcept {
  const auto phrase = text(AttributeType::kErrorCode);
  if (!phrase || phrase->size() < 4) return std::nullopt;
  ByteReader reader(find(AttributeType::kErrorCode)->value);
  reader.skip(2);
  const std::uint8_t hundreds = reader.u8() & 7;
  const std::uint8_t number = reader.u8();
  if (hundreds < 3 || hundreds > 6 || number > 99) return std::nullopt;
  return ErrorCodeView{static_cast<std::uint16_t>(hundreds * 100 + number), phrase->substr(4)};
}

std::optional<std::uint32_t> MessageView::priority() const noexcept {
  return u32(AttributeType::kPriority);
}
std::optional<std::uint64_t> MessageView::ice_controlling() const noexcept {
  return u64(AttributeType::kIceControlling);
}
std::optional<std::uint64_t> MessageView::ice_controlled() const noexcept {
  return u64(AttributeType::kIceControlled);
}

std::optional<std::uint16_t> MessageView::channel_number() const noexcept {
  const auto value = u32(AttributeType::kChannelNumber);  // RFC 8656, 18.1: the number, then 16 reserved bits
  if (!value) return std::nullopt;
  return static_cast<std::uint16_t>(*value >> 16);
}

std::optional<std::uint32_t> MessageView::lifetime_s() const noexcept {
  return u32(AttributeType::kLifetime);
}

std::optional<std::uint8_t> MessageView::requested_transport() const noexcept {
  const auto value =
      u32(AttributeType::kRequestedTransport);  // RFC 8656, 18.7: the protocol, then 24 reserved bits
  if (!value) return std::nullopt;
  return static_cast<std::uint8_t>(*value >> 24);
}

std::optional<std::uint32_t> MessageView::nomination() const noexcept {
  return u32(AttributeType::kNomination);
}
std::optional<std::uint32_t> MessageView::network_info() const noexcept {
  return u32(AttributeType::kGoogNetworkInfo);
}

std::optional<Bytes> MessageView::dtls_in_stun() const noexcept {
  const AttributeView* attribute = find(AttributeType::kMetaDtlsInStun);
  if (attribute == nullptr) return std::nullopt;
  return attribute->value;
}

std::optional<Bytes> MessageView::data() const noexcept {
  const AttributeView* attribute = find(AttributeType::kData);
  if (attribute == nullptr) return std::nullopt;
  return attribute->value;
}

// CRC-32 of everything before the attribute; the length field already counts it (RFC 8489, 14.7).
bool MessageView::fingerprint_valid() const noexcept {
  const AttributeView* attribute = find(AttributeType::kFingerprint);
  if (attribute == nullptr || attribute->value.size() != 4) return false;
  if (attribute->offset + 8 != bytes.size()) return false;  // it must be the last attribute
  const auto crc = crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), attribute->offset);
  return (static_cast<std::uint32_t>(crc) ^ kFingerprintXor) == ByteReader(attribute->value).u32();
}

}  // namespace rtcscope::stun
