// What the store adds up: summaries, presence, details, series and the search.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/similar.hpp"
#include "tests/unit/store/entities.hpp"

namespace rtcscope::store {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Room 1234 on media1: alice (11) publishes on connection 21, bob (12) has only come.
class Picture : public ::testing::Test {
 protected:
  Picture() {
    put(*store_,
        {host_, room_, alice_, bob_, session(31, 11), session(32, 12), publish_, flow_, video_, rtx_});
  }

  static model::Session session(std::uint64_t id, std::uint64_t who, std::optional<std::int64_t> left = {}) {
    model::Session s;
    s.id = {id};
    s.conference = {1};
    s.participant = {who};
    s.joined_at = at(static_cast<std::int64_t>(id));
    if (left) s.left = ending(*left);
    return s;
  }
  ConferenceRow row() { return value(store_->conference({1}))->conference; }

  model::Host host_{{7}, "media1", "", at(0), at(0)};
  model::Conference room_{{1}, {7}, "media1", "videoroom", "1234", at(0), {}};
  model::Participant alice_{{11}, {1}, "77", "alice", at(1)};
  model::Participant bob_{{12}, {1}, "78", "", at(2)};
  model::Connection publish_ = make_connection(21, 1, 11);
  model::Flow flow_ = make_flow(41, 21);
  model::Stream video_ = make_stream(51, 1234);
  model::Stream rtx_ = make_stream(52, 4321);
  std::unique_ptr<Store> store_ = fresh_store();

 public:
  static model::Connection make_connection(std::uint64_t id, std::uint64_t conference, std::uint64_t who) {
    model::Connection c;
    c.id = {id};
    c.conference = {conference};
    c.participant = {who};
    c.session = {31};
    c.server_handle = "7220030342840207";
    c.role = "publisher";
    c.started_at = at(static_cast<std::int64_t>(id));
    return c;
  }
  static model::Flow make_flow(std::uint64_t id, std::uint64_t connection) {
    model::Flow f;
    f.id = {id};
    f.connection = {connection};
    f.client_endpoint = endpoint("192.0.2.7", 5000);
    f.server_endpoint = endpoint("198.51.100.1", 20000);
    f.transport = "udp";
    f.client_ufrag = "RuS3";
    f.first_packet = at(10);
    f.last_packet = at(9'000);
    return f;
  }
  static model::Stream make_stream(std::uint64_t id, std::uint32_t ssrc) {
    model::Stream s;
    s.id = {id};
    s.flow = {41};
    s.connection = {21};
    s.conference = {1};
    s.participant = {11};
    s.ssrc = ssrc;
    s.direction = "uplink";
    s.kind = "video";
    s.codec = id == 52 ? "rtx" : "VP8";
    s.first_packet = at(static_cast<std::int64_t>(id));
    s.last_packet = at(8'000);
    s.total.packets = 100;
    s.total.expected = 110;
    s.total.lost = 10;
    s.recent_loss_ratio = 0.031;
    s.recent_bitrate_bps = 1000;
    s.bitrate_bps = 1;
    return s;
  }
};

TEST_F(Picture, AConferenceSumsUpWhatIsBelow) {
  const ConferenceRow conference = row();
  EXPECT_EQ(conference.summary.health.word, HealthWord::kDegraded);
  EXPECT_EQ(conference.summary.health.reason, "alice uplink video lost 3.1 % in the last 10 s");
  EXPECT_EQ(conference.participant_count, 2U);
  EXPECT_EQ(conference.present_count, 2U);
  EXPECT_EQ(conference.connection_count, 1U);
  EXPECT_EQ(conference.stream_count, 2U);
  ASSERT_TRUE(conference.summary.uplink.has_value());
  EXPECT_EQ(conference.summary.uplink->streams, 1U);
  EXPECT_EQ(conference.summary.uplink->packets, 100U);
  EXPECT_EQ(conference.summary.uplink->expected, 110U);
  EXPECT_EQ(conference.summary.uplink->lost, 10);
  EXPECT_EQ(conference.summary.uplink->loss_ratio, 0.031);
  EXPECT_EQ(conference.summary.uplink->jitter_ms, std::nullopt);
  EXPECT_EQ(conference.summary.uplink->bitrate_bps, 2000.0);
  EXPECT_FALSE(conference.summary.downlink.has_value());
}

TEST_F(Picture, ListAndDetailTellTheSame) {
  const ConferenceRow listed = value(store_->conferences({})).items.at(0);
  EXPECT_EQ(listed.summary.health.reason, row().summary.health.reason);
  EXPECT_EQ(listed.summary.uplink->bitrate_bps, 2000.0);
  const ParticipantRow alice = value(store_->participants({.q = "alice"})).items.at(0);
  EXPECT_EQ(alice.summary.health.reason, listed.summary.health.reason);
  EXPECT_EQ(alice.connection_count, 1U);
  EXPECT_EQ(alice.stream_count, 2U);
  const ConnectionRow connection = value(store_->connections({})).items.at(0);
  EXPECT_EQ(connection.summary.health.reason, listed.summary.health.reason);
  EXPECT_EQ(connection.flow_count, 1U);
  EXPECT_EQ(connection.stream_count, 2U);
  ASSERT_TRUE(connection.confidence) << "packets are linked to it";
  EXPECT_EQ(listed.confidence, connection.confidence);
  EXPECT_EQ(value(store_->streams({.flow = FlowId{41}})).items.at(1).health.reason,
            listed.summary.health.reason);
}

TEST_F(Picture, FollowsItsStreams) {
  video_.recent_loss_ratio = 0.0;
  put(*store_, {video_});
  EXPECT_EQ(row().summary.health.word, HealthWord::kGood);
  video_.ended = rtx_.ended = true;
  publish_.ended = ending(9'000);
  put(*store_, {video_, rtx_, publish_});
  EXPECT_EQ(row().summary.health.word, HealthWord::kBad);  // 10 of 110
  EXPECT_EQ(row().summary.uplink->bitrate_bps, 2.0);
}

TEST_F(Picture, WhatEndedIsJudgedByItsReceiversToo) {
  video_.ended = rtx_.ended = true;
  video_.direction = rtx_.direction = "downlink";
  video_.total.lost = 0;
  video_.loss_split.lost_after_tap = 25;
  video_.loss_split.unreported_packets = 10;
  publish_.ended = ending(9'000);
  put(*store_, {video_, rtx_, publish_});
  EXPECT_EQ(row().summary.health.word, HealthWord::kBad);
  EXPECT_EQ(row().summary.health.reason, "alice downlink video lost 25.0 % after the media host");
}

// Two packets of padding 5 us apart: what they say of a second is no part of a sum.
TEST_F(Picture, ARateOfAMomentIsInNoSum) {
  video_.ended = rtx_.ended = true;
  publish_.ended = ending(9'000);
  rtx_.first_packet = rtx_.last_packet - std::chrono::microseconds{5};
  rtx_.bitrate_bps = 986e6;
  put(*store_, {video_, rtx_, publish_});
  EXPECT_EQ(row().summary.uplink->bitrate_bps, 1.0);
}

TEST_F(Picture, FollowsAStreamThatChangesItsConference) {
  model::Conference other = room_;
  other.id = {2};
  video_.conference = {2};
  put(*store_, {other, video_});
  EXPECT_EQ(row().stream_count, 1U);
  EXPECT_EQ(row().summary.health.word, HealthWord::kUnknown);
  EXPECT_EQ(value(store_->conference({2}))->conference.stream_count, 1U);
}

TEST_F(Picture, FollowsANewName) {
  bob_.id = alice_.id;
  bob_.display = "Alice B.";
  put(*store_, {bob_});
  EXPECT_EQ(row().summary.health.reason, "Alice B. uplink video lost 3.1 % in the last 10 s");
}

TEST_F(Picture, AFailedConnectionIsBad) {
  publish_.dtls_state = "failed";
  put(*store_, {publish_});
  EXPECT_EQ(row().summary.health.reason, "alice DTLS failed");
  EXPECT_EQ(value(store_->connection({21}))->connection.summary.health.word, HealthWord::kBad);
}

TEST_F(Picture, APersonHasLeftWhenTheLastSessionIsOver) {
  put(*store_, {session(31, 11, 5'000)});
  const auto left = value(store_->participant({11}))->participant.left;
  ASSERT_TRUE(left.has_value());
  EXPECT_EQ(*left, ending(5'000));
  EXPECT_EQ(row().present_count, 1U);
  EXPECT_EQ(row().participant_count, 2U);
  put(*store_, {session(33, 11)});  // is back
  EXPECT_FALSE(value(store_->participant({11}))->participant.left.has_value());
  put(*store_, {session(33, 11, 4'000)});
  EXPECT_EQ(value(store_->participant({11}))->participant.left->time, at(5'000));
}

TEST_F(Picture, ASessionMayComeBeforeItsPerson) {
  put(*store_, {session(35, 13, 100)});
  put(*store_, {model::Participant{{13}, {1}, "79", "carol", at(3)}});
  EXPECT_EQ(value(store_->participant({13}))->participant.left, ending(100));
}

TEST_F(Picture, LiveCountsAreOfThoseInLiveConferences) {
  EXPECT_EQ(value(store_->live_counts()).conferences, 1U);
  EXPECT_EQ(value(store_->live_counts()).participants, 2U);
  put(*store_, {session(31, 11, 5'000)});
  EXPECT_EQ(value(store_->live_counts()).participants, 1U);
  room_.ended = ending(6'000);
  put(*store_, {room_});
  EXPECT_EQ(value(store_->live_counts()).conferences, 0U);
  EXPECT_EQ(value(store_->live_counts()).participants, 0U);
}

TEST_F(Picture, Details) {
  put(*store_, {make_connection(22, 1, 0), make_connection(23, 1, 99)});
  const auto conference = value(store_->conference({1}));
  ASSERT_TRUE(conference.has_value());
  ASSERT_EQ(conference->participants.size(), 2U);
  EXPECT_EQ(conference->participants[0].participant.participant, alice_);
  ASSERT_EQ(conference->participants[0].connections.size(), 1U);
  EXPECT_EQ(conference->participants[0].connections[0].connection, publish_);
  EXPECT_THAT(conference->participants[1].connections, IsEmpty());
  ASSERT_EQ(conference->connections.size(), 2U);  // nobody's, or of somebody who is not known
  EXPECT_EQ(conference->connections[0].connection.id, ConnectionId{22});

  const auto alice = value(store_->participant({11}));
  EXPECT_EQ(alice->conference, room_);
  EXPECT_THAT(alice->sessions, ElementsAre(session(31, 11)));
  EXPECT_EQ(alice->connections.size(), 1U);
  ASSERT_EQ(alice->streams.size(), 2U);
  EXPECT_EQ(alice->streams[0].stream, video_);
  EXPECT_EQ(alice->streams[0].health.word, HealthWord::kDegraded);
  EXPECT_EQ(alice->streams[1].health.word, HealthWord::kUnknown);

  EXPECT_EQ(value(store_->session({31}))->connections.size(), 3U);
  const auto connection = value(store_->connection({21}));
  ASSERT_EQ(connection->flows.size(), 1U);
  EXPECT_EQ(connection->flows[0].flow, flow_);
  EXPECT_EQ(connection->flows[0].participant, ParticipantId{11});
  EXPECT_EQ(connection->streams.size(), 2U);
}

std::vector<std::string> found(const Store& store, const std::string& text) {
  std::vector<std::string> hits;
  for (const SearchHit& hit : value(store.search(text, 100))) {
    hits.push_back(std::string(to_string(hit.type)) + " " + std::to_string(hit.id) + " by " + hit.matched +
                   ": " + hit.title + " | " + hit.detail);
  }
  return hits;
}

TEST_F(Picture, SearchTriesEverythingThatTheTextCouldBe) {
  const std::string place = "videoroom 1234 on media1";
  EXPECT_THAT(found(*store_, "alice"), ElementsAre("participant 11 by display: alice | " + place));
  EXPECT_THAT(found(*store_, "LIC"), ElementsAre("participant 11 by display: alice | " + place));
  EXPECT_THAT(found(*store_, "78"), ElementsAre("participant 12 by user_id: 78 | " + place));
  EXPECT_THAT(found(*store_, "1234"),
              ElementsAre("conference 1 by room: 1234 | " + place,
                          "stream 51 by ssrc: SSRC 1234 (0x000004d2) | alice uplink video VP8, in " + place));
  EXPECT_THAT(found(*store_, "0x4D2"),
              ElementsAre("stream 51 by ssrc: SSRC 1234 (0x000004d2) | alice uplink video VP8, in " + place));
  EXPECT_THAT(
      found(*store_, "7220030342840207"),
      ElementsAre("connection 21 by server_handle: alice handle 7220030342840207 | publisher, in " + place));
  const std::string flow = ": 192.0.2.7:5000 - 198.51.100.1:20000 | udp, in " + place;
  EXPECT_THAT(found(*store_, "192.0.2.7"), ElementsAre("flow 41 by address" + flow));
  EXPECT_THAT(found(*store_, "198.51.100.1:20000"), ElementsAre("flow 41 by address" + flow));
  EXPECT_THAT(found(*store_, "192.0.2.7:5001"), IsEmpty());
  EXPECT_THAT(found(*store_, "RuS3"), ElementsAre("flow 41 by ufrag" + flow));
  EXPECT_THAT(found(*store_, "rus3"), IsEmpty());  // an ufrag is case-sensitive (RFC 8839 5.4)
  EXPECT_THAT(found(*store_, "0000000000000015"),
              ElementsAre("connection 21 by id: alice handle 7220030342840207 | publisher, in " + place));
  EXPECT_THAT(found(*store_, ""), IsEmpty());
  EXPECT_THAT(found(*store_, "%"), IsEmpty());
  EXPECT_THAT(found(*store_, "a_i_e"), IsEmpty());
}

TEST_F(Picture, SearchFindsTheNameThatWasMeant) {
  model::Conference standup = room_;
  standup.id = {2};
  standup.room = "weekly standup";
  put(*store_, {standup});
  for (const char* const slip : {"alcie", "Alise", "alic e"}) {
    const auto hits = value(store_->search(slip, 10));
    ASSERT_EQ(hits.size(), 1U) << slip;
    EXPECT_EQ(hits[0].title, "alice");
    EXPECT_TRUE(hits[0].similar);
  }
  EXPECT_EQ(value(store_->search("stnadup", 10)).at(0).title, "weekly standup");
  EXPECT_FALSE(value(store_->search("alice", 10)).at(0).similar);
  EXPECT_THAT(value(store_->search("1243", 10)), IsEmpty());  // another room, not 1234
  EXPECT_THAT(value(store_->search("alcies", 10)), IsEmpty());
}

TEST(Similar, CountsSlips) {
  EXPECT_EQ(slips_between("standup", "Weekly Standup"), 0U);
  EXPECT_EQ(slips_between("standpu", "standup"), 1U);
  EXPECT_EQ(slips_between("wekly stadnup", "weekly standup"), 2U);
  EXPECT_EQ(slips_between("wkly stadnp", "weekly standup"), std::nullopt);
  EXPECT_EQ(slips_between("bob", "bob"), std::nullopt);    // too short to tell a slip from a name
  EXPECT_EQ(slips_between("1234", "1235"), std::nullopt);  // digits are no slips
  EXPECT_EQ(slips_between(std::string(65, 'a'), std::string(65, 'a')), std::nullopt);
  EXPECT_EQ(slips_between("standup", std::string(10'000, 's')), std::nullopt);
  EXPECT_EQ(slips_between("standup", ""), std::nullopt);
}

TEST_F(Picture, AnOverviewCountsWhatBeganInTheRange) {
  model::Conference later = room_;
  later.id = {2};
  later.started_at = room_.started_at + std::chrono::hours{1};
  later.ended = ending(2 * 3'600'000);
  put(*store_, {later});
  const UtcTime from = room_.started_at;
  const OverviewQuery two_hours{from, from + std::chrono::hours{2}, std::chrono::hours{1}};
  const Overview both = value(store_->overview(two_hours));
  EXPECT_EQ(both.conferences, 2U);
  ASSERT_EQ(both.points.size(), 2U);
  EXPECT_EQ(both.points[0].conferences, 1U);
  EXPECT_EQ(both.points[1].conferences, 1U);
  EXPECT_EQ(both.points[1].start, later.started_at);
  ASSERT_TRUE(both.conference_mean_s);
  EXPECT_DOUBLE_EQ(*both.conference_mean_s,
                   std::chrono::duration<double>(later.ended->time - later.started_at).count());
  const OverviewQuery first_hour{from, from + std::chrono::hours{1}, std::chrono::hours{1}};
  const Overview first = value(store_->overview(first_hour));
  EXPECT_EQ(first.conferences, 1U);
  EXPECT_EQ(first.participants, 2U);
  EXPECT_EQ(first.points.at(0).participants, 2U);
  EXPECT_EQ(first.sessions, 2U);
  EXPECT_FALSE(first.conference_mean_s);
  ASSERT_EQ(first.codecs.size(), 2U);
  EXPECT_EQ(first.codecs[0].count + first.codecs[1].count, 2U);
}

TEST_F(Picture, SearchIsBoundedByTypeAndNewestFirst) {
  for (std::uint64_t id = 100; id < 120; ++id) {
    put(*store_,
        {model::Participant{{id}, {1}, "x", "zoe " + std::to_string(id), at(static_cast<std::int64_t>(id))}});
    auto flow = make_flow(id, 0);
    flow.first_packet = at(static_cast<std::int64_t>(id % 7));
    if (id % 2 == 0) std::swap(flow.client_endpoint, flow.server_endpoint);
    put(*store_, {flow});
  }
  const auto people = value(store_->search("zoe", 3));
  ASSERT_EQ(people.size(), 3U);
  EXPECT_EQ(people[0].id, 119U);
  EXPECT_EQ(people[2].id, 117U);
  const auto flows = value(store_->search("192.0.2.7", 5));
  ASSERT_EQ(flows.size(), 5U);
  for (std::size_t i = 1; i < flows.size(); ++i) EXPECT_GE(flows[i - 1].time, flows[i].time);
}

model::StreamSample sample(std::int64_t start_ms, std::int64_t end_ms, std::uint64_t packets,
                           std::optional<double> jitter) {
  model::StreamSample s;
  s.stream = {51};
  s.start = utc_from_ns(start_ms * 1'000'000);
  s.end = utc_from_ns(end_ms * 1'000'000);
  s.interval.packets = packets;
  s.interval.bytes = packets * 100;
  s.interval.expected = packets + 1;
  s.interval.lost = 1;
  s.jitter_ms = jitter;
  return s;
}

TEST_F(Picture, ASeriesSumsTheSamplesThatBeginInAPoint) {
  put(*store_, {sample(10'400, 11'000, 1, 5.0), sample(11'000, 12'000, 2, {}), sample(14'999, 16'000, 4, 3.0),
                sample(15'000, 16'000, 8, 9.0), sample(30'000, 30'500, 16, {})});
  const auto points = value(store_->series({51}, {}, std::chrono::seconds{5}));
  ASSERT_EQ(points.size(), 3U);
  EXPECT_EQ(points[0].start, utc_from_ns(10'000'000'000));
  EXPECT_EQ(points[0].packets, 7U);
  EXPECT_EQ(points[0].bytes, 700U);
  EXPECT_EQ(points[0].expected, 10U);
  EXPECT_EQ(points[0].lost, 3);
  EXPECT_EQ(points[0].measured, std::chrono::milliseconds{2'601});
  EXPECT_EQ(points[0].jitter_ms, 5.0);
  EXPECT_EQ(points[1].packets, 8U);
  EXPECT_EQ(points[2].start, utc_from_ns(30'000'000'000));
  EXPECT_EQ(points[2].jitter_ms, std::nullopt);
  const TimeRange range{utc_from_ns(11'000'000'000), utc_from_ns(15'000'000'000)};
  const auto part = value(store_->series({51}, range, std::chrono::seconds{1}));
  ASSERT_EQ(part.size(), 2U);
  EXPECT_EQ(part[0].packets, 2U);
  EXPECT_EQ(part[1].packets, 4U);
  EXPECT_FALSE(store_->series({51}, {}, std::chrono::milliseconds{999}).has_value());
}

TEST_F(Picture, TheSpanOfSamples) {
  auto other = sample(90'000, 91'000, 1, {});
  other.stream = {52};
  put(*store_,
      {sample(10'000, 11'000, 1, {}), sample(20'000, 21'000, 1, {}), sample(30'000, 31'000, 1, {}), other});
  const StreamId both[] = {{51}, {52}, {53}};
  const auto span = value(store_->sample_span(both, {}));
  ASSERT_TRUE(span.has_value());
  EXPECT_EQ(span->first, utc_from_ns(10'000'000'000));
  EXPECT_EQ(span->last, utc_from_ns(90'000'000'000));
  const auto part = value(store_->sample_span(std::span(both).first(1),
                                              {utc_from_ns(10'000'000'001), utc_from_ns(30'000'000'000)}));
  EXPECT_EQ(part->first, utc_from_ns(20'000'000'000));
  EXPECT_EQ(part->last, utc_from_ns(20'000'000'000));
  EXPECT_FALSE(value(store_->sample_span(std::span(both).last(1), {})).has_value());
}

}  // namespace
}  // namespace rtcscope::store
