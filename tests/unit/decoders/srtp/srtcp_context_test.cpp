#include "decoders/srtp/srtcp_context.hpp"

#include <gtest/gtest.h>
#include <srtp2/srtp.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "decoders/rtcp/srtcp_clear.hpp"
#include "tests/support/named_case.hpp"
#include "tests/support/packet_builder.hpp"

namespace rtcscope::srtp {
namespace {

using rtcscope::testing::Octets;
using OctetWriter = rtcscope::testing::Writer;  // srtp::Writer is who wrote a packet

struct ProfileCase : rtcscope::testing::NamedCase {
  Profile profile;
};
constexpr ProfileCase kProfiles[] = {{{"aes128_cm_sha1_80"}, Profile::kAes128CmSha1_80},
                                     {{"aes128_cm_sha1_32"}, Profile::kAes128CmSha1_32},
                                     {{"aead_aes128_gcm"}, Profile::kAeadAes128Gcm},
                                     {{"aead_aes256_gcm"}, Profile::kAeadAes256Gcm}};
constexpr Writer kWriters[] = {Writer::kDtlsClient, Writer::kDtlsServer};

// Octets that are all different, so that a key taken from a wrong place is a wrong key.
Octets exported(Profile profile) {
  Octets octets;
  for (std::size_t i = 0; i < key_sizes(profile).exported(); ++i)
    octets.push_back(static_cast<std::byte>(i * 3 + 1));
  return octets;
}

std::optional<SrtcpContext> context(Profile profile, Writer writer) {
  return SrtcpContext::create(KeyingMaterial{Bytes(exported(profile))}, profile, writer);
}

/// The sending side, straight on libsrtp with the key layout of RFC 5764, 4.2 spelt out once more.
class Sender {
 public:
  Sender(Profile profile, Writer writer) {
    // libsrtp refuses to be set up twice in a program, and SrtcpContext does it for itself.
    EXPECT_TRUE(context(profile, writer));
    const KeySizes sizes = key_sizes(profile);
    const Octets all = exported(profile);
    const auto part = [&](std::size_t at, std::size_t n) {
      for (std::size_t i = 0; i < n; ++i) key_.push_back(static_cast<unsigned char>(all[at + i]));
    };
    const bool client = writer == Writer::kDtlsClient;
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

Octets receiver_report() {
  return OctetWriter{}.u8(0x81).u8(201).u16(7).u32(0x11223344).zeros(24).octets;
}

class EachProfile : public ::testing::TestWithParam<ProfileCase> {
 protected:
  static Profile profile() { return GetParam().profile; }
};
INSTANTIATE_TEST_SUITE_P(SrtcpContext, EachProfile, ::testing::ValuesIn(kProfiles),
                         rtcscope::testing::CaseName{});

TEST_P(EachProfile, OpensWhatItsWriterSent) {
  for (const Writer writer : kWriters) {
    Sender sender(profile(), writer);
    auto receiver = context(profile(), writer);
    ASSERT_TRUE(receiver);
    SrtcpContext::Scratch scratch;
    for (int i = 0; i < 3; ++i) {
      const Octets clear = receiver_report();
      const Octets packet = sender.protect_rtcp(clear);
      const auto opened = receiver->open(packet, scratch);
      ASSERT_TRUE(opened);
      EXPECT_TRUE(std::equal(opened->begin(), opened->end(), clear.begin(), clear.end()));
    }
  }
}

TEST_P(EachProfile, ClearPartAgreesWithTheSender) {
  Sender sender(profile(), Writer::kDtlsClient);
  const bool aead = profile() == Profile::kAeadAes128Gcm || profile() == Profile::kAeadAes256Gcm;
  const Octets clear = receiver_report();
  for (std::uint32_t index = 1; index <= 3; ++index) {
    const Octets packet = sender.protect_rtcp(clear);
    const auto head = rtcp::parse_srtcp_head(packet);
    ASSERT_TRUE(head);
    EXPECT_EQ(head->payload_type, 201);
    EXPECT_EQ(head->sender_ssrc, 0x11223344U);
    EXPECT_EQ(head->first_block_size, clear.size());
    const auto tail = rtcp::parse_srtcp_tail(packet, aead ? rtcp::kSrtcpAead : rtcp::kSrtcpSha1);
    ASSERT_TRUE(tail);
    EXPECT_TRUE(tail->encrypted);
    EXPECT_EQ(tail->index, index);
    EXPECT_EQ(tail->clear_size, clear.size());
  }
}

TEST_P(EachProfile, TheOtherWritersKeyIsNotAuthentic) {
  Sender sender(profile(), Writer::kDtlsClient);
  auto receiver = context(profile(), Writer::kDtlsServer);
  ASSERT_TRUE(receiver);
  SrtcpContext::Scratch scratch;
  const auto opened = receiver->open(sender.protect_rtcp(receiver_report()), scratch);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, SrtcpErrc::kNotAuthentic);
}

TEST_P(EachProfile, EachChangedOctetIsRefusedAndTheTrueOneStillOpens) {
  Sender sender(profile(), Writer::kDtlsServer);
  auto receiver = context(profile(), Writer::kDtlsServer);
  ASSERT_TRUE(receiver);
  SrtcpContext::Scratch scratch;
  const Octets packet = sender.protect_rtcp(receiver_report());
  for (std::size_t i = 0; i < packet.size(); ++i) {
    Octets changed = packet;
    changed[i] ^= std::byte{0x10};
    EXPECT_FALSE(receiver->open(changed, scratch)) << i;
  }
  EXPECT_TRUE(receiver->open(packet, scratch));
}

TEST_P(EachProfile, SecondCopyIsReplayed) {
  Sender sender(profile(), Writer::kDtlsServer);
  auto receiver = context(profile(), Writer::kDtlsServer);
  ASSERT_TRUE(receiver);
  SrtcpContext::Scratch scratch;
  const Octets packet = sender.protect_rtcp(receiver_report());
  ASSERT_TRUE(receiver->open(packet, scratch));
  const auto again = receiver->open(packet, scratch);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, SrtcpErrc::kReplayed);
}

TEST_P(EachProfile, EveryTruncationIsRefused) {
  Sender sender(profile(), Writer::kDtlsServer);
  auto receiver = context(profile(), Writer::kDtlsServer);
  ASSERT_TRUE(receiver);
  SrtcpContext::Scratch scratch;
  const Octets packet = sender.protect_rtcp(receiver_report());
  for (std::size_t size = 0; size < packet.size(); ++size) {
    EXPECT_FALSE(receiver->open(Bytes(packet).first(size), scratch)) << size;
  }
}

// Media stays shut: the context has the same master key, but no way to open SRTP with it.
TEST_P(EachProfile, MediaIsNeverOpened) {
  Sender sender(profile(), Writer::kDtlsServer);
  auto receiver = context(profile(), Writer::kDtlsServer);
  ASSERT_TRUE(receiver);
  SrtcpContext::Scratch scratch;
  for (std::uint16_t sequence_number = 0; sequence_number < 100; ++sequence_number) {
    const Octets packet = sender.protect_rtp(rtcscope::testing::rtp(7, sequence_number, 1));
    EXPECT_FALSE(receiver->open(packet, scratch));
  }
}

TEST_P(EachProfile, MaterialOfAnotherLengthIsRefused) {
  const Octets material = exported(profile());
  for (const std::size_t less : {std::size_t{1}, std::size_t{2}, material.size()}) {
    const KeyingMaterial shorter{Bytes(material).first(material.size() - less)};
    EXPECT_FALSE(SrtcpContext::create(shorter, profile(), Writer::kDtlsClient)) << less;
  }
}

TEST(SrtcpContext, TooLongAPacketIsNotCopied) {
  auto receiver = context(Profile::kAeadAes128Gcm, Writer::kDtlsClient);
  ASSERT_TRUE(receiver);
  SrtcpContext::Scratch scratch;
  const auto opened = receiver->open(Octets(SrtcpContext::kMaxPacket + 1), scratch);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, SrtcpErrc::kTooLong);
}

TEST(SrtcpErrcNames, EachCodeHasItsOwn) {
  const std::set<std::string> names{to_string(SrtcpErrc::kTooLong), to_string(SrtcpErrc::kNotAuthentic),
                                    to_string(SrtcpErrc::kReplayed), to_string(SrtcpErrc::kFailed)};
  EXPECT_EQ(names.size(), 4U);
  EXPECT_EQ(names.count("unknown"), 0U);
}

}  // namespace
}  // namespace rtcscope::srtp
