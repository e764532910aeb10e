#include "decoders/dtls/handshake.hpp"

#include <algorithm>

namespace rtcscope::dtls {
namespace {

constexpr std::uint16_t kExtensionSupportedGroups = 10;    // RFC 8446, 4.2.7
constexpr std::uint16_t kExtensionUseSrtp = 14;            // RFC 5764, 4.1
constexpr std::uint16_t kExtensionSupportedVersions = 43;  // RFC 8446, 4.2.1
constexpr std::uint16_t kExtensionKeyShare = 51;           // RFC 8446, 4.2.8
constexpr std::uint16_t kExtensionConnectionId = 54;       // RFC 9146, 3
constexpr std::uint16_t kDtls13 = 0xfefc;

// RFC 8446, 4.1.3: the random of a ServerHello that is a HelloRetryRequest.
constexpr std::array<std::uint8_t, 32> kHelloRetryRandom{
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

Unexpected<DtlsError> fail(DtlsErrc code, std::uint32_t offset) noexcept {
  return {DtlsError{code, offset}};
}

/// Calls `use(type, value)` for each extension; false when the list is broken. No list at all is fine.
template <class Use>
bool for_each_extension(ByteReader& hello, Use use) noexcept {
  if (hello.empty()) return hello.ok();
  ByteReader list(hello.take(hello.u16()));
  while (hello.ok() && !list.empty()) {
    const std::uint16_t type = list.u16();
    const Bytes value = list.take(list.u16());
    if (!list.ok()) return false;
    use(type, ByteReader(value));
  }
  return hello.ok();
}

void read_use_srtp(ByteReader value, ClientHelloView& hello) noexcept {
  ByteReader profiles(value.take(value.u16()));
  hello.has_use_srtp = value.ok();
  while (profiles.remaining() >= 2 && hello.srtp_profile_count < hello.srtp_profiles.size()) {
    hello.srtp_profiles[hello.srtp_profile_count++] = profiles.u16();
  }
}

bool holds_dtls13(Bytes list) noexcept {
  ByteReader versions(list);
  while (versions.remaining() >= 2) {
    if (versions.u16() == kDtls13) return true;
  }
  return false;
}

void read_extension(std::uint16_t type, ByteReader value, ClientHelloView& hello) noexcept {
  switch (type) {
    case kExtensionUseSrtp:
      read_use_srtp(value, hello);
      break;
    case kExtensionSupportedVersions:
      hello.supported_versions = value.take(value.u8());
      hello.offers_dtls13 = holds_dtls13(hello.supported_versions);
      break;
    case kExtensionSupportedGroups:
      hello.supported_groups = value.take(value.u16());
      break;
    case kExtensionConnectionId:
      hello.offers_connection_id = true;
      hello.connection_id_length = value.u8();
      break;
    default:
      break;
  }
}

}  // namespace

Result<HandshakeFragmentView, DtlsError> take_fragment(ByteReader& record) noexcept {
  const std::uint32_t start = record.offset32();
  HandshakeFragmentView fragment;
  fragment.msg_type = static_cast<HandshakeType>(record.u8());
  fragment.length = record.u24();
  fragment.message_seq = record.u16();
  fragment.fragment_offset = record.u24();
  fragment.bytes = record.take(record.u24());
  if (!record.ok()) return fail(DtlsErrc::kTruncatedHandshake, start);
  if (fragment.fragment_offset + fragment.bytes.size() > fragment.length)
    return fail(DtlsErrc::kBadFragment, start);
  return fragment;
}

Result<ClientHelloView, DtlsError> parse_client_hello(Bytes body) noexcept {
  ByteReader reader(body);
  ClientHelloView hello;
  hello.legacy_version = reader.u16();
  hello.random = reader.take(32);
  hello.session_id = reader.take(reader.u8());
  hello.cookie = reader.take(reader.u8());
  hello.cipher_suites = reader.take(reader.u16());
  reader.skip(reader.u8());  // compression methods
  if (!reader.ok()) return fail(DtlsErrc::kBadClientHello, reader.offset32());
  const bool whole = for_each_extension(
      reader, [&](std::uint16_t type, ByteReader value) { read_extension(type, value, hello); });
  if (!whole) return fail(DtlsErrc::kBadClientHello, reader.offset32());
  return hello;
}

Result<ServerHelloView, DtlsError> parse_server_hello(Bytes body) noexcept {
  ByteReader reader(body);
  ServerHelloView hello;
  hello.version = reader.u16();
  hello.random = reader.take(32);
  reader.skip(reader.u8());  // session id
  hello.cipher_suite = reader.u16();
  reader.skip(1);  // compression method
  if (!reader.ok()) return fail(DtlsErrc::kBadServerHello, reader.offset32());
  hello.is_hello_retry_request =
      std::equal(kHelloRetryRandom.begin(), kHelloRetryRandom.end(), hello.random.begin(),
                 [](std::uint8_t want, std::byte have) { return want == static_cast<std::uint8_t>(have); });
  bool versions_whole = true;
  const bool whole = for_each_extension(reader, [&](std::uint16_t type, ByteReader value) {
    if (type == kExtensionSupportedVersions) {
      hello.version = value.u16();
      versions_whole = value.ok() && value.empty();
    }
    if (type == kExtensionUseSrtp) {
      ByteReader profiles(value.take(value.u16()));
      hello.srtp_profile = profiles.u16();
    }
    if (type == kExtensionKeyShare) hello.group = value.u16();
    if (type == kExtensionConnectionId) hello.connection_id_length = value.u8();
  });
  if (!whole || !versions_whole) return fail(DtlsErrc::kBadServerHello, reader.offset32());
  return hello;
}

// RFC 8422, 5.4: ECCurveType named_curve (3), the curve, the length of the point and the point.
std::uint16_t server_key_exchange_group(Bytes body) noexcept {
  constexpr std::uint8_t kNamedCurve = 3;
  ByteReader reader(body);
  const bool named = reader.u8() == kNamedCurve;
  const std::uint16_t curve = reader.u16();
  reader.skip(reader.u8());
  return named && reader.ok() ? curve : std::uint16_t{0};
}

Result<Bytes, DtlsError> leaf_certificate(Bytes body) noexcept {
  ByteReader reader(body);
  ByteReader list(reader.take(reader.u24()));
  const Bytes leaf = list.take(list.u24());
  if (!reader.ok() || !list.ok() || leaf.empty()) return fail(DtlsErrc::kBadCertificate, reader.offset32());
  return leaf;
}

Result<AlertView, DtlsError> parse_alert(Bytes fragment) noexcept {
  ByteReader reader(fragment);
  AlertView alert;
  alert.level = reader.u8();
  alert.description = reader.u8();
  if (!reader.ok() || !reader.empty() || alert.level < 1 || alert.level > 2) {
    return fail(DtlsErrc::kBadAlert, reader.offset32());
  }
  return alert;
}

}  // namespace rtcscope::dtls
