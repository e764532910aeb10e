// decoders/srtp/srtcp_tag.hpp, against what libsrtp sends and what libsrtp opens.

#include "decoders/srtp/srtcp_tag.hpp"

#include <gtest/gtest.h>

#include <random>

#include "decoders/srtp/srtcp_context.hpp"
#include "tests/support/packet_builder.hpp"
#include "tests/support/srtp_sender.hpp"
#include "tests/unit/decoders/srtp/profile_case.hpp"

namespace rtcscope::srtp {
namespace {

using rtcscope::testing::exported;
using rtcscope::testing::half_of;
using rtcscope::testing::Octets;
using Sender = rtcscope::testing::SrtpSender;
using OctetWriter = rtcscope::testing::Writer;

constexpr Writer other(Writer writer) {
  return writer == Writer::kDtlsClient ? Writer::kDtlsServer : Writer::kDtlsClient;
}

Octets receiver_report(std::size_t more = 0) {
  return OctetWriter{}.u8(0x81).u8(201).u16(7).u32(0x11223344).zeros(24 + more).octets;
}

class SrtcpTagOf : public ::testing::TestWithParam<ProfileCase> {
 protected:
  static Profile profile() { return GetParam().profile; }
  [[nodiscard]] bool fits(Bytes packet, Writer writer) {
    return tag.fits(KeyingMaterial{Bytes(exported(profile()))}, profile(), writer, packet);
  }
  SrtcpTag tag;
};
INSTANTIATE_TEST_SUITE_P(SrtcpTag, SrtcpTagOf, ::testing::ValuesIn(kProfiles), rtcscope::testing::CaseName{});

TEST_P(SrtcpTagOf, FitsWhatItsWriterSentAndNobodyElse) {
  for (const Writer writer : kWriters) {
    Sender sender(profile(), writer);
    Sender stranger(profile(), writer, 1);
    const KeyingMaterial half{Bytes(half_of(profile(), exported(profile()), writer))};
    // Of several lengths: GCM and SHA-1 work in blocks.
    for (std::size_t more = 0; more < 40; ++more) {
      const Octets packet = sender.protect_rtcp(receiver_report(more));
      EXPECT_TRUE(fits(packet, writer)) << more;
      EXPECT_FALSE(fits(packet, other(writer))) << more;
      EXPECT_TRUE(tag.fits(half, profile(), other(writer), packet)) << "a key of one writer has no sides";
      EXPECT_FALSE(fits(stranger.protect_rtcp(receiver_report(more)), writer)) << more;
    }
  }
}

TEST_P(SrtcpTagOf, NoChangedOctetAndNoPartOfAPacketFits) {
  Sender sender(profile(), Writer::kDtlsServer);
  const Octets packet = sender.protect_rtcp(receiver_report());
  for (std::size_t i = 0; i < packet.size(); ++i) {
    for (const unsigned bit : {0x01U, 0x10U, 0x80U}) {
      Octets changed = packet;
      changed[i] ^= static_cast<std::byte>(bit);
      EXPECT_FALSE(fits(changed, Writer::kDtlsServer)) << i;
    }
    EXPECT_FALSE(fits(Bytes(packet).first(i), Writer::kDtlsServer)) << i;
    EXPECT_FALSE(fits(Bytes(packet).subspan(i + 1), Writer::kDtlsServer)) << i;
  }
  EXPECT_TRUE(fits(packet, Writer::kDtlsServer)) << "what did not fit left nothing behind";
}

TEST_P(SrtcpTagOf, NoMediaAndNoNoiseFits) {
  Sender sender(profile(), Writer::kDtlsServer);
  std::mt19937 random(7);
  for (std::uint16_t i = 0; i < 100; ++i) {
    EXPECT_FALSE(fits(sender.protect_rtp(rtcscope::testing::rtp(7, i, 1)), Writer::kDtlsServer));
    Octets noise(i);
    for (std::byte& octet : noise) octet = static_cast<std::byte>(random());
    EXPECT_FALSE(fits(noise, Writer::kDtlsServer)) << i;
  }
}

TEST_P(SrtcpTagOf, TheLongestPacketThatIsOpenedFits) {
  Sender sender(profile(), Writer::kDtlsClient);
  auto context =
      SrtcpContext::create(KeyingMaterial{Bytes(exported(profile()))}, profile(), Writer::kDtlsClient);
  ASSERT_TRUE(context);
  SrtcpContext::Scratch scratch;
  const std::size_t trailer = sender.protect_rtcp(receiver_report()).size() - receiver_report().size();
  const std::size_t longest = SrtcpContext::kMaxPacket - trailer - receiver_report().size();
  for (const std::size_t more : {longest, longest + 1}) {
    const Octets packet = sender.protect_rtcp(receiver_report(more));
    EXPECT_EQ(fits(packet, Writer::kDtlsClient), context->open(packet, scratch).has_value()) << packet.size();
  }
}

TEST_P(SrtcpTagOf, MaterialOfAnotherLengthFitsNothing) {
  const Octets material = exported(profile());
  const Octets packet = Sender(profile(), Writer::kDtlsClient).protect_rtcp(receiver_report());
  for (const std::size_t size : {std::size_t{0}, material.size() / 2 - 1, material.size() - 1}) {
    const KeyingMaterial cut{Bytes(material).first(size)};
    EXPECT_FALSE(tag.fits(cut, profile(), Writer::kDtlsClient, packet)) << size;
  }
}

}  // namespace
}  // namespace rtcscope::srtp
