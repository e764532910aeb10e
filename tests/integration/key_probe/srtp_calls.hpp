#pragma once
// Keys given to libsrtp the ways media servers do, and the SRTCP that comes of it.

#include <srtp2/srtp.h>

#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "tests/integration/key_probe/hex_line.hpp"

namespace rtcscope::testing {

/// False for a name that is none.
inline bool set_ciphers(srtp_policy_t& policy, const std::string& profile) {
  if (profile == "sha1_80") {
    srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
    srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
  } else if (profile == "sha1_32") {
    srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32(&policy.rtp);
    srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
  } else if (profile == "gcm128") {
    srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
    srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
  } else if (profile == "gcm256") {
    srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtp);
    srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtcp);
  } else if (profile == "cm256") {  // of no DTLS-SRTP profile
    srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80(&policy.rtp);
    srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80(&policy.rtcp);
  } else if (profile == "no_auth") {  // SRTCP without a tag is none (RFC 3711, 3.4)
    srtp_crypto_policy_set_aes_cm_128_null_auth(&policy.rtp);
    srtp_crypto_policy_set_aes_cm_128_null_auth(&policy.rtcp);
  } else {
    return false;
  }
  return true;
}

/// One stream's policy, with the memory that it points to.
class StreamPolicy {
 public:
  StreamPolicy(const std::string& profile, const std::string& key, unsigned ssrc)
      : key_(from_hex(key)), known_(set_ciphers(policy_, profile)) {
    policy_.ssrc = {ssrc_specific, ssrc};
    policy_.key = key_.data();
  }
  StreamPolicy(const StreamPolicy&) = delete;
  StreamPolicy& operator=(const StreamPolicy&) = delete;

  /// The form for master key identifiers, with a second key that is all zero.
  void use_key_list() {
    first_ = {key_.data(), &identifiers_[0], 1};
    second_ = {zero_.data(), &identifiers_[1], 1};
    policy_.keys = list_;
    policy_.num_master_keys = 2;
    policy_.key = nullptr;
  }
  [[nodiscard]] srtp_policy_t& operator*() noexcept { return policy_; }
  [[nodiscard]] bool known() const noexcept { return known_; }

 private:
  srtp_policy_t policy_{};
  std::vector<unsigned char> key_;
  std::vector<unsigned char> zero_ = std::vector<unsigned char>(64);
  unsigned char identifiers_[2] = {1, 2};
  srtp_master_key_t first_{}, second_{};
  srtp_master_key_t* list_[2] = {&first_, &second_};
  bool known_;
};

struct EndSrtp {
  void operator()(srtp_t session) const noexcept { srtp_dealloc(session); }
};
using SrtpSession = std::unique_ptr<std::remove_pointer_t<srtp_t>, EndSrtp>;

/// A receiver report (RFC 3550, 6.4.2) of this SSRC, protected, in hex; "refused" if libsrtp does not.
inline std::string protected_report(const SrtpSession& session, unsigned ssrc) {
  std::vector<unsigned char> packet{0x80, 201, 0, 1, 0, 0, 0, static_cast<unsigned char>(ssrc)};
  int length = static_cast<int>(packet.size());
  packet.resize(packet.size() + SRTP_MAX_TRAILER_LEN + 4);
  if (srtp_protect_rtcp(session.get(), packet.data(), &length) != srtp_err_status_ok) return "refused";
  packet.resize(static_cast<std::size_t>(length));
  return to_hex(packet);
}

}  // namespace rtcscope::testing
