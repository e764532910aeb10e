#pragma once
// Protects RTP and RTCP for tests, with a known secret.

#include <gtest/gtest.h>
#include <srtp2/srtp.h>

#include <memory>
#include <type_traits>
#include <vector>

#include "decoders/srtp/srtcp_context.hpp"
#include "tests/support/packet_builder.hpp"

namespace rtcscope::testing {

// Octets that are all different, so that a key taken from a wrong place is a wrong key; another secret for
// each `handshake`.
inline Octets exported(srtp::Profile profile, unsigned handshake = 0) {
  Octets octets;
  for (std::size_t i = 0; i < srtp::key_sizes(profile).exported(); ++i)
    octets.push_back(static_cast<std::byte>((i * 3 + 1) ^ handshake));
  return octets;
}

/// The master key and the master salt of one writer, from what was exported of both.
inline Octets half_of(srtp::Profile profile, const Octets& all, srtp::Writer writer) {
  const auto [key, salt] = srtp::key_sizes(profile);
  const std::size_t side = writer == srtp::Writer::kDtlsClient ? 0 : 1;
  const auto at = [&](std::size_t offset) { return all.begin() + static_cast<std::ptrdiff_t>(offset); };
  Octets half(at(side * key), at(side * key + key));
  half.insert(half.end(), at(2 * key + side * salt), at(2 * key + side * salt + salt));
  return half;
}

/// The sending side, straight on libsrtp with the key layout of RFC 5764, 4.2 spelt out once more.
class SrtpSender {
 public:
  SrtpSender(srtp::Profile profile, srtp::Writer writer, unsigned handshake = 0)
      : SrtpSender(profile, writer, exported(profile, handshake)) {}
  SrtpSender(srtp::Profile profile, srtp::Writer writer, const Octets& all) {
    // libsrtp refuses to be set up twice in a program, and SrtcpContext does it for itself.
    EXPECT_TRUE(srtp::SrtcpContext::create(srtp::KeyingMaterial{Bytes(exported(profile))}, profile, writer));
    const srtp::KeySizes sizes = srtp::key_sizes(profile);
    const auto part = [&](std::size_t at, std::size_t n) {
      for (std::size_t i = 0; i < n; ++i) key_.push_back(static_cast<unsigned char>(all[at + i]));
    };
    const bool client = writer == srtp::Writer::kDtlsClient;
    part(client ? 0 : sizes.key, sizes.key);
    part(2 * sizes.key + (client ? 0 : sizes.salt), sizes.salt);
    srtp_policy_t policy{};
    const auto id = static_cast<srtp_profile_t>(profile);
    EXPECT_EQ(srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, id), srtp_err_status_ok);
    EXPECT_EQ(srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, id), srtp_err_status_ok);
    policy.ssrc.type = ssrc_any_outbound;
    policy.key = key_.data();
    srtp_t session = nullptr;
    EXPECT_EQ(srtp_create(&session, &policy), srtp_err_status_ok);
    session_.reset(session);
  }

  Octets protect_rtcp(Octets packet) { return protect(std::move(packet), srtp_protect_rtcp); }
  Octets protect_rtp(Octets packet) { return protect(std::move(packet), srtp_protect); }

 private:
  template <class Call>
  Octets protect(Octets packet, Call call) {
    int length = static_cast<int>(packet.size());
    packet.resize(packet.size() + SRTP_MAX_TRAILER_LEN + 4);
    EXPECT_EQ(call(session_.get(), packet.data(), &length), srtp_err_status_ok);
    packet.resize(static_cast<std::size_t>(length));
    return packet;
  }

  struct Deleter {
    void operator()(srtp_t session) const noexcept { srtp_dealloc(session); }
  };
  std::vector<unsigned char> key_;
  std::unique_ptr<std::remove_pointer_t<srtp_t>, Deleter> session_;
};

}  // namespace rtcscope::testing
