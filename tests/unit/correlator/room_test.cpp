// correlator/room_book.hpp through the correlator: who is where, in each order the feed may tell it.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/unit/correlator/scene.hpp"

namespace rtcscope::correlator {
namespace {

class RoomTest : public Scene {
 protected:
  void tell() { correlator.advance(kStart + 1h); }
  const model::Conference& only_conference() {
    tell();
    EXPECT_EQ(sink.conferences.size(), 1U);
    return sink.conferences.begin()->second;
  }
};

TEST_F(RoomTest, ConferenceLastsFromFirstJoinToLastLeave) {
  take_all(joined(alice, 1s, "1234", "a", "alice"), joined(bob, 2s, "1234", "b", "bob"),
           left(9s, "1234", "a"), left(10s, "1234", "b"));
  const model::Conference& c = only_conference();
  EXPECT_EQ(c.room, "1234");
  EXPECT_EQ(c.started_at, kStart + 1s);
  ASSERT_TRUE(c.ended);
  EXPECT_EQ(c.ended->time, kStart + 10s);
  EXPECT_EQ(c.ended->source, model::Source::kFeed);
  EXPECT_EQ(sink.participants.size(), 2U);
}

TEST_F(RoomTest, ARoomUsedAgainIsAnotherConference) {
  take_all(joined(alice, 1s, "1234", "a", "alice"), left(5s, "1234", "a"),
           joined(alice, 60s, "1234", "a", "alice"));
  tell();
  ASSERT_EQ(sink.conferences.size(), 2U);
  EXPECT_EQ(sink.participants.size(), 2U);
}

TEST_F(RoomTest, TheSameRoomNumberOnAnotherServerIsAnotherConference) {
  Peer elsewhere{"33", "303", "media-2"};
  take_all(joined(alice, 1s, "1234", "a", "alice"), joined(elsewhere, 1s, "1234", "a", "carol"));
  tell();
  EXPECT_EQ(sink.conferences.size(), 2U);
}

TEST_F(RoomTest, LeavingWithoutSessionEndsThePresenceOfThatUserOnly) {
  take_all(joined(alice, 1s, "1234", "a", "alice"), joined(bob, 2s, "1234", "b", "bob"),
           left(5s, "1234", "a"));
  EXPECT_FALSE(only_conference().ended);
  int gone = 0;
  for (const auto& [id, session] : sink.sessions) gone += session.left ? 1 : 0;
  EXPECT_EQ(gone, 1);
}

TEST_F(RoomTest, LeavingOfSomebodyUnknownChangesNothing) {
  take_all(joined(alice, 1s, "1234", "a", "alice"), left(5s, "1234", "z"), left(5s, "9", "a"));
  EXPECT_FALSE(only_conference().ended);
}

TEST_F(RoomTest, SessionEndEndsThePresenceWhenLeavingNeverComes) {
  take_all(joined(alice, 1s, "1234", "a", "alice"), alice.says(7s, feeds::SessionEnded{"timeout"}));
  ASSERT_TRUE(only_conference().ended);
  EXPECT_EQ(sink.sessions.begin()->second.left->reason, "session timeout");
}

TEST_F(RoomTest, LeavingJustAfterTheSessionEndNamesTheReason) {
  take_all(joined(alice, 1s, "1234", "a", "alice"), alice.says(7s, feeds::SessionEnded{"destroyed"}),
           left(7s + 1ms, "1234", "a"));
  tell();
  EXPECT_EQ(sink.sessions.begin()->second.left->reason, "leaving");
  EXPECT_EQ(sink.sessions.begin()->second.left->time, kStart + 7s);
}

TEST_F(RoomTest, RestartOfTheServerEndsEverythingOfIt) {
  take_all(joined(alice, 1s, "1234", "a", "alice"), alice.describes(2s, kClient, "cli", ""));
  take(feeds::Fact{{kStart + 9s, "media-1", "", "", ""}, feeds::ServerStarted{"janus", "1.1.2"}});
  ASSERT_TRUE(only_conference().ended);
  EXPECT_EQ(sink.connections.begin()->second.ended->reason, "the media server restarted");
  EXPECT_EQ(sink.host.media_server, "janus 1.1.2");
}

TEST_F(RoomTest, APublisherSeenWithoutItsJoinHasJoined) {
  take(alice.says(3s, feeds::RoomPublished{"videoroom", "1234", "a", "alice", {}}));
  EXPECT_EQ(only_conference().room, "1234");
  EXPECT_EQ(sink.participants.begin()->second.display, "alice");
}

TEST_F(RoomTest, ALeaveThatNeverComesIsConcludedFromThePackets) {
  take_all(joined(alice, 1s, "1234", "a", "alice"), alice.describes(1s, kServer, "srv", ""),
           alice.describes(1s, kClient, "cli", ""));
  flows::FlowSnapshot f = flow(1, 2s, "srv", "cli");
  f.dtls.state = flows::DtlsState::kConnected;
  f.last_packet = kStart + 20s;
  f.end = flows::FlowEnd::kIdle;
  take(f);
  correlator.advance(kStart + 50s);
  EXPECT_FALSE(sink.sessions.begin()->second.left) << "the feed may be late";
  correlator.advance(kStart + 81s);
  correlator.advance(kStart + 82s);
  ASSERT_TRUE(sink.sessions.begin()->second.left);
  EXPECT_EQ(sink.sessions.begin()->second.left->source, model::Source::kPackets);
  EXPECT_EQ(sink.sessions.begin()->second.left->reason, "concluded: idle");
  EXPECT_EQ(sink.sessions.begin()->second.left->time, kStart + 20s);
  ASSERT_TRUE(sink.conferences.begin()->second.ended);
  EXPECT_EQ(sink.conferences.begin()->second.ended->source, model::Source::kPackets);
  take(left(83s, "1234", "a"));
  correlator.advance(kStart + 84s);
  EXPECT_EQ(sink.sessions.begin()->second.left->reason, "leaving") << "the feed's word is better";
}

TEST_F(RoomTest, PluginsWithoutUserNamesHaveTheHandleInstead) {
  take_all(alice.says(1s, feeds::RoomJoined{"sip", "call-1@host", "", "", "bob"}),
           alice.says(2s, feeds::RoomJoined{"sip", "call-1@host", "", "", "bob"}),
           alice.says(9s, feeds::RoomLeft{"sip", "call-1@host", "", "Bye"}));
  EXPECT_EQ(only_conference().room, "call-1@host");
  EXPECT_EQ(sink.participants.begin()->second.user_id, "101");
  EXPECT_EQ(sink.participants.begin()->second.display, "bob");
  EXPECT_EQ(sink.sessions.begin()->second.left->reason, "Bye");
}

TEST_F(RoomTest, EchoTestIsAConferenceOfItsOwn) {
  take_all(alice.says(1s, feeds::SoloActivity{"echotest", ""}), alice.describes(1s, kClient, "cli", ""),
           alice.says(2s, feeds::SoloActivity{"echotest", ""}),
           bob.says(2s, feeds::SoloActivity{"echotest", ""}), alice.says(9s, feeds::HandleDetached{}));
  tell();
  ASSERT_EQ(sink.conferences.size(), 2U);
  int ended = 0;
  for (const auto& [id, conference] : sink.conferences) {
    EXPECT_EQ(conference.room, "");
    EXPECT_EQ(conference.plugin, "echotest");
    ended += conference.ended ? 1 : 0;
  }
  EXPECT_EQ(ended, 1);
  EXPECT_EQ(sink.connections.begin()->second.role, "echo");
}

TEST_F(RoomTest, SignallingAddressComesByTheTransport) {
  const auto address = *parse_ip_address("192.0.2.7");
  take_all(
      feeds::Fact{{kStart, "media-1", "", "", ""}, feeds::SignallingPeer{"websockets/9", address, false}},
      alice.says(1ms, feeds::SessionCreated{"websockets/9"}), joined(alice, 1s, "1234", "a", "alice"));
  tell();
  EXPECT_EQ(sink.sessions.begin()->second.signalling_address, "192.0.2.7");
}

TEST_F(RoomTest, FinishEndsWhatIsStillOpenByTheObserver) {
  take(joined(alice, 1s, "1234", "a", "alice"));
  correlator.finish(kStart + 30s);
  ASSERT_EQ(sink.conferences.size(), 1U);
  const auto& ended = sink.conferences.begin()->second.ended;
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->source, model::Source::kObserver);
  EXPECT_EQ(ended->time, kStart + 30s);
}

TEST_F(RoomTest, TooManySessionsEvictThoseWhoLeftFirst) {
  CorrelatorOptions options;
  options.max_sessions = 3;
  Recorder changes;
  Correlator small({"host"}, options, 1, changes);
  small.on_fact(joined(alice, 1s, "1", "a", "alice"));
  small.on_fact(joined(bob, 2s, "1", "b", "bob"));
  small.on_fact(left(3s, "1", "b"));
  for (int i = 0; i < 10; ++i) {
    const Peer next{"9" + std::to_string(i), "h" + std::to_string(i)};
    small.on_fact(joined(next, 4s + std::chrono::seconds(i), "2", "u" + std::to_string(i), "n"));
  }
  EXPECT_EQ(small.snapshot().sessions.size(), 3U);
  EXPECT_EQ(small.counts().sessions_evicted, 9U);
  small.advance(kStart + 1min);
  EXPECT_EQ(changes.sessions.size(), 12U);  // the consumer of changes still has all
}

TEST_F(RoomTest, AFloodOfRoomNamesIsBoundedCountedAndPushesOutNobodyWhoIsConnected) {
  constexpr int kNames = 20'000;
  CorrelatorOptions options;
  options.max_sessions = 1000;
  options.max_connections = 1000;
  Recorder changes;
  Correlator small({"host"}, options, 1, changes);
  small.on_fact(joined(alice, 0s, "1234", "a", "alice"));
  small.on_fact(alice.describes(0s, kServer, "srv", ""));
  small.on_fact(alice.describes(0s, kClient, "cli", ""));
  small.on_flow(flow(1, 0s, "srv", "cli"));
  for (int i = 0; i < kNames; ++i) {
    const std::string name = std::to_string(i);
    small.on_fact(joined({"f" + name, "h" + name}, 1s, "room " + name, "u", "x"));
    if (i % 1000 == 0) small.advance(kStart + 2s + std::chrono::milliseconds{i});
  }
  small.advance(kStart + 1min);
  const Snapshot after = small.snapshot();
  EXPECT_LE(after.sessions.size(), options.max_sessions);
  EXPECT_LE(after.conferences.size(), options.max_sessions);
  EXPECT_LE(after.participants.size(), options.max_sessions);
  EXPECT_EQ(small.counts().sessions_evicted, kNames + 1 - after.sessions.size());
  const auto hers = std::find_if(after.sessions.begin(), after.sessions.end(),
                                 [&](const model::Session& s) { return s.server_session == alice.session; });
  ASSERT_NE(hers, after.sessions.end());
  EXPECT_FALSE(hers->left) << "she is connected";
  EXPECT_EQ(after.flows[0].connection, after.connections[0].id);
}

TEST_F(RoomTest, OnePersonInTwoRoomsIsInBothUntilLeavingOne) {
  const Peer first{"11", "101"}, second{"11", "102"}, watching{"11", "103"};
  take_all(joined(first, 0s, "red", "a", "alice"), joined(second, 1s, "blue", "a", "alice"),
           joined(bob, 1s, "blue", "b", "bob"),
           watching.says(
               2s, feeds::RoomSubscribed{"videoroom", "blue", "", {{"0", "video", "", "b", "bob", "0"}}}));
  std::uint64_t n = 0;
  for (const Peer& peer : {first, second, watching}) {
    const std::string id = std::to_string(++n);
    take_all(peer.describes(2s, kServer, "srv" + id, ""), peer.describes(2s, kClient, "cli" + id, ""),
             flow(n, 3s, "srv" + id, "cli" + id, static_cast<std::uint16_t>(40000 + n)));
  }
  take_all(left(9s, "red", "a"));
  correlator.advance(kStart + 10s);
  const auto room_of = [&](const std::string& handle) -> std::string {
    for (const auto& [id, connection] : sink.connections) {
      if (connection.server_handle == handle) return sink.conferences.at(connection.conference).room;
    }
    return "none";
  };
  EXPECT_EQ(room_of("101"), "red");
  EXPECT_EQ(room_of("102"), "blue");
  EXPECT_EQ(room_of("103"), "blue") << "a subscription is of the room that it names";
  for (const auto& [id, conference] : sink.conferences) {
    EXPECT_EQ(conference.ended.has_value(), conference.room == "red") << conference.room;
  }
}

TEST_F(RoomTest, TimelineNamesWhoJoinedAndLeft) {
  take_all(joined(alice, 1s, "1234", "a", "alice"), left(5s, "1234", "a"));
  tell();
  ASSERT_NE(sink.event("joined"), nullptr);
  EXPECT_EQ(sink.event("joined")->text, "alice joined room 1234");
  ASSERT_NE(sink.event("left"), nullptr);
  EXPECT_EQ(sink.event("left")->text, "alice left room 1234");
  EXPECT_TRUE(sink.event("left")->participant.valid());
}

/// Two media servers with a room of the same name, and users of the same ids in it.
class CascadeTest : public ::testing::Test {
 protected:
  Recorder play(bool cascade_rooms) {
    Recorder sink;
    CorrelatorOptions options;
    options.cascade_rooms = cascade_rooms;
    Correlator correlator{{"host"}, options, 1, sink};
    const Peer here{"11", "101", "media-1"}, there{"11", "101", "media-2"}, late{"12", "102", "media-1"};
    correlator.on_fact(joined(here, 0s, "1234", "7", "alice"));
    correlator.on_fact(joined(there, 1s, "1234", "7", "bob"));
    correlator.on_fact(joined(there, 1s, "other", "8", "bob"));
    correlator.on_fact(left(2s, "1234", "7", "media-1"));
    correlator.advance(kStart + 3s);
    between = sink;
    correlator.on_fact(joined(late, 4s, "1234", "9", "carol"));
    correlator.on_fact(left(5s, "1234", "7", "media-2"));
    correlator.on_fact(left(6s, "1234", "9", "media-1"));
    correlator.on_fact(joined(late, 7s, "1234", "9", "carol"));
    correlator.advance(kStart + 8s);
    return sink;
  }
  static std::size_t live(const Recorder& sink) {
    return static_cast<std::size_t>(std::count_if(sink.conferences.begin(), sink.conferences.end(),
                                                  [](const auto& c) { return !c.second.ended; }));
  }

  Recorder between;  // after the first one left, before the last did
};

TEST_F(CascadeTest, RoomsOfOneNameAreOneConferenceWhereAskedFor) {
  const Recorder sink = play(true);
  EXPECT_EQ(sink.conferences.size(), 3U) << "the cascade, the other room, the cascade used again";
  EXPECT_EQ(live(between), 2U) << "it goes on while somebody is in one of the rooms";
  EXPECT_EQ(live(sink), 2U);
  std::map<std::string, std::set<ConferenceId>> of;
  for (const auto& [id, person] : sink.participants) of[person.display].insert(person.conference);
  EXPECT_EQ(of["bob"].size(), 2U) << "the other room is another conference";
  EXPECT_EQ(of["bob"].count(*of["alice"].begin()), 1U)
      << "one conference, and two people of one number in it";
  EXPECT_EQ(of["carol"].size(), 2U) << "once with the others, once when all had left";
  EXPECT_EQ(of["carol"].count(*of["alice"].begin()), 1U);
}

TEST_F(CascadeTest, RoomsAreOfTheirServerElse) {
  const Recorder sink = play(false);
  EXPECT_EQ(sink.conferences.size(), 5U);
  EXPECT_EQ(live(between), 2U) << "bob's two";
}

}  // namespace
}  // namespace rtcscope::correlator
