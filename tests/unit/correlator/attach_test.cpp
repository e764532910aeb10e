// What the server answers when it is asked in mid-call, beside events that come before and after.

#include <gtest/gtest.h>

#include "tests/unit/correlator/scene.hpp"

namespace rtcscope::correlator {
namespace {

class AttachTest : public Scene {
 protected:
  /// The same fact as an answer to a question at `asked`.
  static feeds::Fact seen(feeds::Fact fact, Duration asked) {
    fact.origin.seen_at = kStart + asked;
    return fact;
  }
  static feeds::Fact inventory(Duration asked, std::map<std::string, std::set<std::string>> handles) {
    return {{kStart + asked, "media-1", "", "", "", kStart + asked},
            feeds::ServerInventory{std::move(handles)}};
  }
  static feeds::Fact roster(Duration asked, std::vector<feeds::RoomRoster::User> users) {
    return {{kStart + asked, "media-1", "", "", "", kStart + asked},
            feeds::RoomRoster{"videoroom", "1234", std::move(users)}};
  }
  static feeds::Fact subscribed(const Peer& peer, Duration at, const std::string& feed,
                                const std::string& private_id = "") {
    return peer.says(at,
                     feeds::RoomSubscribed{
                         "videoroom", "1234", private_id, {{"0", "audio", "opus", feed, "", "0"}}, false});
  }
  std::size_t present() {
    correlator.advance(kStart + 1h);
    std::size_t count = 0;
    for (const auto& [id, session] : sink.sessions) count += session.left ? 0 : 1;
    return count;
  }
};

TEST_F(AttachTest, ACallThatRunsIsLinkedAndNamed) {
  take_all(seen(alice.describes(0s, kServer, "srv", ""), 30s),
           seen(alice.describes(0s, kClient, "cli", ""), 30s),
           seen(joined(alice, 0s, "1234", "a", "alice"), 30s), flow(1, 20s, "srv", "cli"));
  EXPECT_EQ(handle_of(1), "101");
  EXPECT_EQ(sink.participants.begin()->second.display, "alice");
  EXPECT_TRUE(sink.events.empty()) << "what is found to be so is no event";
}

TEST_F(AttachTest, EventsAndAnswersMakeOnePresence) {
  take_all(joined(alice, 1s, "1234", "a", "alice"), seen(joined(alice, 0s, "1234", "a", "alice"), 10s),
           seen(joined(alice, 0s, "1234", "a", "alice"), 20s));
  EXPECT_EQ(present(), 1U);
  EXPECT_EQ(sink.sessions.size(), 1U);
}

TEST_F(AttachTest, AnAnswerOlderThanTheHangupDoesNotBringItBack) {
  take_all(joined(alice, 1s, "1234", "a", "alice"), alice.describes(2s, kClient, "cli", ""),
           alice.says(9s, feeds::HandleDetached{}), seen(alice.describes(2s, kClient, "cli2", ""), 8s),
           seen(joined(alice, 0s, "1234", "a", "alice"), 8s));
  EXPECT_EQ(present(), 0U);
  EXPECT_EQ(sink.connections.size(), 1U);
  EXPECT_TRUE(sink.connections.begin()->second.ended);
}

TEST_F(AttachTest, AnAnswerOlderThanTheLeaveDoesNotBringItBack) {
  take_all(joined(alice, 1s, "1234", "a", "alice"), left(9s, "1234", "a"),
           seen(joined(alice, 0s, "1234", "a", "alice"), 8s));
  EXPECT_EQ(present(), 0U);
  take(seen(joined(alice, 0s, "1234", "a", "alice"), 12s));
  EXPECT_EQ(present(), 1U) << "who is there later came back";
}

TEST_F(AttachTest, WhatTheServerDoesNotHaveIsOver) {
  take_all(joined(alice, 1s, "1234", "a", "alice"), alice.describes(1s, kClient, "one", ""),
           joined(bob, 2s, "1234", "b", "bob"), bob.describes(2s, kClient, "two", ""),
           inventory(30s, {{"22", {"202"}}}));
  EXPECT_EQ(present(), 1U);
  for (const auto& [id, connection] : sink.connections) {
    EXPECT_EQ(connection.ended.has_value(), connection.server_handle == "101");
  }
}

TEST_F(AttachTest, WhatBeganAfterTheQuestionStays) {
  take_all(joined(alice, 31s, "1234", "a", "alice"), inventory(30s, {}));
  EXPECT_EQ(present(), 1U);
}

TEST_F(AttachTest, AnotherServersHandlesAreNotTouched) {
  const Peer elsewhere{"33", "303", "media-2"};
  take_all(joined(elsewhere, 1s, "1234", "c", "carol"), inventory(30s, {}));
  EXPECT_EQ(present(), 1U);
}

TEST_F(AttachTest, TheRosterEndsWhoseLeaveWasLostAndNamesTheRest) {
  take_all(joined(alice, 1s, "1234", "a", ""), joined(bob, 2s, "1234", "b", "bob"),
           joined({"44", "404"}, 31s, "1234", "d", "dave"), roster(30s, {{"a", "alice"}}));
  EXPECT_EQ(present(), 2U);
  std::set<std::string> names;
  for (const auto& [id, session] : sink.sessions) {
    if (!session.left) names.insert(sink.participants.at(session.participant).display);
  }
  EXPECT_EQ(names, (std::set<std::string>{"alice", "dave"}));
}

// Handles are asked in any order: a subscription may be known before the one who is subscribed to.
TEST_F(AttachTest, ASubscriptionIsNamedWhenItsSourceIsKnown) {
  const Peer subscription{"22", "203"};
  take_all(seen(subscription.describes(0s, kServer, "srv", "", 77), 30s),
           seen(subscribed(subscription, 0s, "a", "900"), 30s), flow(1, 20s, "srv", "cli"),
           report(5, 1, 77, 20s, flows::Side::kB));
  take(seen(joined(alice, 0s, "1234", "a", "alice"), 30s));
  take(seen(joined({"55", "505"}, 0s, "1234", "b", "bob", "900"), 30s));
  ASSERT_EQ(handle_of(1), "203");
  const model::Stream& stream = sink.streams.at(StreamId{5});
  EXPECT_EQ(sink.participants.at(stream.source_participant).display, "alice");
  EXPECT_EQ(sink.participants.at(stream.participant).display, "bob") << "by the private_id";
}

TEST_F(AttachTest, ListedSsrcsLinkAFlowWithoutStun) {
  feeds::MediaSsrcs media{kClient, "1", "video", {{500, std::nullopt}, {501, 500}}};
  flows::FlowSnapshot f = flow(1, 20s, "", "");
  f.streams.push_back({StreamId{9}, 500, flows::Side::kA, 96, kStart, kStart + 20s, "", ""});
  take_all(f, report(9, 1, 500, 20s), report(10, 1, 501, 20s), seen(alice.says(0s, media), 30s));
  EXPECT_EQ(handle_of(1), "101");
  EXPECT_EQ(sink.streams.at(StreamId{9}).kind, "video");
  EXPECT_EQ(sink.streams.at(StreamId{10}).rtx_of_ssrc, 500U);
}

}  // namespace
}  // namespace rtcscope::correlator
