#include "capture/keys/key_slot.hpp"

#include <gtest/gtest.h>
#include <srtp2/crypto_types.h>
#include <srtp2/srtp.h>

#include <cstring>
#include <functional>

#include "tests/support/named_case.hpp"

namespace rtcscope {
namespace {

rtc_srtp_crypto crypto_of(void (*set)(srtp_crypto_policy_t*)) {
  srtp_crypto_policy_t policy{};
  set(&policy);
  rtc_srtp_crypto crypto{};
  std::memcpy(&crypto, &policy, sizeof crypto);
  return crypto;
}

rtc_key_slot policy_slot(void (*rtp)(srtp_crypto_policy_t*), void (*rtcp)(srtp_crypto_policy_t*)) {
  rtc_key_slot slot{};
  slot.state = RTC_SLOT_FULL;
  slot.origin = RTC_FROM_POLICY;
  slot.rtp = crypto_of(rtp);
  slot.rtcp = crypto_of(rtcp);
  slot.size = slot.rtcp.cipher_key_octets;
  return slot;
}

rtc_key_slot sha1_slot() {
  return policy_slot(srtp_crypto_policy_set_rtp_default, srtp_crypto_policy_set_rtcp_default);
}

TEST(KeySlot, AnExportHasTheLengthOfAProfile) {
  rtc_key_slot slot{};
  for (slot.size = 0; slot.size <= 200; ++slot.size) {
    const auto octets = secret_in(slot);
    const bool known = slot.size == 56 || slot.size == 60 || slot.size == 88;
    ASSERT_EQ(octets.has_value(), known) << slot.size;
    if (!known) {
      EXPECT_EQ(octets.error(), KeySlotErrc::kSize);
      continue;
    }
    EXPECT_EQ(octets->size(), slot.size);
    EXPECT_EQ(static_cast<const void*>(octets->data()), static_cast<const void*>(slot.octets));
  }
}

// What libsrtp's own functions fill in.
TEST(KeySlot, APolicyIsThatOfAProfile) {
  const auto size = [](const rtc_key_slot& slot) {
    const auto octets = secret_in(slot);
    return octets ? octets->size() : 0;
  };
  EXPECT_EQ(size(sha1_slot()), 30U);
  // RFC 5764, 4.1.2: the short tag is RTP's alone.
  EXPECT_EQ(
      size(policy_slot(srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32, srtp_crypto_policy_set_rtcp_default)),
      30U);
  EXPECT_EQ(size(policy_slot(srtp_crypto_policy_set_aes_gcm_128_16_auth,
                             srtp_crypto_policy_set_aes_gcm_128_16_auth)),
            28U);
  EXPECT_EQ(size(policy_slot(srtp_crypto_policy_set_aes_gcm_256_16_auth,
                             srtp_crypto_policy_set_aes_gcm_256_16_auth)),
            44U);
}

struct Change : testing::NamedCase {
  std::function<void(rtc_key_slot&)> apply;
  KeySlotErrc error;
};

class ChangedSlot : public ::testing::TestWithParam<Change> {};

TEST_P(ChangedSlot, IsRefused) {
  rtc_key_slot slot = sha1_slot();
  GetParam().apply(slot);
  const auto octets = secret_in(slot);
  ASSERT_FALSE(octets);
  EXPECT_EQ(octets.error(), GetParam().error);
}

using enum KeySlotErrc;
INSTANTIATE_TEST_SUITE_P(
    KeySlot, ChangedSlot,
    ::testing::Values(
        Change{{"OriginThatIsNone"}, [](auto& slot) { slot.origin = 2; }, kOrigin},
        Change{
            {"OriginExportWithOneWritersLength"}, [](auto& slot) { slot.origin = RTC_FROM_EXPORT; }, kSize},
        Change{{"NoOctets"}, [](auto& slot) { slot.size = 0; }, kSize},
        Change{{"ExportsLength"}, [](auto& slot) { slot.size = 60; }, kSize},
        Change{{"LongerThanTheSlot"}, [](auto& slot) { slot.size = ~0U; }, kSize},
        Change{{"AnotherProfilesLength"}, [](auto& slot) { slot.size = 44; }, kPolicy},
        Change{{"RtcpNullCipher"}, [](auto& slot) { slot.rtcp.cipher_type = SRTP_NULL_CIPHER; }, kPolicy},
        Change{{"RtcpShortTag"}, [](auto& slot) { slot.rtcp.auth_tag_octets = 4; }, kPolicy},
        Change{{"RtcpNoTag"}, [](auto& slot) { slot.rtcp.auth_type = SRTP_NULL_AUTH; }, kPolicy},
        Change{{"RtcpNotEnciphered"}, [](auto& slot) { slot.rtcp.services = sec_serv_auth; }, kPolicy},
        Change{{"RtcpHmacKeyOfAnotherLength"}, [](auto& slot) { slot.rtcp.auth_key_octets = 0; }, kPolicy},
        Change{{"RtpAnotherCipher"}, [](auto& slot) { slot.rtp.cipher_type = SRTP_AES_GCM_128; }, kPolicy},
        Change{{"RtpAnotherKeyLength"}, [](auto& slot) { slot.rtp.cipher_key_octets = 46; }, kPolicy}),
    testing::CaseName{});

}  // namespace
}  // namespace rtcscope
