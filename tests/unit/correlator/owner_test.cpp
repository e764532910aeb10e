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

}  // namespace
}  // namespace rtcscope::correlator
