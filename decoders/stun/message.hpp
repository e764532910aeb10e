#pragma once
// STUN messages (RFC 8489) with the attributes of ICE (RFC 8445), TURN (RFC 8656) and libwebrtc.
//
//   0                   1                   2                   3
//   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//  |0 0|     STUN Message Type     |         Message Length        |
//  |                         Magic Cookie                          |
//  |                     Transaction ID (96 bits)                  |

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/byte_reader.hpp"
#include "base/net.hpp"
#include "base/parse_error.hpp"
#include "base/result.hpp"

namespace rtcscope::stun {

enum class StunErrc : std::uint8_t {
  kTruncatedHeader,     // fewer than 20 octets (RFC 8489, 5)
  kNotStun,             // the first octet is over 3: no method that is not reserved (RFC 7983, 4 and 7)
  kBadCookie,           // not 0x2112a442
  kBadLength,           // not a multiple of four, or past the datagram
  kTruncatedAttribute,  // an attribute runs past the message (RFC 8489, 14)
  kTooManyAttributes,   // more than any real message carries
};
using StunError = ParseError<StunErrc>;
const char* to_string(StunErrc code) noexcept;

/// The method's 12 bits; others than these are values too.
enum class Method : std::uint16_t {
  kBinding = 0x001,
  kAllocate = 0x003,
  kRefresh = 0x004,
  kSend = 0x006,
  kData = 0x007,
  kCreatePermission = 0x008,
  kChannelBind = 0x009,
  kConnect = 0x00a,
  kConnectionBind = 0x00b,
  kConnectionAttempt = 0x00c,
  kGoogPing = 0x080,  // libwebrtc: a consent check without USERNAME and FINGERPRINT
};

enum class MessageClass : std::uint8_t { kRequest = 0, kIndication = 1, kSuccess = 2, kError = 3 };

/// Attribute types by the document that defines them. What is not listed is still kept.
enum class AttributeType : std::uint16_t {
  // RFC 8489, 18.3
  kMappedAddress = 0x0001,
  kUsername = 0x0006,
  kMessageIntegrity = 0x0008,
  kErrorCode = 0x0009,
  kUnknownAttributes = 0x000a,
  kRealm = 0x0014,
  kNonce = 0x0015,
  kMessageIntegritySha256 = 0x001c,
  kPasswordAlgorithm = 0x001d,
  kUserhash = 0x001e,
  kXorMappedAddress = 0x0020,
  kPasswordAlgorithms = 0x8002,
  kAlternateDomain = 0x8003,
  kSoftware = 0x8022,
  kAlternateServer = 0x8023,
  kFingerprint = 0x8028,
  // RFC 8445, 16.1
  kPriority = 0x0024,
  kUseCandidate = 0x0025,
  kIceControlled = 0x8029,
  kIceControlling = 0x802a,
  // RFC 8656, 18
  kChannelNumber = 0x000c,
  kLifetime = 0x000d,
  kXorPeerAddress = 0x0012,
  kData = 0x0013,
  kXorRelayedAddress = 0x0016,
  kRequestedAddressFamily = 0x0017,
  kEvenPort = 0x0018,
  kRequestedTransport = 0x0019,
  kDontFragment = 0x001a,
  kReservationToken = 0x0022,
  kAdditionalAddressFamily = 0x8000,
  kAddressErrorCode = 0x8001,
  kIcmp = 0x8004,
  // libwebrtc, not registered
  kNomination = 0xc001,
  kGoogNetworkInfo = 0xc057,
  kGoogLastIceCheckReceived = 0xc058,
  kGoogMiscInfo = 0xc059,
  kGoogConnectionId = 0xc05b,
  kGoogMessageIntegrity32 = 0xc060,
  kMetaDtlsInStun = 0xc070,
  kMetaDtlsInStunAck = 0xc071,
  kRetransmitCount = 0xff00,
};

struct AttributeView {
  AttributeType type{};
  std::uint32_t offset = 0;  // of the attribute's header from the start of the message
  Bytes value;               // without padding
};

struct ErrorCodeView {
  std::uint16_t code = 0;   // 300..699
  std::string_view reason;  // not checked to be UTF-8
};

using TransactionId = std::array<std::byte, 12>;

/// Spans and texts point into the datagram that was parsed.
class MessageView {
 public:
  static constexpr std::size_t kMaxAttributes = 32;

  Method method{};
  MessageClass message_class{};
  TransactionId transaction_id{};
  Bytes bytes;  // the whole message

  [[nodiscard]] std::span<const AttributeView> attributes() const noexcept {
    return {attributes_.data(), attribute_count_};
  }
  /// The first attribute of the type (RFC 8489, 14: later ones may be ignored); nullptr without one.
  [[nodiscard]] const AttributeView* find(AttributeType type) const noexcept;

  // Typed readers: nullopt when the attribute is absent or its value does not fit its format.
  [[nodiscard]] std::optional<Endpoint> mapped_address() const noexcept;
  [[nodiscard]] std::optional<Endpoint> xor_mapped_address() const noexcept;
  [[nodiscard]] std::optional<Endpoint> xor_peer_address() const noexcept;
  [[nodiscard]] std::optional<Endpoint> xor_relayed_address() const noexcept;
  [[nodiscard]] std::optional<std::string_view> username() const noexcept;
  [[nodiscard]] std::optional<std::string_view> realm() const noexcept;
  [[nodiscard]] std::optional<std::string_view> nonce() const noexcept;
  [[nodiscard]] std::optional<std::string_view> software() const noexcept;
  [[nodiscard]] std::optional<ErrorCodeView> error_code() const noexcept;
  [[nodiscard]] std::optional<std::uint32_t> priority() const noexcept;
  [[nodiscard]] std::optional<std::uint64_t> ice_controlling() const noexcept;
  [[nodiscard]] std::optional<std::uint64_t> ice_controlled() const noexcept;
  [[nodiscard]] bool use_candidate() const noexcept { return find(AttributeType::kUseCandidate) != nullptr; }
  [[nodiscard]] std::optional<std::uint16_t> channel_number() const noexcept;
  [[nodiscard]] std::optional<std::uint32_t> lifetime_s() const noexcept;
  [[nodiscard]] std::optional<std::uint8_t> requested_transport() const noexcept;
  [[nodiscard]] std::optional<std::uint32_t> nomination() const noexcept;
  [[nodiscard]] std::optional<std::uint32_t> network_info() const noexcept;
  [[nodiscard]] std::optional<Bytes> data() const noexcept;
  /// A DTLS datagram on its way in a check (draft-hancke-webrtc-sped); empty: supported, nothing to send.
  [[nodiscard]] std::optional<Bytes> dtls_in_stun() const noexcept;
  /// FINGERPRINT present and right (RFC 8489, 14.7).
  [[nodiscard]] bool fingerprint_valid() const noexcept;

 private:
  friend Result<MessageView, StunError> parse_stun(Bytes datagram) noexcept;

  [[nodiscard]] std::optional<std::string_view> text(AttributeType type) const noexcept;
  [[nodiscard]] std::optional<std::uint32_t> u32(AttributeType type) const noexcept;
  [[nodiscard]] std::optional<std::uint64_t> u64(AttributeType type) const noexcept;
  [[nodiscard]] std::optional<Endpoint> address(AttributeType type, bool xored) const noexcept;

  std::array<AttributeView, kMaxAttributes> attributes_{};
  std::size_t attribute_count_ = 0;
};

/// One message; octets behind it are ignored (they are not its). Does no cryptographic check.
Result<MessageView, StunError> parse_stun(Bytes datagram) noexcept;

}  // namespace rtcscope::stun
