// PeerConnections: roles, owners, states and ends.

#include <gtest/gtest.h>

#include <functional>

#include "tests/unit/correlator/scene.hpp"

namespace rtcscope::correlator {
namespace {

class ConnectionTest : public Scene {
 protected:
  const Peer subscriber{"11", "102"};  // a second handle on alice's session

  const model::Connection& connection(const std::string& handle) {
    correlator.advance(kStart + 1h);
    for (const auto& [id, connection] : sink.connections) {
      if (connection.server_handle == handle) return connection;
    }
    throw std::runtime_error("no connection of handle " + handle);
  }
  std::string display_of(const model::Connection& connection) {
    const auto found = sink.participants.find(connection.participant);
    return found == sink.participants.end() ? "" : found->second.display;
  }
};

TEST_F(ConnectionTest, AHandleThatNeverNegotiatedIsNone) {
  take_all(alice.says(0s, feeds::HandleAttached{"videoroom"}), joined(alice, 1s, "1234", "a", "alice"));
  correlator.advance(kStart + 2s);
  EXPECT_TRUE(sink.connections.empty());
}

TEST_F(ConnectionTest, PublisherBelongsToWhoJoinedOnTheHandle) {
  take_all(joined(alice, 1s, "1234", "a", "alice"), alice.describes(2s, kClient, "cli", ""));
  EXPECT_EQ(connection("101").role, "publisher");
  EXPECT_EQ(display_of(connection("101")), "alice");
}

TEST_F(ConnectionTest, SubscriberBelongsToWhoJoinedOnTheSession) {
  take_all(joined(alice, 1s, "1234", "a", "alice"), joined(bob, 1s, "1234", "b", "bob"),
           subscriber.says(
               2s, feeds::RoomSubscribed{"videoroom", "1234", "", {{"0", "audio", "opus", "b", "bob", "0"}}}),
           subscriber.describes(2s, kServer, "srv", ""));
  EXPECT_EQ(connection("102").role, "subscriber");
  EXPECT_EQ(display_of(connection("102")), "alice");
}

TEST_F(ConnectionTest, PrivateIdNamesTheSubscriberOnAnotherSession) {
  const Peer elsewhere{"77", "707"};
  take_all(joined(alice, 1s, "1234", "a", "alice", "555"),
           elsewhere.says(2s, feeds::RoomSubscribed{"videoroom", "1234", "555", {}}),
           elsewhere.describes(2s, kServer, "srv", ""));
  EXPECT_EQ(display_of(connection("707")), "alice");
}

TEST_F(ConnectionTest, ASubscriptionBeforeTheJoinIsNamedByTheJoin) {
  take_all(subscriber.says(1s, feeds::RoomSubscribed{"videoroom", "1234", "", {}}),
           subscriber.describes(1s, kServer, "srv", ""), joined(alice, 2s, "1234", "a", "alice"));
  EXPECT_EQ(display_of(connection("102")), "alice");
}

// Janus 1.1.2 sends a subscriber's update with the session and handle of the publisher whose leaving caused
// it.
TEST_F(ConnectionTest, AnUpdateUnderAnotherHandleDoesNotMakeAPublisherASubscriber) {
  feeds::RoomSubscribed update{"videoroom", "1234", "555", {}};
  update.is_update = true;
  take_all(joined(alice, 1s, "1234", "a", "alice", "555"), joined(bob, 1s, "1234", "b", "bob", "666"),
           bob.describes(2s, kClient, "cli", ""), bob.says(9s, update));
  EXPECT_EQ(connection("202").role, "publisher");
  EXPECT_EQ(display_of(connection("202")), "bob");
}

TEST_F(ConnectionTest, HangUpEndsItWithTheServersReason) {
  take_all(alice.describes(1s, kClient, "cli", ""), alice.says(9s, feeds::PeerConnectionDown{"DTLS alert"}),
           alice.says(10s, feeds::HandleDetached{}));
  ASSERT_TRUE(connection("101").ended);
  EXPECT_EQ(connection("101").ended->reason, "DTLS alert");
  EXPECT_EQ(connection("101").ended->time, kStart + 9s);
  EXPECT_EQ(connection("101").ice_state, "closed");
}

TEST_F(ConnectionTest, NegotiatingAgainAfterAHangUpIsAnotherConnection) {
  take_all(joined(alice, 0s, "1234", "a", "alice"), alice.describes(1s, kClient, "one", ""),
           alice.says(9s, feeds::PeerConnectionDown{"Close PC"}), alice.describes(20s, kClient, "two", ""));
  correlator.advance(kStart + 21s);
  ASSERT_EQ(sink.connections.size(), 2U);
  for (const auto& [id, connection] : sink.connections) EXPECT_EQ(display_of(connection), "alice");
}

TEST_F(ConnectionTest, TheSameDescriptionAfterAHangUpIsNoNewConnection) {
  take_all(alice.describes(1s, kClient, "one", ""), alice.says(9s, feeds::PeerConnectionDown{"Close PC"}),
           alice.describes(9s + 1ms, kClient, "one", ""));
  correlator.advance(kStart + 10s);
  EXPECT_EQ(sink.connections.size(), 1U);
}

TEST_F(ConnectionTest, PacketsTellTheStateWhenTheFeedDoesNot) {
  take_all(alice.describes(0s, kClient, "cli1", ""), alice.describes(0s, kServer, "srv1", ""));
  flows::FlowSnapshot f = flow(1, 1s, "srv1", "cli1");
  f.ice.state = flows::IceState::kNominated;
  f.ice.first_success = kStart + 1s;
  f.dtls.state = flows::DtlsState::kConnected;
  f.dtls.connected = kStart + 3s;
  take(f);
  EXPECT_EQ(connection("101").ice_state, "connected");
  EXPECT_EQ(connection("101").dtls_state, "connected");
  EXPECT_EQ(connection("101").connected_at, kStart + 3s);
  EXPECT_FALSE(connection("101").ended);
}

TEST_F(ConnectionTest, IdlePacketsEndItWhenTheFeedIsSilent) {
  take_all(alice.describes(0s, kClient, "cli1", ""), alice.describes(0s, kServer, "srv1", ""));
  flows::FlowSnapshot f = flow(1, 1s, "srv1", "cli1");
  f.dtls.state = flows::DtlsState::kConnected;
  f.end = flows::FlowEnd::kIdle;
  take(f);
  ASSERT_TRUE(connection("101").ended);
  EXPECT_EQ(connection("101").ended->source, model::Source::kPackets);
  EXPECT_EQ(connection("101").ended->time, kStart + 2s);
}

TEST_F(ConnectionTest, PacketsSayByWhatItEnded) {
  take_all(alice.describes(0s, kClient, "cli1", ""), alice.describes(0s, kServer, "srv1", ""));
  const auto reason = [&](const std::function<void(flows::FlowSnapshot&)>& happens) {
    flows::FlowSnapshot f = flow(1, 1s, "srv1", "cli1");
    f.dtls.state = flows::DtlsState::kConnected;
    f.end = flows::FlowEnd::kIdle;
    happens(f);
    take(f);
    const auto ended = connection("101").ended;
    return ended ? ended->reason : "not";
  };
  EXPECT_EQ(reason([](flows::FlowSnapshot&) {}), "idle");
  EXPECT_EQ(reason([](flows::FlowSnapshot& f) { f.ice.consent_lost = kStart + 31s; }), "consent lost");
  EXPECT_EQ(connection("101").ended->time, kStart + 31s);
  EXPECT_EQ(reason([](flows::FlowSnapshot& f) { f.dtls.state = flows::DtlsState::kFailed; }), "DTLS alert");
  EXPECT_EQ(reason([](flows::FlowSnapshot& f) {
              f.dtls.state = flows::DtlsState::kClosed;
              f.dtls.closed = kStart + 2s;
            }),
            "DTLS close");
  EXPECT_EQ(reason([](flows::FlowSnapshot& f) {  // the handshake was before us
              f.dtls.state = flows::DtlsState::kNone;
              f.rtp_packets.packets = {100, 0};
            }),
            "idle");
  EXPECT_EQ(reason([](flows::FlowSnapshot& f) { f.end = flows::FlowEnd::kCaptureEnd; }), "not")
      << "that we stopped to look does not end it";
}

TEST_F(ConnectionTest, WhatEndedLongAgoIsForgottenButStaysTold) {
  take_all(joined(alice, 0s, "1234", "a", "alice"), alice.describes(0s, kClient, "cli1", ""),
           alice.describes(0s, kServer, "srv1", ""));
  flows::FlowSnapshot f = flow(1, 1s, "srv1", "cli1");
  f.end = flows::FlowEnd::kIdle;
  take(f);
  take(report(7, 1, 4242, 0s));
  take_all(alice.says(5s, feeds::PeerConnectionDown{"Close PC"}), left(5s, "1234", "a"));
  correlator.advance(kStart + 6s);
  correlator.advance(kStart + 9min);
  EXPECT_EQ(correlator.snapshot().connections.size(), 1U);
  correlator.advance(kStart + 11min);
  EXPECT_TRUE(correlator.snapshot().connections.empty());
  EXPECT_TRUE(correlator.snapshot().flows.empty());
  EXPECT_TRUE(correlator.snapshot().streams.empty());
  EXPECT_TRUE(correlator.snapshot().conferences.empty());
  EXPECT_TRUE(sink.streams.at(StreamId{7}).participant.valid());
  EXPECT_TRUE(sink.connections.begin()->second.ended);
}

TEST_F(ConnectionTest, TooManyConnectionsEvictTheOldestThatEnded) {
  CorrelatorOptions options;
  options.max_connections = 16;
  Correlator small({"host"}, options, 1, sink);
  small.on_fact(alice.describes(0s, kClient, "first", ""));
  for (int i = 0; i < 40; ++i) {
    const Peer next{"9" + std::to_string(i), "h" + std::to_string(i)};
    small.on_fact(next.describes(1s + std::chrono::seconds(i), kClient, "u" + std::to_string(i), ""));
    small.on_fact(next.says(2s + std::chrono::seconds(i), feeds::HandleDetached{}));
  }
  small.advance(kStart + 1min);
  EXPECT_LE(small.snapshot().connections.size(), 16U);
  EXPECT_EQ(small.counts().connections_evicted, 25U);
  EXPECT_EQ(small.snapshot().connections.front().server_handle, "101");  // the one that lives
}

}  // namespace
}  // namespace rtcscope::correlator
