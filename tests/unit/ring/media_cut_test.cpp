#include "ring/media_cut.hpp"

#include <gtest/gtest.h>

#include "tests/support/packet_builder.hpp"

namespace rtcscope::ring {
namespace {

using testing::attribute;
using testing::Octets;
using testing::Writer;
using testing::operator+;

std::size_t kept(const Octets& datagram) {
  return octets_without_media(datagram, static_cast<std::uint32_t>(datagram.size()));
}

Octets channel_data(const Octets& content) {
  return Writer{}.u16(0x4001).u16(static_cast<unsigned>(content.size())).bytes(content).octets;
}
Octets dtls_record(unsigned type, std::size_t size) {
  return Writer{}.u8(type).u16(0xfefd).u16(1).u48(7).u16(static_cast<unsigned>(size)).zeros(size).octets;
}

TEST(MediaCut, RtpEndsBehindItsHeader) {
  EXPECT_EQ(kept(testing::rtp(1, 1, 1)), 12U);
  // CSRC count 2, extension of one word (RFC 3550, 5.3.1).
  const Octets full =
      Writer{}.u8(0x92).u8(111).u16(1).u32(1).u32(1).zeros(8).u16(0xbede).u16(1).zeros(4).zeros(900).octets;
  EXPECT_EQ(kept(full), 12U + 8 + 8);
}

TEST(MediaCut, WhatClaimsAnEndlessExtensionKeepsTheFixedHeader) {
  const Octets lying = Writer{}.u8(0x90).u8(111).u16(1).u32(1).u32(1).u16(0xbede).u16(200).zeros(1000).octets;
  EXPECT_EQ(kept(lying), 12U);
  const Octets cut = Writer{}.u8(0x90).u8(111).u16(1).u32(1).u32(1).u16(0xbede).u16(9).octets;
  EXPECT_EQ(kept(cut), 12U);
}

TEST(MediaCut, RtcpStunAndHandshakesAreWhole) {
  const Octets rtcp = Writer{}.u8(0x80).u8(200).u16(6).u32(1).zeros(20).zeros(30).octets;
  EXPECT_EQ(kept(rtcp), rtcp.size());
  const Octets stun = testing::stun(1, 7, testing::username("a:b"));
  EXPECT_EQ(kept(stun), stun.size());
  const Octets hello = testing::dtls_handshake(1, 0, 40, 0, Octets(40));
  EXPECT_EQ(kept(hello), hello.size());
}

TEST(MediaCut, ApplicationDataEndsBehindItsRecordHeader) {
  EXPECT_EQ(kept(dtls_record(23, 100)), 13U);
  EXPECT_EQ(kept(dtls_record(22, 40) + dtls_record(23, 100) + dtls_record(22, 40)), 53U + 13);
  EXPECT_EQ(kept(dtls_record(25, 100)), 11U);  // with a connection id, behind which only the peers know what is
  // DTLS 1.3 (RFC 9147, 4): the unified header, 16 bits of sequence number, with length.
  EXPECT_EQ(kept(Writer{}.u8(0x2e).u16(1).u16(50).zeros(50).octets), 5U);
}

TEST(MediaCut, WhatTurnCarriesIsCutAsWell) {
  EXPECT_EQ(kept(channel_data(testing::rtp(1, 1, 1))), 4U + 12);
  EXPECT_EQ(kept(channel_data(channel_data(testing::rtp(1, 1, 1)))), 8U + 12);
  const Octets check = testing::stun(1, 7, testing::username("a:b"));
  EXPECT_EQ(kept(channel_data(check)), 4 + check.size());
  // A Send indication: STUN header, DATA's header, RTP header.
  const Octets sent = testing::stun(0x0016, 7, attribute(0x0013, testing::rtp(1, 1, 1)));
  EXPECT_EQ(kept(sent), 20U + 4 + 12);
  const Octets relayed_check = testing::stun(0x0016, 7, attribute(0x0013, check));
  EXPECT_EQ(kept(relayed_check), relayed_check.size());
}

TEST(MediaCut, TurnInTurnInTurnEndsSomewhere) {
  Octets nested = testing::rtp(1, 1, 1);
  for (int i = 0; i < 20; ++i) nested = channel_data(nested);
  EXPECT_EQ(kept(nested), 0U);
}

TEST(MediaCut, OtherProtocolsAreNotKept) {
  EXPECT_EQ(kept({}), 0U);
  EXPECT_EQ(kept(Writer{}.text("GET / HTTP/1.1\r\n").octets), 0U);
  EXPECT_EQ(kept(Writer{}.u16(0x1234).u16(0x0100).u16(1).zeros(30).octets), 0U);  // a DNS question
  EXPECT_EQ(kept(Writer{}.u8(0x80).u8(200).u16(600).zeros(100).octets),
            0U);  // "RTCP" longer than its datagram
  EXPECT_EQ(kept(channel_data(Writer{}.text("anything").octets)), 0U);
}

TEST(MediaCut, EachTruncationStaysInside) {
  for (const Octets& whole :
       {testing::rtp(1, 1, 1), testing::stun(0x16, 7, attribute(0x13, testing::rtp(1, 1, 1))),
        channel_data(testing::rtp(1, 1, 1)), dtls_record(22, 40) + dtls_record(23, 9)}) {
    for (std::size_t size = 0; size <= whole.size(); ++size) {
      const Bytes part = Bytes{whole}.first(size);
      EXPECT_LE(octets_without_media(part, static_cast<std::uint32_t>(whole.size())), size);
    }
  }
}

}  // namespace
}  // namespace rtcscope::ring
