// Which conference another agent's message belongs to, and when that is not known.

#include "correlator/agent_join.hpp"

#include <gtest/gtest.h>

namespace rtcscope::correlator {
namespace {

using namespace std::chrono_literals;

constexpr UtcTime kNow = utc_from_ns(1'795'225'174'000'000'000);

feeds::AgentMessage about(const std::string& correlation_id) {
  feeds::AgentMessage message;
  message.time = kNow - 1s;
  message.correlation_id = correlation_id;
  message.text = "SIP INVITE";
  message.detail = "{}";
  return message;
}

model::Conference call(std::uint64_t id, const std::string& room, const std::string& plugin = "sip") {
  model::Conference conference;
  conference.id = {id};
  conference.host = {9};
  conference.plugin = plugin;
  conference.room = room;
  return conference;
}

model::Connection connection(std::uint64_t id, std::uint64_t conference, const std::string& opaque_id) {
  model::Connection out;
  out.id = {id};
  out.conference = {conference};
  out.participant = {id + 100};
  out.server_session = "70";
  out.server_handle = std::to_string(id);
  out.opaque_id = opaque_id;
  return out;
}

class AgentJoinTest : public ::testing::Test {
 protected:
  void learn(const model::Change& change) { join_.learn(change); }
  /// What an id names now; an event without a conference when nothing.
  model::Event named_by(const std::string& id) {
    join_.take(about(id), kNow);
    auto events = join_.advance(kNow);
    return events.empty() ? model::Event{} : events.front();
  }

  AgentJoin join_{{100, 3, 60s}};
};

TEST_F(AgentJoinTest, ACallIdNamesTheCall) {
  learn(call(1, "c1@h"));
  const model::Event event = named_by("c1@h");
  EXPECT_EQ(event.conference, ConferenceId{1});
  EXPECT_EQ(event.host, HostId{9});
  EXPECT_EQ(event.kind, "agent_sip");
  EXPECT_EQ(event.text, "SIP INVITE");
  EXPECT_EQ(event.time, kNow - 1s);
  EXPECT_EQ(join_.counts().attached, 1U);
}

// Room 1234 of the VideoRoom is not what somebody's Call-ID 1234 names.
TEST_F(AgentJoinTest, ARoomOfAnotherPluginIsNoCallId) {
  learn(call(1, "1234", "videoroom"));
  EXPECT_FALSE(named_by("1234").conference.valid());
  EXPECT_EQ(named_by("conference:0000000000000001").conference, ConferenceId{1});
}

TEST_F(AgentJoinTest, OurOwnCorrelationIdsNameTheConnection) {
  learn(call(1, "1234", "videoroom"));
  learn(connection(4, 1, "app-77"));
  for (const char* id : {"janus:70/4", "connection:0000000000000004", "app-77"}) {
    const model::Event event = named_by(id);
    EXPECT_EQ(event.connection, ConnectionId{4}) << id;
    EXPECT_EQ(event.participant, ParticipantId{104}) << id;
    EXPECT_EQ(event.conference, ConferenceId{1}) << id;
    EXPECT_EQ(event.host, HostId{9}) << id;
  }
}

TEST_F(AgentJoinTest, ANameOfSeveralConnectionsIsTheirConferences) {
  learn(connection(4, 1, "app-77"));
  learn(connection(5, 1, "app-77"));
  const model::Event event = named_by("app-77");
  EXPECT_EQ(event.conference, ConferenceId{1});
  EXPECT_FALSE(event.connection.valid());
  EXPECT_FALSE(event.participant.valid());
}

TEST_F(AgentJoinTest, ANameOfTwoConferencesNamesNeither) {
  learn(connection(4, 1, "app-77"));
  learn(connection(5, 2, "app-77"));
  EXPECT_FALSE(named_by("app-77").conference.valid());
}

TEST_F(AgentJoinTest, AMessageMayComeBeforeItsCall) {
  join_.take(about("c1@h"), kNow);
  EXPECT_TRUE(join_.advance(kNow + 1s).empty());
  EXPECT_EQ(join_.counts().waiting, 1U);
  learn(call(1, "c1@h"));
  EXPECT_EQ(join_.advance(kNow + 2s).size(), 1U);
  EXPECT_EQ(join_.counts().waiting, 0U);
}

TEST_F(AgentJoinTest, WaitingIsBoundedInTimeAndNumber) {
  for (int i = 0; i < 5; ++i) join_.take(about("nobody"), kNow);
  EXPECT_EQ(join_.counts().waiting, 3U);
  EXPECT_EQ(join_.counts().unmatched, 2U);
  EXPECT_TRUE(join_.advance(kNow + 60s).empty());
  EXPECT_EQ(join_.counts().waiting, 0U);
  EXPECT_EQ(join_.counts().unmatched, 5U);
  learn(call(1, "nobody"));
  EXPECT_TRUE(join_.advance(kNow + 61s).empty());
}

}  // namespace
}  // namespace rtcscope::correlator
