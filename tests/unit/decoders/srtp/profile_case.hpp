#pragma once
// Each protection profile and each side's key: what tests of SRTCP go through.

#include "decoders/srtp/keying.hpp"
#include "tests/support/named_case.hpp"

namespace rtcscope::srtp {

struct ProfileCase : rtcscope::testing::NamedCase {
  Profile profile;
};
inline constexpr ProfileCase kProfiles[] = {{{"aes128_cm_sha1_80"}, Profile::kAes128CmSha1_80},
                                            {{"aes128_cm_sha1_32"}, Profile::kAes128CmSha1_32},
                                            {{"aead_aes128_gcm"}, Profile::kAeadAes128Gcm},
                                            {{"aead_aes256_gcm"}, Profile::kAeadAes256Gcm}};
inline constexpr Writer kWriters[] = {Writer::kDtlsClient, Writer::kDtlsServer};

}  // namespace rtcscope::srtp
