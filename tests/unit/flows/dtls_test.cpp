// flows/dtls_tracker.hpp: what a handshake says in clear.

#include "tests/unit/flows/path_scene.hpp"

namespace rtcscope::flows {
namespace {

Octets list8(const Octets& items) {
  return Writer{}.u8(static_cast<unsigned>(items.size())).bytes(items).octets;
}
Octets list16(const Octets& items) {
  return Writer{}.u16(static_cast<unsigned>(items.size())).bytes(items).octets;
}
Octets extension(unsigned type, const Octets& value) {
  return Writer{}.u16(type).bytes(list16(value)).octets;
}
Octets codes(std::initializer_list<unsigned> values) {
  Writer w;
  for (const unsigned value : values) w.u16(value);
  return w.octets;
}
Octets random_of(unsigned first) {
  return Writer{}.u8(first).zeros(31).octets;
}

const Octets kUseSrtp = extension(14, list16(codes({7, 1})) + list8({}));

Octets client_hello(unsigned random, const Octets& extensions, const Octets& cookie = {}) {
  return Writer{}.u16(0xfefd).bytes(random_of(random)).octets + list8({}) + list8(cookie) +
         list16(codes({0xc02b, 0xcca9})) + list8(Writer{}.u8(0).octets) + list16(extensions);
}
Octets server_hello(const Octets& extensions, const Octets& random = random_of(9)) {
  return Writer{}.u16(0xfefd).bytes(random).octets + list8({}) + codes({0xc02b}) + Writer{}.u8(0).octets +
         list16(extensions);
}
Octets whole(unsigned type, unsigned message_seq, const Octets& body) {
  return testing::dtls_handshake(type, message_seq, static_cast<std::uint32_t>(body.size()), 0, body);
}
Octets record(unsigned type, unsigned epoch, std::size_t length) {
  return Writer{}
      .u8(type)
      .u16(0xfefd)
      .u16(epoch)
      .u48(1)
      .u16(static_cast<unsigned>(length))
      .zeros(length)
      .octets;
}

class Dtls : public FlowTableTest {
 protected:
  void from_client(Duration at, const Octets& octets) { send(at, client, server, octets); }
  void from_server(Duration at, const Octets& octets) { send(at, server, client, octets); }
  void report() { path->advance(start + 60s); }
  const DtlsFacts& facts() const { return sink.flows.begin()->second.dtls; }
};

TEST_F(Dtls, OffersAndChoicesOfVersionOneTwo) {
  from_client(0ms, whole(1, 0, client_hello(1, kUseSrtp + extension(10, list16(codes({0x1d, 0x17}))))));
  from_server(5ms, whole(2, 0, server_hello(extension(14, list16(codes({7})) + list8({})))) +
                       whole(12, 1, Writer{}.u8(3).u16(0x1d).u8(4).zeros(4).octets));
  from_client(10ms, record(20, 0, 1) + record(22, 1, 40));
  from_server(15ms, record(20, 0, 1) + record(22, 1, 40));
  report();
  EXPECT_TRUE(std::ranges::equal(facts().offer.versions.list(), std::array{0xfefd}));
  EXPECT_TRUE(std::ranges::equal(facts().offer.cipher_suites.list(), std::array{0xc02b, 0xcca9}));
  EXPECT_TRUE(std::ranges::equal(facts().offer.groups.list(), std::array{0x1d, 0x17}));
  EXPECT_TRUE(std::ranges::equal(facts().offer.srtp_profiles.list(), std::array{7, 1}));
  EXPECT_EQ(facts().srtp_profile, 7);
  EXPECT_EQ(facts().group, 0x1d);
  EXPECT_EQ(facts().client, Side::kA);
  EXPECT_EQ(*facts().connected - *facts().client_hello, Duration{15ms});
  EXPECT_EQ(facts().repeated_messages, (std::array<std::uint32_t, 2>{0, 0}));
}

TEST_F(Dtls, OffersAndChoicesOfVersionOneThree) {
  const Octets offer = kUseSrtp + extension(43, list8(codes({0xfefc, 0xfefd})));
  from_client(0ms, whole(1, 0, client_hello(1, offer)));
  from_server(5ms,
              whole(2, 0, server_hello(extension(43, codes({0xfefc})) + extension(51, codes({0x11ec})))));
  // Unified headers: epoch 2 protects the handshake, 3 the data (RFC 9147, 4).
  from_server(6ms, Writer{}.u8(0x2e).u16(1).u16(60).zeros(60).octets);
  from_client(8ms, Writer{}.u8(0x2e).u16(1).u16(60).zeros(60).octets);
  from_server(10ms, Writer{}.u8(0x2f).u16(1).u16(20).zeros(20).octets);
  from_client(11ms, Writer{}.u8(0x2f).u16(1).u16(30).zeros(30).octets);
  report();
  EXPECT_EQ(facts().version, 0xfefc);
  EXPECT_EQ(facts().group, 0x11ec);
  EXPECT_TRUE(std::ranges::equal(facts().offer.versions.list(), std::array{0xfefc, 0xfefd}));
  EXPECT_EQ(*facts().connected - *facts().client_hello, Duration{11ms});
  EXPECT_EQ(facts().application_packets, (std::array<std::uint64_t, 2>{1, 1}));
  EXPECT_EQ(facts().application_bytes, (std::array<std::uint64_t, 2>{30, 20}));
}

TEST_F(Dtls, AHelloOverSeveralDatagramsIsOneMessage) {
  const Octets hello = client_hello(1, kUseSrtp + extension(51, Octets(1400)));
  const auto piece = [&](std::size_t from, std::size_t to) {
    return testing::dtls_handshake(1, 0, static_cast<std::uint32_t>(hello.size()),
                                   static_cast<std::uint32_t>(from),
                                   Octets(hello.begin() + static_cast<std::ptrdiff_t>(from),
                                          hello.begin() + static_cast<std::ptrdiff_t>(to)));
  };
  from_client(0ms, piece(1000, hello.size()));
  EXPECT_TRUE(sink.flows.empty());
  from_client(1ms, piece(0, 1000));
  ASSERT_EQ(sink.flows.size(), 1u) << "use_srtp proves the flow";
  EXPECT_EQ(facts().fragmented_messages, 1u);
  EXPECT_EQ(facts().client_hellos, 1u);
}

TEST_F(Dtls, RetransmissionsAndCookiesAreToldApart) {
  from_client(0ms, whole(1, 0, client_hello(1, kUseSrtp)));
  from_client(1s, whole(1, 0, client_hello(1, kUseSrtp)));
  from_server(2s, whole(3, 0, Writer{}.u16(0xfeff).octets + list8(Octets(8))));
  from_client(3s, whole(1, 1, client_hello(1, kUseSrtp, Octets(8))));
  report();
  EXPECT_EQ(facts().repeated_messages[index(Side::kA)], 1u);
  EXPECT_EQ(facts().hello_verify_requests, 1u);
  EXPECT_EQ(facts().client_hellos, 3u);
  EXPECT_EQ(sink.count(FlowEventKind::kDtlsClientHello), 1);
  EXPECT_EQ(sink.count(FlowEventKind::kDtlsHelloVerify), 1);
}

TEST_F(Dtls, ANewAssociationOnTheSamePortsIsNoRetransmission) {
  from_client(0ms, whole(1, 0, client_hello(1, kUseSrtp)));
  from_client(1s, whole(1, 0, client_hello(2, kUseSrtp)));
  from_client(2s, whole(1, 0, client_hello(2, kUseSrtp)));
  report();
  EXPECT_EQ(sink.count(FlowEventKind::kDtlsClientHello), 2);
  EXPECT_EQ(facts().client_hellos, 2u) << "of the newest association";
  EXPECT_EQ(facts().repeated_messages[index(Side::kA)], 1u);
}

TEST_F(Dtls, AHelloThatNobodyAnswersResetsNothing) {
  from_client(0ms, whole(1, 0, client_hello(1, kUseSrtp)));
  from_server(5ms, whole(2, 0, server_hello(extension(14, list16(codes({7})) + list8({})))));
  from_client(10ms, record(22, 1, 40));
  from_server(15ms, record(22, 1, 40));
  for (int i = 0; i < 5; ++i) from_client(1s + i * 10ms, whole(1, 0, client_hello(100 + i, {})));
  from_server(2s, whole(1, 0, client_hello(200, {})));
  // The server repeats its flight: that is no answer to what came since.
  from_server(3s, whole(2, 0, server_hello(extension(14, list16(codes({7})) + list8({})))));
  report();
  EXPECT_EQ(facts().state, DtlsState::kConnected);
  EXPECT_EQ(facts().client, Side::kA);
  EXPECT_EQ(*facts().connected - *facts().client_hello, Duration{15ms});
  EXPECT_EQ(facts().srtp_profile, 7);
  EXPECT_EQ(facts().client_hellos, 1u);
  EXPECT_EQ(facts().offer.srtp_profiles.count, 2);
  EXPECT_EQ(facts().repeated_messages[index(Side::kA)], 0u);
  EXPECT_EQ(sink.count(FlowEventKind::kDtlsClientHello), 1);
  EXPECT_EQ(path->tallies().counters.identities_refused, 5u) << "all but the newest";
}

TEST_F(Dtls, AnAnsweredHelloIsANewAssociation) {
  from_client(0ms, whole(1, 0, client_hello(1, kUseSrtp)));
  from_server(5ms, whole(2, 0, server_hello({})));
  from_client(10ms, record(22, 1, 40));
  from_server(15ms, record(22, 1, 40));
  from_client(10s, whole(1, 0, client_hello(2, kUseSrtp)));
  from_client(11s, whole(1, 0, client_hello(2, kUseSrtp)));
  EXPECT_EQ(facts().state, DtlsState::kConnected);
  from_server(11s + 5ms,
              whole(2, 0, server_hello(extension(14, list16(codes({8})) + list8({})), random_of(10))));
  EXPECT_EQ(facts().state, DtlsState::kHandshaking);
  from_client(11s + 10ms, record(22, 1, 40));
  from_server(11s + 15ms, record(22, 1, 40));
  report();
  EXPECT_EQ(facts().srtp_profile, 8);
  EXPECT_EQ(facts().client_hellos, 2u);
  EXPECT_EQ(*facts().connected - *facts().client_hello, Duration{1015ms});
  EXPECT_EQ(sink.count(FlowEventKind::kDtlsClientHello), 2);
}

TEST_F(Dtls, HelloRetryIsNoChoice) {
  const Octets retry = testing::Writer{}
                           .u32(0xcf21ad74)
                           .u32(0xe59a6111)
                           .u32(0xbe1d8c02)
                           .u32(0x1e65b891)
                           .u32(0xc2a21116)
                           .u32(0x7abb8c5e)
                           .u32(0x079e09e2)
                           .u32(0xc8a8339c)
                           .octets;
  from_client(0ms, whole(1, 0, client_hello(1, kUseSrtp)));
  from_server(1ms, whole(2, 0, server_hello(extension(43, codes({0xfefc})), retry)));
  report();
  EXPECT_EQ(facts().hello_retry_requests, 1u);
  EXPECT_EQ(facts().version, 0);
}

// RFC 9146: the id stands between sequence number and length, as long as its receiver asked for.
TEST_F(Dtls, ConnectionIdsAreSkippedWhenTheirLengthIsKnown) {
  from_client(0ms, whole(1, 0, client_hello(1, kUseSrtp + extension(54, list8(Octets(3))))));
  from_server(1ms, whole(2, 0, server_hello(extension(54, list8(Octets(5))))));
  const auto with_id = [](std::size_t id, unsigned length) {
    return Writer{}.u8(25).u16(0xfefd).u16(1).u48(1).zeros(id).u16(length).zeros(length).octets;
  };
  from_client(2ms, with_id(5, 40) + with_id(5, 40));
  from_server(3ms, with_id(3, 40));
  report();
  EXPECT_TRUE(facts().connection_ids);
  EXPECT_EQ(facts().state, DtlsState::kConnected);
  EXPECT_TRUE(path->refusals().empty());
}

// draft-hancke-webrtc-sped: the same datagram in checks of several pairs and bare is one.
TEST_F(Dtls, DatagramsInsideChecksAreReadOnce) {
  const Octets hello = whole(1, 0, client_hello(1, kUseSrtp));
  const auto in_check = [&](std::uint64_t transaction) {
    return testing::stun(0x0001, transaction, testing::username("S:C") + attribute(0xc070, hello));
  };
  from_client(0ms, in_check(1));
  from_client(10ms, in_check(2));
  from_client(20ms, hello);
  report();
  EXPECT_EQ(facts().client_hellos, 1u);
  EXPECT_TRUE(facts().in_stun);
  EXPECT_EQ(sink.flows.begin()->second.ice.dtls_in_stun, 2u);
}

TEST_F(Dtls, AnAlertHasASender) {
  from_client(0ms, whole(1, 0, client_hello(1, kUseSrtp)));
  from_server(1ms, Writer{}.u8(21).u16(0xfefd).u16(0).u48(0).u16(2).u8(2).u8(40).octets);
  report();
  EXPECT_EQ(facts().state, DtlsState::kFailed);
  EXPECT_EQ(facts().alert_description, 40);
  EXPECT_EQ(facts().alert_sender, Side::kB);
}

}  // namespace
}  // namespace rtcscope::flows
