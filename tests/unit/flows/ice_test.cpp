// flows/ice_tracker.hpp, flows/ice_pairs.hpp: the timeline of ICE as packets show it.

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "tests/unit/flows/path_scene.hpp"

namespace rtcscope::flows {
namespace {

/// MESSAGE-INTEGRITY (RFC 8489, 14.5) and FINGERPRINT behind the attributes.
Octets signed_stun(unsigned type, std::uint64_t transaction, const Octets& attributes,
                   std::string_view password) {
  Writer covered;
  covered.u16(type)
      .u16(static_cast<unsigned>(attributes.size() + 24))
      .u32(0x2112a442)
      .u48(0)
      .u48(transaction);
  covered.bytes(attributes);
  unsigned char digest[20];
  unsigned size = 0;
  HMAC(EVP_sha1(), password.data(), static_cast<int>(password.size()),
       reinterpret_cast<const unsigned char*>(covered.octets.data()), covered.octets.size(), digest, &size);
  Writer mac;
  for (const unsigned char octet : digest) mac.u8(octet);
  return testing::stun(type, transaction, attributes + attribute(0x0008, mac.octets));
}

class Ice : public FlowTableTest {
 protected:
  const Octets controlling = attribute(0x802a, Writer{}.u48(0).u16(7).octets);

  void check(Duration at, std::uint64_t transaction, const std::string& name, bool answered = true) {
    send(at, client, server, testing::stun(0x0001, transaction, testing::username(name) + controlling));
    if (answered) send(at + 2ms, server, client, testing::stun(0x0101, transaction, {}));
  }
  const IceFacts& facts() const { return sink.flows.begin()->second.ice; }
};

TEST_F(Ice, RolesAreThoseThatChecksName) {
  check(0ms, 1, "S:C");
  EXPECT_EQ(facts().roles[index(Side::kA)], IceRole::kControlling);
  EXPECT_EQ(facts().roles[index(Side::kB)], IceRole::kControlled);
}

TEST_F(Ice, BothUfragsNewAndAnsweredIsARestart) {
  check(0ms, 1, "S:C");
  send(50ms, server, client, testing::stun(0x0001, 2, testing::username("C:S")));
  check(100ms, 3, "T:D", false);
  path->advance(start + 1s);
  EXPECT_EQ(facts().restarts, 0u) << "anybody can send a check";
  check(1100ms, 4, "T:D");
  EXPECT_EQ(facts().restarts, 1u);
  EXPECT_EQ(sink.count(FlowEventKind::kIceRestarted), 1);
  check(1200ms, 5, "T:D");
  EXPECT_EQ(facts().restarts, 1u);
}

TEST_F(Ice, MadeUpChecksChangeNoFigureOfTheSession) {
  check(0ms, 1, "S:C");
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    check(1ms + i * 1us, 100 + i, "x" + std::to_string(i) + ":y" + std::to_string(i), false);
  }
  check(200ms, 2, "S:C");
  EXPECT_EQ(facts().restarts, 0u);
  EXPECT_LE(sink.flows.begin()->second.ice_usernames.size(), options.max_usernames_per_flow);
  EXPECT_EQ(facts().last_round_trip[index(Side::kB)], Duration{2ms});
}

TEST_F(Ice, IntegrityIsVerifiedWithThePasswordOfTheDescription) {
  path->add_ice_password("S", "the password of the server");
  send(0ms, client, server, signed_stun(0x0001, 1, testing::username("S:C"), "the password of the server"));
  EXPECT_EQ(facts().integrity, IceIntegrity::kVerified);
}

TEST_F(Ice, IntegrityOfAnotherPasswordIsAMismatch) {
  send(0ms, client, server, signed_stun(0x0001, 1, testing::username("S:C"), "somebody else's"));
  EXPECT_EQ(facts().integrity, IceIntegrity::kUnknown) << "no description yet";
  path->add_ice_password("S", "the password of the server");
  send(1ms, client, server, signed_stun(0x0001, 2, testing::username("S:C"), "somebody else's"));
  EXPECT_EQ(facts().integrity, IceIntegrity::kMismatch);
  send(2ms, client, server, signed_stun(0x0001, 3, testing::username("S:C"), "the password of the server"));
  EXPECT_EQ(facts().integrity, IceIntegrity::kVerified) << "a made-up check does not undo a true one";
}

TEST_F(Ice, ConsentIsThatOfWhoAsks) {
  check(0ms, 1, "S:C");
  send(1s, server, client, testing::stun(0x0001, 2, testing::username("C:S")));
  send(1s + 1ms, client, server, testing::stun(0x0101, 2, {}));
  // The client goes on asking and is answered; the server's checks are answered no more.
  for (std::uint64_t i = 1; i <= 16; ++i) {
    check(i * 2s, 10 + i, "S:C");
    send(i * 2s + 1ms, server, client, testing::stun(0x0001, 100 + i, testing::username("C:S")));
  }
  path->advance(start + 33s);
  ASSERT_EQ(sink.count(FlowEventKind::kIceConsentLost), 1);
  const auto lost = std::find_if(sink.events.begin(), sink.events.end(),
                                 [](const auto& e) { return e.kind == FlowEventKind::kIceConsentLost; });
  EXPECT_EQ(lost->side, Side::kB);
  EXPECT_EQ(facts().failure, IceFailure::kConsentExpired);
}

TEST_F(Ice, AnAnswerToNothingIsNoConsent) {
  send(0ms, client, server, testing::stun(0x0001, 1, testing::username("S:C")));
  send(1ms, server, client, testing::stun(0x0101, 99, {}));
  EXPECT_EQ(facts().state, IceState::kChecking);
  check(2ms, 2, "S:C");
  for (std::uint64_t i = 0; i <= 31; ++i) {
    check(i * 1s + 3ms, 10 + i, "S:C", false);
    send(i * 1s + 4ms, server, client, testing::stun(0x0101, 1000 + i, {}));
  }
  path->advance(start + 33s);
  EXPECT_EQ(sink.count(FlowEventKind::kIceConsentLost), 1);
  EXPECT_EQ(facts().success_responses[index(Side::kB)], 34u) << "they were packets all the same";
}

TEST_F(Ice, OneSideOfACaptureIsEnoughForAnAnswer) {
  send(0ms, server, client, testing::stun(0x0101, 1, {}));
  EXPECT_EQ(facts().state, IceState::kConnected);
}

TEST_F(Ice, MadeUpChecksDoNotPushOutTheRealOne) {
  check(0ms, 1, "S:C");
  send(1s, client, server, testing::stun(0x0001, 2, testing::username("S:C")));
  for (std::uint64_t i = 0; i < 1000; ++i) check(1s + i * 1us, 100 + i, "x:y", false);
  send(1s + 5ms, server, client, testing::stun(0x0101, 2, {}));
  path->advance(start + 3s);
  EXPECT_EQ(facts().last_round_trip[index(Side::kB)], Duration{5ms});
}

TEST_F(Ice, AnIceLiteServerNeedsNoConsent) {
  for (std::uint64_t i = 0; i <= 20; ++i) check(i * 2s, 1 + i, "S:C");
  EXPECT_EQ(facts().state, IceState::kConnected);
}

TEST_F(Ice, APairThatNobodyAnswersFails) {
  for (std::uint64_t i = 0; i <= 45; ++i) check(i * 1s, 1 + i, "S:C", false);
  EXPECT_EQ(facts().state, IceState::kFailed);
  EXPECT_EQ(facts().failure, IceFailure::kNoAnswer);
  EXPECT_EQ(sink.count(FlowEventKind::kIceFailed), 1);
}

TEST_F(Ice, AFailedPairOfAConnectedSessionIsNoEvent) {
  const Endpoint elsewhere = endpoint("10.0.0.9", 7);
  for (std::uint64_t i = 0; i <= 45; ++i) {
    check(i * 1s, 1 + i, "S:C");
    send(i * 1s, elsewhere, server, testing::stun(0x0001, 1000 + i, testing::username("S:C")));
  }
  EXPECT_EQ(sink.count(FlowEventKind::kIceFailed), 0);
}

TEST_F(Ice, MediaThatMovesToAnotherPairIsASwitch) {
  const Endpoint mobile = endpoint("203.0.113.7", 41000);
  check(0ms, 1, "S:C");
  send(1ms, mobile, server, testing::stun(0x0001, 2, testing::username("S:C")));
  send(3ms, server, mobile, testing::stun(0x0101, 2, {}));
  for (int i = 0; i < 150; ++i) send_rtp(10ms + i * 20ms, 0xabc, i);
  const auto late = [&](int i) { return testing::rtp(0xabc, static_cast<std::uint16_t>(i), 0); };
  for (int i = 150; i < 300; ++i) send(10ms + i * 20ms, mobile, server, late(i));
  path->finish();
  ASSERT_EQ(sink.count(FlowEventKind::kIcePairSwitched), 1);
  const auto switched = std::find_if(sink.events.begin(), sink.events.end(),
                                     [](const auto& e) { return e.kind == FlowEventKind::kIcePairSwitched; });
  EXPECT_EQ(switched->time - start, Duration{3010ms}) << "the first media on the new pair";
  EXPECT_EQ(sink.flows.at(switched->flow.value).key.a, mobile);
}

TEST_F(Ice, GoogPingCountsAsACheck) {
  check(0ms, 1, "S:C");
  send(1s, client, server, testing::stun(0x0200, 2, {}));
  send(1s + 4ms, server, client, testing::stun(0x0300, 2, {}));
  path->advance(start + 2s);
  EXPECT_EQ(facts().goog_pings[index(Side::kA)], 1u);
  EXPECT_EQ(facts().last_round_trip[index(Side::kB)], Duration{4ms});
}

}  // namespace
}  // namespace rtcscope::flows
