#include "capture/keys/key_slot.hpp"

#include <srtp2/crypto_types.h>
#include <srtp2/srtp.h>

#include <cstddef>

namespace rtcscope {
namespace {

// The kernel reads the structures of libsrtp by these places.
static_assert(sizeof(srtp_policy_t) == sizeof(rtc_srtp_policy));
static_assert(sizeof(srtp_crypto_policy_t) == sizeof(rtc_srtp_crypto));
static_assert(offsetof(srtp_policy_t, ssrc.type) == offsetof(rtc_srtp_policy, ssrc_type));
static_assert(offsetof(srtp_policy_t, ssrc.value) == offsetof(rtc_srtp_policy, ssrc));
static_assert(offsetof(srtp_policy_t, rtp) == offsetof(rtc_srtp_policy, rtp));
static_assert(offsetof(srtp_policy_t, rtcp) == offsetof(rtc_srtp_policy, rtcp));
static_assert(offsetof(srtp_policy_t, key) == offsetof(rtc_srtp_policy, key));
static_assert(offsetof(srtp_policy_t, keys) == offsetof(rtc_srtp_policy, keys));
static_assert(offsetof(srtp_policy_t, num_master_keys) == offsetof(rtc_srtp_policy, num_master_keys));
static_assert(offsetof(srtp_policy_t, next) == offsetof(rtc_srtp_policy, next));
static_assert(offsetof(srtp_master_key_t, key) == 0);
static_assert(offsetof(srtp_crypto_policy_t, cipher_type) == offsetof(rtc_srtp_crypto, cipher_type));
static_assert(offsetof(srtp_crypto_policy_t, cipher_key_len) == offsetof(rtc_srtp_crypto, cipher_key_octets));
static_assert(offsetof(srtp_crypto_policy_t, auth_type) == offsetof(rtc_srtp_crypto, auth_type));
static_assert(offsetof(srtp_crypto_policy_t, auth_key_len) == offsetof(rtc_srtp_crypto, auth_key_octets));
static_assert(offsetof(srtp_crypto_policy_t, auth_tag_len) == offsetof(rtc_srtp_crypto, auth_tag_octets));
static_assert(offsetof(srtp_crypto_policy_t, sec_serv) == offsetof(rtc_srtp_crypto, services));

/// SRTCP of a DTLS-SRTP profile.
struct Scheme {
  rtc_u32 cipher;
  rtc_u32 key_octets;
  rtc_u32 auth;
  rtc_u32 auth_key_octets;
  rtc_u32 tag_octets;
};
constexpr Scheme kSchemes[] = {
    {SRTP_AES_ICM_128, SRTP_AES_ICM_128_KEY_LEN_WSALT, SRTP_HMAC_SHA1, 20, 10},  // RFC 5764, 4.1.2
    {SRTP_AES_GCM_128, SRTP_AES_GCM_128_KEY_LEN_WSALT, SRTP_NULL_AUTH, 0, 16},   // RFC 7714, 14.2
    {SRTP_AES_GCM_256, SRTP_AES_GCM_256_KEY_LEN_WSALT, SRTP_NULL_AUTH, 0, 16}};

bool is_of(const Scheme& scheme, const rtc_srtp_crypto& crypto) {
  return crypto.cipher_type == scheme.cipher && crypto.cipher_key_octets == scheme.key_octets &&
         crypto.auth_type == scheme.auth && crypto.auth_tag_octets == scheme.tag_octets &&
         crypto.auth_key_octets == scheme.auth_key_octets && crypto.services == sec_serv_conf_and_auth;
}

/// libsrtp derives RTCP's keys by RTP's cipher (RFC 3711, 4.3): another one gives others. RTP's tag is its
/// own matter.
bool is_profile(const rtc_key_slot& slot) {
  for (const Scheme& scheme : kSchemes) {
    if (is_of(scheme, slot.rtcp)) {
      return slot.rtp.cipher_type == scheme.cipher && slot.rtp.cipher_key_octets == scheme.key_octets &&
             slot.size == scheme.key_octets;
    }
  }
  return false;
}

}  // namespace

Result<Bytes, KeySlotErrc> secret_in(const rtc_key_slot& slot) noexcept {
  if (slot.origin != RTC_FROM_EXPORT && slot.origin != RTC_FROM_POLICY) {
    return Unexpected{KeySlotErrc::kOrigin};
  }
  const int known =
      slot.origin == RTC_FROM_EXPORT ? rtc_is_export_octets(slot.size) : rtc_is_policy_octets(slot.size);
  if (known == 0) return Unexpected{KeySlotErrc::kSize};
  if (slot.origin == RTC_FROM_POLICY && !is_profile(slot)) return Unexpected{KeySlotErrc::kPolicy};
  return Bytes{reinterpret_cast<const std::byte*>(slot.octets), slot.size};
}

}  // namespace rtcscope
