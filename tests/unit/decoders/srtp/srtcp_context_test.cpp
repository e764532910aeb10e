#include "decoders/srtp/srtcp_context.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "decoders/rtcp/srtcp_clear.hpp"
#include "tests/support/packet_builder.hpp"
#include "tests/support/srtp_sender.hpp"
#include "tests/unit/decoders/srtp/profile_case.hpp"

namespace rtcscope::srtp {
namespace {

using rtcscope::testing::exported;
using rtcscope::testing::half_of;
using rtcscope::testing::Octets;
using Sender = rtcscope::testing::SrtpSender;
using OctetWriter = rtcscope::testing::Writer;  // srtp::Writer is who wrote a packet

std::optional<SrtcpContext> context(Profile profile, Writer writer) {
  return SrtcpContext::create(KeyingMaterial{Bytes(exported(profile))}, profile, writer);
}

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

TEST_P(EachProfile, TheKeyOfOneWriterOpensWhatThatWriterSentAndNothingElse) {
  for (const Writer writer : kWriters) {
    const KeyingMaterial half{Bytes(half_of(profile(), exported(profile()), writer))};
    Sender sender(profile(), writer);
    Sender other(profile(), writer == Writer::kDtlsClient ? Writer::kDtlsServer : Writer::kDtlsClient);
    auto receiver = SrtcpContext::create(half, *srtcp_profile_of_length(half.size()), Writer::kDtlsServer);
    ASSERT_TRUE(receiver);
    SrtcpContext::Scratch scratch;
    const Octets clear = receiver_report();
    EXPECT_FALSE(receiver->open(other.protect_rtcp(clear), scratch));
    const Octets packet = sender.protect_rtcp(clear);
    const auto opened = receiver->open(packet, scratch);
    ASSERT_TRUE(opened);
    EXPECT_TRUE(std::equal(opened->begin(), opened->end(), clear.begin(), clear.end()));
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
  for (const std::size_t less :
       {std::size_t{1}, std::size_t{2}, material.size() / 2 - 1, material.size() / 2 + 1, material.size()}) {
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
