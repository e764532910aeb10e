// correlator/linker.hpp: each proof, alone and together, and what must not link.

#include <gtest/gtest.h>

#include "correlator/token_index.hpp"
#include "tests/unit/correlator/scene.hpp"

namespace rtcscope::correlator {
namespace {

const std::string kAliceCertificate(95, 'A');
const std::string kServerCertificate(95, 'B');

class LinkTest : public Scene {
 protected:
  void negotiate(const Peer& peer, const std::string& server_ufrag, const std::string& client_ufrag,
                 const std::string& certificate = "") {
    take(peer.describes(0s, kClient, client_ufrag, certificate));
    take(peer.describes(1ms, kServer, server_ufrag, kServerCertificate));
  }
  const model::Flow& linked_flow() {
    correlator.advance(kStart + 1h);
    return sink.flows.at(FlowId{1});
  }
};

TEST_F(LinkTest, UfragPairIsProof) {
  negotiate(alice, "srv1", "cli1");
  take(flow(1, 1s, "srv1", "cli1"));
  EXPECT_EQ(handle_of(1), "101");
  const model::Flow& f = linked_flow();
  ASSERT_EQ(f.evidence.size(), 1U);
  EXPECT_EQ(f.evidence[0].kind, "ufrag_pair");
  EXPECT_EQ(f.evidence[0].detail, "srv1:cli1");
  EXPECT_DOUBLE_EQ(f.confidence, 0.95);
}

TEST_F(LinkTest, UfragPairSaysWhichEndIsTheServer) {
  negotiate(alice, "srv1", "cli1");
  take(flow(1, 1s, "srv1", "cli1"));
  const model::Flow& f = linked_flow();
  EXPECT_TRUE(f.server_known);
  EXPECT_EQ(to_string(f.server_endpoint), "198.18.0.1:50000");
  EXPECT_EQ(f.server_ufrag, "srv1");
  EXPECT_EQ(f.client_ufrag, "cli1");
}

TEST_F(LinkTest, UfragPairInAServerCheckTurnsTheSides) {
  negotiate(alice, "srv1", "cli1");
  flows::FlowSnapshot f = flow(1, 1s, "", "");
  f.ice_usernames.push_back({"cli1", "srv1", flows::Side::kB, kStart});
  take(f);
  EXPECT_EQ(to_string(linked_flow().server_endpoint), "198.18.0.1:50000");
}

TEST_F(LinkTest, HalfOfTheUfragsIsProofWhileTheOtherHalfIsNotKnown) {
  take(alice.describes(0s, kServer, "srv1", ""));
  take(flow(1, 1s, "srv1", "cli1"));
  EXPECT_EQ(handle_of(1), "101");
  EXPECT_EQ(linked_flow().evidence[0].kind, "ufrag");
}

TEST_F(LinkTest, HalfOfTheUfragsIsNoProofAgainstTheOtherHalf) {
  negotiate(alice, "srv1", "cli1");
  take(flow(1, 1s, "srv1", "other"));
  EXPECT_EQ(handle_of(1), "");
}

TEST_F(LinkTest, SelectedPairIsProof) {
  take(alice.says(
      1s, feeds::SelectedPair{testing::endpoint("198.18.0.1", 50000), testing::endpoint("198.18.0.11", 40000),
                              Transport::kUdp, "host", "prflx"}));
  take(flow(1, 1s, "", ""));
  EXPECT_EQ(handle_of(1), "101");
  EXPECT_EQ(linked_flow().evidence[0].kind, "selected_pair");
}

TEST_F(LinkTest, SelectedPairOfAnotherTimeIsAnotherFlow) {
  take(alice.says(
      1h, feeds::SelectedPair{testing::endpoint("198.18.0.1", 50000), testing::endpoint("198.18.0.11", 40000),
                              Transport::kUdp, "host", "prflx"}));
  take(flow(1, 1s, "", ""));
  EXPECT_EQ(handle_of(1), "");
}

TEST_F(LinkTest, ClientCertificateIsProofButTheServersIsNot) {
  negotiate(alice, "srv1", "cli1", kAliceCertificate);
  flows::FlowSnapshot f = flow(1, 1s, "", "");
  f.fingerprints.push_back({});  // 00:00:...: nobody's
  take(f);
  EXPECT_EQ(handle_of(1), "");
}

TEST_F(LinkTest, AnnouncedSsrcIsProof) {
  take(alice.describes(0s, kClient, "", "", 4242));
  flows::FlowSnapshot f = flow(1, 1s, "", "");
  f.streams.push_back({StreamId{7}, 4242, flows::Side::kA, 111, kStart, kStart + 1s, "", ""});
  take(f);
  EXPECT_EQ(handle_of(1), "101");
  EXPECT_EQ(linked_flow().evidence[0].kind, "ssrc");
  EXPECT_TRUE(linked_flow().server_known);
}

TEST_F(LinkTest, TwoHandlesAlikeLinkToNeither) {
  take(alice.describes(0s, kClient, "", "", 4242));
  take(bob.describes(0s, kClient, "", "", 4242));
  flows::FlowSnapshot f = flow(1, 1s, "", "");
  f.streams.push_back({StreamId{7}, 4242, flows::Side::kA, 111, kStart, kStart + 1s, "", ""});
  take(f);
  EXPECT_EQ(handle_of(1), "");
  EXPECT_EQ(linked_flow().conflicts.size(), 2U);
  EXPECT_EQ(linked_flow().confidence, 0);
}

TEST_F(LinkTest, StrongerProofWinsAndTheOtherIsAConflict) {
  negotiate(alice, "srv1", "cli1");
  take(bob.describes(0s, kClient, "", "", 4242));
  flows::FlowSnapshot f = flow(1, 1s, "srv1", "cli1");
  f.streams.push_back({StreamId{7}, 4242, flows::Side::kA, 111, kStart, kStart + 1s, "", ""});
  take(f);
  EXPECT_EQ(handle_of(1), "101");
  ASSERT_EQ(linked_flow().conflicts.size(), 1U);
  EXPECT_NE(linked_flow().conflicts[0].detail.find("202"), std::string::npos);
}

TEST_F(LinkTest, WhatConnectionsMayHaveInCommonIsNoProofLongAfterOneEnded) {
  take(alice.describes(0s, kServer, "srv1", "", 4242));
  take(alice.says(10s, feeds::PeerConnectionDown{"Close PC"}));
  flows::FlowSnapshot f = flow(1, 10min, "srv1", "cli1");  // half of the ufrags, and an SSRC
  f.streams.push_back({StreamId{7}, 4242, flows::Side::kB, 111, kStart, kStart + 1s, "", ""});
  take(f);
  EXPECT_EQ(handle_of(1), "");
}

TEST_F(LinkTest, AFeedWhoseClockIsHoursOffStillNamesItsConnections) {
  for (const Duration off : {-3h, 3h}) {
    const std::string n = off > 0s ? "1" : "2";
    const Peer peer{"3" + n, "30" + n};
    take(peer.describes(off, kClient, "cli" + n, ""));
    take(peer.describes(off, kServer, "srv" + n, kServerCertificate));
    take(peer.says(off + 10s, feeds::PeerConnectionDown{"Close PC"}));
    take(flow(std::stoul(n), 1s, "srv" + n, "cli" + n));
    EXPECT_EQ(handle_of(std::stoul(n)), "30" + n);
  }
}

TEST_F(LinkTest, PacketsBeforeTheDescriptionLinkWhenItComes) {
  take(flow(1, 0s, "srv1", "cli1"));
  correlator.advance(kStart + 1s);
  EXPECT_FALSE(sink.flows.at(FlowId{1}).connection.valid());
  negotiate(alice, "srv1", "cli1");
  EXPECT_EQ(handle_of(1), "101");
}

TEST_F(LinkTest, TapDirectionNamesTheServerWithoutAnyFeed) {
  flows::FlowSnapshot f = flow(1, 0s, "srv1", "cli1");
  f.direction_of_a = PacketDirection::kEgress;
  take(f);
  correlator.advance(kStart + 2s);
  EXPECT_TRUE(sink.flows.at(FlowId{1}).server_known);
  EXPECT_EQ(to_string(sink.flows.at(FlowId{1}).server_endpoint), "198.18.0.11:40000");
}

TEST_F(LinkTest, AFloodOfOneUfragIsRefusedAsProofAndCostsLittle) {
  take(alice.describes(0s, kServer, "srv1", ""));
  for (std::uint64_t i = 1; i <= 2 * TokenIndex::kCommon; ++i) {
    take(flow(i, 1s, "srv1", "c" + std::to_string(i), static_cast<std::uint16_t>(i)));
  }
  correlator.advance(kStart + 2s);
  take(flow(5000, 1s, "srv1", "late", 9999));
  EXPECT_EQ(handle_of(5000), "");
}

}  // namespace
}  // namespace rtcscope::correlator
