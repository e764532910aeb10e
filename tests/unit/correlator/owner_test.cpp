// Feeds that tell people and connections apart: whose a connection is comes as a fact of its own.

#include <gtest/gtest.h>

#include "tests/unit/correlator/scene.hpp"

namespace rtcscope::correlator {
namespace {

constexpr const char* kPlugin = "conference";

class Owner : public Scene {
 protected:
  const Peer person{"p1", ""};
  const Peer transport{"", "t1"};

  feeds::Fact comes(Duration at) const {
    return person.says(at, feeds::RoomJoined{kPlugin, "room", "p1", "", "alice"});
  }
  feeds::Fact owns(Duration at, const std::string& user = "p1", bool publishes = true) const {
    return transport.says(at, feeds::HandleOwner{kPlugin, "room", user, publishes, std::nullopt});
  }
  /// Display of whose the flow is; "" when nobody's.
  std::string name_of(std::uint64_t flow) {
    correlator.advance(kStart + 1h);
    const auto connection = sink.connections.find(sink.flows.at(FlowId{flow}).connection);
    if (connection == sink.connections.end()) return "no connection";
    const auto who = sink.participants.find(connection->second.participant);
    return who == sink.participants.end() ? "" : who->second.display;
  }
};

TEST_F(Owner, NamesTheConnectionInWhateverOrderItIsTold) {
  take_all(comes(0s), owns(1s), transport.describes(1s, kServer, "srv", ""), flow(1, 1s, "srv", "cli"));
  EXPECT_EQ(name_of(1), "alice");
}

TEST_F(Owner, MayBeToldBeforeThePersonCame) {
  take_all(transport.describes(0s, kServer, "srv", ""), flow(1, 0s, "srv", "cli"), owns(1s), comes(2s));
  EXPECT_EQ(name_of(1), "alice");
  EXPECT_EQ(sink.connections.size(), 1U) << "a person is no connection";
}

TEST_F(Owner, MayBeUnknown) {
  take_all(comes(0s), owns(1s, "", false), transport.describes(1s, kServer, "srv", ""),
           flow(1, 1s, "srv", "cli"));
  EXPECT_EQ(name_of(1), "");
  EXPECT_EQ(sink.connections.begin()->second.role, "subscriber");
  take(owns(2s));
  EXPECT_EQ(name_of(1), "alice");
  EXPECT_EQ(sink.connections.begin()->second.role, "publisher");
}

TEST_F(Owner, StaysWhenTheConnectionOnlySubscribesFromThenOn) {
  take_all(comes(0s), owns(1s), owns(2s, "", false), transport.describes(1s, kServer, "srv", ""),
           flow(1, 1s, "srv", "cli"));
  EXPECT_EQ(name_of(1), "alice");
  EXPECT_EQ(sink.connections.begin()->second.role, "publisher");
}

TEST_F(Owner, NoticeOfARoomIsALineOfItsConference) {
  const Peer room{"", ""};
  take_all(comes(0s),
           room.says(1s, feeds::RoomNotice{kPlugin, "room", "recording_started", "recording 7 started"}));
  correlator.advance(kStart + 1h);
  const model::Event* event = sink.event("recording_started");
  ASSERT_NE(event, nullptr);
  EXPECT_EQ(event->conference, sink.conferences.begin()->first);
  EXPECT_EQ(event->text, "recording 7 started");
}

/// What the server says of where it can be reached, and nothing else that packets show, too.
class Candidates : public Owner {
 protected:
  feeds::Fact at_port(const std::string& name, Duration when, std::uint16_t port) const {
    feeds::Candidate candidate{kServer, {}};
    candidate.candidate.transport = "udp";
    candidate.candidate.type = "host";
    candidate.candidate.address = "198.18.0.1";
    candidate.candidate.port = port;
    return Peer{"", name}.says(when, candidate);
  }
};

TEST_F(Candidates, ThePortOfAConnectionIsAnInference) {
  take_all(comes(0s), owns(1s), at_port("t1", 1s, 50000), flow(1, 2s, "", ""));
  EXPECT_EQ(name_of(1), "alice");
  const model::Flow& f = sink.flows.at(FlowId{1});
  ASSERT_EQ(f.evidence.size(), 1U);
  EXPECT_EQ(f.evidence[0].kind, "candidate");
  EXPECT_LT(f.confidence, 0.5);
  EXPECT_TRUE(f.server_known);
}

TEST_F(Candidates, AProofOfAnotherConnectionStandsAgainstIt) {
  take_all(comes(0s), owns(1s), at_port("t1", 1s, 50000), flow(1, 2s, "srv", "cli"));
  const Peer other{"", "t2"};
  take_all(other.describes(2s, kServer, "srv", ""), other.describes(2s, kClient, "cli", ""));
  EXPECT_EQ(name_of(1), "");
  EXPECT_EQ(sink.flows.at(FlowId{1}).evidence[0].kind, "ufrag_pair");
}

TEST_F(Candidates, CredentialsThatDoNotMatchStandAgainstIt) {
  take_all(comes(0s), owns(1s), at_port("t1", 1s, 50000), transport.describes(1s, kServer, "mine", ""),
           flow(1, 2s, "srv", "cli"));
  EXPECT_EQ(name_of(1), "no connection");
}

TEST_F(Candidates, APortThatTwoConnectionsHaveIsNobodys) {
  take_all(comes(0s), owns(1s), at_port("t1", 1s, 50000), at_port("t2", 1s, 50000), flow(1, 2s, "", ""));
  EXPECT_EQ(name_of(1), "no connection");
}

TEST_F(Candidates, APortThatIsUsedAgainLaterIsAnother) {
  take_all(comes(0s), owns(1s), at_port("t1", 1s, 50000),
           transport.says(5s, feeds::PeerConnectionDown{"destroyed"}), flow(1, 10min, "", ""));
  EXPECT_EQ(name_of(1), "no connection");
}

/// Connections of which the feed tells no identity, only in which second they came up.
class Timing : public Owner {
 protected:
  static feeds::Fact began(const std::string& transport, Duration from, Duration to) {
    const feeds::HandleOwner::Window window{kStart + from, kStart + to};
    return Peer{"", transport}.says(to, feeds::HandleOwner{kPlugin, "room", "p1", true, window});
  }
  static flows::FlowSnapshot up(std::uint64_t id, Duration at, const std::string& server_ufrag = "") {
    flows::FlowSnapshot f = flow(id, at - 1s, server_ufrag, "cli", static_cast<std::uint16_t>(40000 + id));
    f.dtls.connected = kStart + at;
    return f;
  }
  model::Flow linked(std::uint64_t id) {
    correlator.advance(kStart + 1h);
    return sink.flows.at(FlowId{id});
  }
};

TEST_F(Timing, LinksTheOnlyOneThatCameUpThen) {
  take_all(comes(0s), began("t1", 10s, 14s), up(1, 12500ms), up(2, 20s), up(3, 5s));
  EXPECT_EQ(name_of(1), "alice");
  const model::Flow flow = linked(1);
  EXPECT_LT(flow.confidence, 0.5) << "whoever reads it knows that it is an inference";
  ASSERT_EQ(flow.evidence.size(), 1U);
  EXPECT_EQ(flow.evidence[0].kind, "timing");
  EXPECT_FALSE(linked(2).connection.valid());
  EXPECT_FALSE(linked(3).connection.valid());
}

TEST_F(Timing, TwoFlowsAndOneConnectionAreNoProof) {
  take_all(comes(0s), began("t1", 10s, 14s), up(1, 12s));
  ASSERT_EQ(name_of(1), "alice");
  take(up(2, 13s));
  EXPECT_FALSE(linked(1).connection.valid()) << "it was linked before the other came";
  EXPECT_FALSE(linked(2).connection.valid());
}

TEST_F(Timing, OneFlowAndTwoConnectionsAreNoProof) {
  take_all(comes(0s), began("t1", 10s, 14s), began("t2", 11s, 15s), up(1, 12s));
  EXPECT_FALSE(linked(1).connection.valid());
}

TEST_F(Timing, FlowThatIsProvedToBeAnothersIsNoRival) {
  take_all(comes(0s), transport.describes(9s, kServer, "srv", ""), up(2, 13s, "srv"));
  correlator.advance(kStart + 13s);  // a proof that comes later does not bring an inference back
  take_all(began("t2", 10s, 14s), up(1, 12s));
  EXPECT_EQ(linked(1).evidence.size(), 1U);
  EXPECT_NE(linked(1).connection, linked(2).connection);
}

TEST_F(Timing, ConnectionWhoseIdentityIsKnownIsNotGuessed) {
  take_all(comes(0s), began("t1", 10s, 14s), transport.describes(9s, kServer, "srv", ""), up(1, 12s));
  EXPECT_FALSE(linked(1).connection.valid());
}

TEST_F(Timing, WindowWithoutEndIsRefused) {
  take_all(comes(0s), began("t1", 0s, 1h), up(1, 12s));
  EXPECT_FALSE(linked(1).connection.valid());
  EXPECT_EQ(correlator.counts().facts_refused, 1U);
}

}  // namespace
}  // namespace rtcscope::correlator
