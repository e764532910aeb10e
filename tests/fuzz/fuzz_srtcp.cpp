// Input: an octet that names profile and writer, one that says how many changes follow (place and what is
// flipped, three octets each), one that says how much is cut off, and the RTCP that libsrtp protects first.
// What the tag says of the changed packet is what libsrtp finds when it opens it.

#include <srtp2/srtp.h>

#include <algorithm>
#include <array>
#include <vector>

#include "decoders/srtp/srtcp_context.hpp"
#include "decoders/srtp/srtcp_tag.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace rtcscope;

namespace {

constexpr std::array kProfiles{srtp::Profile::kAes128CmSha1_80, srtp::Profile::kAes128CmSha1_32,
                               srtp::Profile::kAeadAes128Gcm, srtp::Profile::kAeadAes256Gcm};
constexpr std::size_t kHeader = 8;  // libsrtp protects nothing shorter

/// One writer's key and salt.
std::vector<std::byte> key_of(srtp::Profile profile) {
  std::vector<std::byte> key(srtp::key_sizes(profile).one_writer());
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::byte>(3 * i + 1);
  return key;
}

std::vector<std::byte> protect(srtp::Profile profile, Bytes clear) {
  std::vector<std::byte> key = key_of(profile);
  srtp_policy_t policy{};
  const auto id = static_cast<srtp_profile_t>(profile);
  srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, id);
  srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, id);
  policy.ssrc.type = ssrc_any_outbound;
  policy.key = reinterpret_cast<unsigned char*>(key.data());
  srtp_t session = nullptr;
  fuzz::check(srtp_create(&session, &policy) == srtp_err_status_ok, "libsrtp takes its own policy");
  std::vector<std::byte> packet(clear.begin(), clear.end());
  packet.resize(clear.size() + SRTP_MAX_TRAILER_LEN + 4);
  int length = static_cast<int>(clear.size());
  fuzz::check(srtp_protect_rtcp(session, packet.data(), &length) == srtp_err_status_ok, "RTCP is protected");
  packet.resize(static_cast<std::size_t>(length));
  srtp_dealloc(session);
  return packet;
}

bool enciphered(srtp::Profile profile, Bytes packet) {
  const bool gcm = srtp::key_sizes(profile).salt == 12;
  const std::size_t flag_from_end = gcm ? 4 : 14;
  return packet.size() >= flag_from_end &&
         (packet[packet.size() - flag_from_end] & std::byte{0x80}) != std::byte{0};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static srtp::SrtcpTag tag;
  const Bytes input = fuzz::bytes_of(data, size);
  const std::size_t changes = size < 3 ? 0 : 3 * (data[1] % 4);
  if (size < 3 + changes + kHeader || size > srtp::SrtcpContext::kMaxPacket) return 0;
  const srtp::Profile profile = kProfiles[data[0] % kProfiles.size()];
  const srtp::KeyingMaterial key{Bytes(key_of(profile))};
  auto context = srtp::SrtcpContext::create(key, profile, srtp::Writer::kDtlsClient);
  fuzz::check(context.has_value(), "a key of the profile's length makes a context");
  std::vector<std::byte> packet = protect(profile, input.subspan(3 + changes));
  for (const std::uint8_t* change = data + 3; change != data + 3 + changes; change += 3) {
    packet[(change[0] << 8 | change[1]) % packet.size()] ^= static_cast<std::byte>(change[2]);
  }
  packet.resize(packet.size() - std::min<std::size_t>(data[2], packet.size()));
  srtp::SrtcpContext::Scratch scratch;
  const bool opens = context->open(packet, scratch).has_value();
  const bool fits = tag.fits(key, profile, srtp::Writer::kDtlsClient, packet);
  // WebRTC's SRTCP is always enciphered; libsrtp would take what is only authentic.
  fuzz::check(fits == (opens && enciphered(profile, packet)), "the tag says what libsrtp says");
  return 0;
}
