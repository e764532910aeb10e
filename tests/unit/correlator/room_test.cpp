// correlator/room_book.hpp through the correlator: who is where, in each order the feed may tell it.

#include <gtest/gtest.h>

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
  Correlator small({"host"}, options, changes);
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

TEST_F(RoomTest, TimelineNamesWhoJoinedAndLeft) {
  take_all(joined(alice, 1s, "1234", "a", "alice"), left(5s, "1234", "a"));
  tell();
  ASSERT_NE(sink.event("joined"), nullptr);
  EXPECT_EQ(sink.event("joined")->text, "alice joined room 1234");
  ASSERT_NE(sink.event("left"), nullptr);
  EXPECT_EQ(sink.event("left")->text, "alice left room 1234");
  EXPECT_TRUE(sink.event("left")->participant.valid());
}

}  // namespace
}  // namespace rtcscope::correlator
