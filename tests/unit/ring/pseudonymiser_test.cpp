#include "ring/pseudonymiser.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "decoders/stun/message.hpp"
#include "ring/ip_checksum.hpp"
#include "tests/support/packet_builder.hpp"

namespace rtcscope::ring {
namespace {

using testing::attribute;
using testing::endpoint;
using testing::Octets;
using testing::Writer;
using testing::operator+;

bool holds(Bytes octets, std::initializer_list<unsigned> part) {
  return std::search(octets.begin(), octets.end(), part.begin(), part.end(), [](std::byte a, unsigned b) {
           return std::to_integer<unsigned>(a) == b;
         }) != octets.end();
}

bool holds_text(Bytes octets, std::string_view text) {
  const auto part = std::as_bytes(std::span(text));
  return std::search(octets.begin(), octets.end(), part.begin(), part.end()) != octets.end();
}

class PseudonymiserTest : public ::testing::Test {
 protected:
  /// `cut`: octets of the payload that were not kept.
  link::DatagramView rebuilt(const Octets& payload, std::size_t cut = 0, bool v6 = false) {
    original = testing::udp_frame(v6 ? client6 : client, v6 ? server6 : server, payload);
    const auto wire = static_cast<std::uint32_t>(original.size());
    original.resize(original.size() - cut);
    const auto frame = link::parse_frame(LinkType::kEthernet, original, wire);
    packet = pseudonymiser.rebuild(*frame, original);
    const auto again = link::parse_frame(LinkType::kRaw, packet, pseudonymiser.wire_length());
    EXPECT_TRUE(again);
    return again ? *again : link::DatagramView{};
  }
  bool checksum_fits(const link::DatagramView& frame) const {
    const bool v6 = frame.five_tuple.source.address.family == IpFamily::kV6;
    const std::size_t header = v6 ? 40 : 20, addresses = v6 ? 32 : 8;
    std::uint32_t sum = add_to_checksum(0, packet.subspan(header - addresses, addresses));
    const auto length = static_cast<unsigned>(packet.size() - header);
    sum = add_to_checksum(sum, Writer{}.u16(17).u16(length).octets);
    return internet_checksum(packet.subspan(header), sum) == 0;
  }

  const std::string key = std::string(32, 'k');
  Pseudonymiser pseudonymiser{key};
  // 203.0.113.77 and 198.51.100.9
  const Endpoint client = endpoint("203.0.113.77", 40000), server = endpoint("198.51.100.9", 50000);
  const Endpoint client6 = endpoint("2001:db8::77", 40000), server6 = endpoint("2001:db8::9", 50000);
  Octets original;
  Bytes packet;
};

TEST_F(PseudonymiserTest, TheSameAddressIsTheSameOther) {
  const auto out = rebuilt(testing::rtp(1, 1, 1, 0)).five_tuple;
  EXPECT_EQ(out.source.address.octets[0], 10);
  EXPECT_EQ(out.destination.address.octets[0], 10);
  EXPECT_NE(out.source.address, out.destination.address);
  EXPECT_EQ(out.source.port, 40000);
  EXPECT_FALSE(holds(packet, {203, 0, 113, 77}) || holds(packet, {198, 51, 100, 9}));
  EXPECT_EQ(rebuilt(testing::rtp(2, 2, 2, 0)).five_tuple, out);
  Pseudonyms same(key);
  EXPECT_EQ(same.of(client.address), out.source.address);
  const std::string another_key(32, 'z');
  Pseudonyms another(another_key);
  EXPECT_NE(another.of(client.address), out.source.address);
}

TEST_F(PseudonymiserTest, ChecksumsAreRight) {
  for (const bool v6 : {false, true}) {
    const auto whole = rebuilt(testing::stun(1, 7, testing::username("a:b")), 0, v6);
    EXPECT_TRUE(checksum_fits(whole)) << v6;
    EXPECT_TRUE(v6 || internet_checksum(packet.first(20)) == 0);
  }
  // A cut payload has none: 0 in IPv4, which IPv6 forbids.
  rebuilt(testing::rtp(1, 1, 1, 100), 100);
  EXPECT_TRUE(packet[26] == std::byte{0} && packet[27] == std::byte{0});
  rebuilt(testing::rtp(1, 1, 1, 100), 100, true);
  EXPECT_TRUE(packet[46] == std::byte{0xff} && packet[47] == std::byte{0xff});
}

TEST_F(PseudonymiserTest, TheLengthOnTheWireStays) {
  const auto out = rebuilt(testing::rtp(1, 1, 1, 100), 100);
  EXPECT_EQ(out.payload_wire_length, 112U);
  EXPECT_EQ(out.payload.size(), 12U);
  EXPECT_EQ(pseudonymiser.wire_length(), 20U + 8 + 112);
}

TEST_F(PseudonymiserTest, StunTellsNoAddress) {
  const auto out =
      rebuilt(testing::stun(0x0101, 7,
                            testing::xor_address(0x0020, client) +
                                attribute(0x0001, Writer{}.u8(0).u8(1).u16(40000).u32(0xcb00714d).octets) +
                                attribute(0x0008, Octets(20, std::byte{0xaa})) +
                                attribute(0x802b, Writer{}.u32(0xcb00714d).octets)));
  const auto message = stun::parse_stun(out.payload);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->xor_mapped_address()->address, out.five_tuple.source.address);
  EXPECT_EQ(message->xor_mapped_address()->port, 40000);
  EXPECT_EQ(message->mapped_address()->address, out.five_tuple.source.address);
  EXPECT_TRUE(message->fingerprint_valid());
  EXPECT_FALSE(holds(packet, {203, 0, 113, 77}));
  EXPECT_FALSE(holds(packet, {0xaa, 0xaa}));  // an integrity value of the real address
}

TEST_F(PseudonymiserTest, Ipv6IsMixedWithTheTransactionToo) {
  Writer value;  // RFC 8489, 14.2: cookie and transaction id
  value.u8(0).u8(2).u16(40000 ^ 0x2112);
  const Octets mix = Writer{}.u32(0x2112a442).u48(0).u48(7).octets;
  for (std::size_t i = 0; i < 16; ++i)
    value.u8(client6.address.octets[i] ^ std::to_integer<unsigned>(mix[i]));
  const auto out = rebuilt(testing::stun(0x0101, 7, attribute(0x0020, value.octets)), 0, true);
  const auto message = stun::parse_stun(out.payload);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->xor_mapped_address()->address, out.five_tuple.source.address);
  EXPECT_EQ(out.five_tuple.source.address.octets[0], 0xfd);
}

TEST_F(PseudonymiserTest, UfragsStayAndUsersGo) {
  rebuilt(testing::stun(0x0001, 7,
                        testing::username("srv1:cli1") + attribute(0x8022, Writer{}.text("x y").octets)));
  EXPECT_TRUE(holds_text(packet, "srv1:cli1"));
  EXPECT_FALSE(holds_text(packet, "x y"));                                                    // SOFTWARE
  const auto out = rebuilt(testing::stun(0x0003, 7, testing::username("1700000000:alice")));  // Allocate
  EXPECT_FALSE(holds_text(packet, "alice"));
  EXPECT_TRUE(stun::parse_stun(out.payload)->fingerprint_valid());
}

TEST_F(PseudonymiserTest, WhatTurnCarriesIsRewrittenToo) {
  const Octets check = testing::stun(0x0101, 7, testing::xor_address(0x0020, client));
  const Octets indication =
      testing::stun(0x0017, 8, testing::xor_address(0x0012, server) + attribute(0x0013, check));
  const auto out = rebuilt(indication);
  const auto outer = stun::parse_stun(out.payload);
  ASSERT_TRUE(outer && outer->data());
  EXPECT_TRUE(outer->fingerprint_valid());
  EXPECT_EQ(outer->xor_peer_address()->address, out.five_tuple.destination.address);
  const auto inner = stun::parse_stun(*outer->data());
  ASSERT_TRUE(inner);
  EXPECT_EQ(inner->xor_mapped_address()->address, out.five_tuple.source.address);
  // Cut in its DATA, as media is.
  const Octets media = testing::stun(
      0x0017, 8, testing::xor_address(0x0012, server) + attribute(0x0013, testing::rtp(1, 1, 1, 100)));
  const auto cut = rebuilt(media, 108);
  EXPECT_EQ(cut.payload.size(), 20U + 12 + 4 + 12);
  EXPECT_FALSE(holds(packet, {198 ^ 0x21, 51 ^ 0x12, 100 ^ 0xa4, 9 ^ 0x42}));
}

TEST_F(PseudonymiserTest, RtcpInClearLosesItsNames) {
  const Octets report = Writer{}.u8(0x80).u8(200).u16(6).u32(1).zeros(20).octets;
  const Octets names = Writer{}.u8(0x81).u8(202).u16(4).u32(1).u8(1).u8(9).text("a@1.2.3.4").u8(0).octets;
  const auto out = rebuilt(report + names);
  EXPECT_EQ(out.payload.size(), report.size() + 4);
  EXPECT_FALSE(holds_text(packet, "a@1"));
  const Octets bye = Writer{}.u8(0x81).u8(203).u16(2).u32(1).u8(2).text("ho").u8(0).octets;
  EXPECT_EQ(rebuilt(report + bye).payload.size(), report.size() + 8);
  EXPECT_EQ(rebuilt(report).payload.size(), report.size());
}

TEST_F(PseudonymiserTest, BrokenStunIsCutBeforeItsFault) {
  const Octets good = testing::stun(1, 7, testing::username("a:b"));
  Octets broken = good;
  broken[23] = std::byte{0xff};  // the length of the first attribute
  EXPECT_EQ(rebuilt(broken).payload.size(), 20U);
  for (std::size_t size = 20; size < good.size(); ++size) {
    rebuilt(Octets(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)));
  }
}

TEST(Pseudonyms, AddressesThatTellNobodyStay) {
  const std::string key(32, 'k');
  Pseudonyms pseudonyms(key);
  for (const char* text :
       {"127.0.0.1", "0.0.0.0", "224.0.0.251", "255.255.255.255", "::", "::1", "ff02::fb"}) {
    const IpAddress address = *parse_ip_address(text);
    EXPECT_EQ(pseudonyms.of(address), address) << text;
  }
}

TEST(Pseudonyms, NoTwoBecomeOne) {
  const std::string key(32, 'k');
  Pseudonyms pseudonyms(key);
  std::set<IpAddress> made;
  // 2^24 pseudonyms and 20,000 addresses: a dozen would meet.
  for (unsigned i = 0; i < 20'000; ++i) {
    IpAddress address{{203, 0, static_cast<std::uint8_t>(i >> 8U), static_cast<std::uint8_t>(i)},
                      IpFamily::kV4};
    made.insert(pseudonyms.of(address));
  }
  EXPECT_EQ(made.size(), 20'000U);
}

}  // namespace
}  // namespace rtcscope::ring
