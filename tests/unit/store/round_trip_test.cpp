// What is written can be read back, every member of it.

#include <gtest/gtest.h>

#include "tests/unit/store/entities.hpp"

namespace rtcscope::store {
namespace {

using namespace testing;

class RoundTrip : public ::testing::Test {
 protected:
  std::unique_ptr<Store> store_ = fresh_store();
};

TEST_F(RoundTrip, EveryMemberOfEveryEntity) {
  put(*store_, {full_host(), full_conference(), full_participant(), full_session(), full_connection(),
                full_flow(), full_stream(), full_sample(), full_event()});
  EXPECT_TRUE(same(value(store_->hosts({})).items.at(0), full_host()));
  EXPECT_TRUE(same(value(store_->conferences({})).items.at(0).conference, full_conference()));
  EXPECT_TRUE(same(value(store_->participants({})).items.at(0).participant, full_participant()));
  EXPECT_TRUE(same(value(store_->sessions({})).items.at(0), full_session()));
  EXPECT_TRUE(same(value(store_->connections({})).items.at(0).connection, full_connection()));
  EXPECT_TRUE(same(value(store_->flows({})).items.at(0).flow, full_flow()));
  EXPECT_TRUE(same(value(store_->streams({})).items.at(0).stream, full_stream()));
  EXPECT_TRUE(same(value(store_->samples({full_stream().id, {}, {}})).items.at(0), full_sample()));
  EXPECT_TRUE(same(value(store_->events({})).items.at(0).event, full_event()));
}

TEST_F(RoundTrip, ById) {
  put(*store_,
      {full_conference(), full_participant(), full_session(), full_connection(), full_flow(), full_stream()});
  EXPECT_TRUE(
      same(value(store_->conference(full_conference().id))->conference.conference, full_conference()));
  EXPECT_TRUE(
      same(value(store_->participant(full_participant().id))->participant.participant, full_participant()));
  EXPECT_TRUE(same(value(store_->session(full_session().id))->session, full_session()));
  EXPECT_TRUE(
      same(value(store_->connection(full_connection().id))->connection.connection, full_connection()));
  EXPECT_TRUE(same(value(store_->flow(full_flow().id))->flow, full_flow()));
  EXPECT_TRUE(same(value(store_->stream(full_stream().id))->stream, full_stream()));
}

TEST_F(RoundTrip, WhatIsAbsentStaysAbsent) {
  model::Conference conference;
  conference.id = {1};
  model::Connection connection;
  connection.id = {2};
  model::Flow flow;
  flow.id = {3};
  model::Stream stream;
  stream.id = {4};
  model::StreamSample sample;
  sample.stream = {4};
  put(*store_, {conference, connection, flow, stream, sample, model::Event{}});
  EXPECT_TRUE(same(value(store_->conferences({})).items.at(0).conference, conference));
  EXPECT_TRUE(same(value(store_->connections({})).items.at(0).connection, connection));
  EXPECT_TRUE(same(value(store_->flows({})).items.at(0).flow, flow));
  EXPECT_TRUE(same(value(store_->streams({})).items.at(0).stream, stream));
  EXPECT_TRUE(same(value(store_->samples({stream.id, {}, {}})).items.at(0), sample));
  EXPECT_TRUE(same(value(store_->events({})).items.at(0).event, model::Event{}));
}

TEST_F(RoundTrip, ANewStateReplacesTheOldOne) {
  put(*store_, {full_host(), full_conference(), full_participant(), full_session(), full_connection(),
                full_flow(), full_stream()});
  auto conference = full_conference();
  conference.ended.reset();
  conference.room = "other";
  auto session = full_session();
  session.left.reset();
  auto connection = full_connection();
  connection.ice_state = "failed";
  connection.connected_at.reset();
  auto flow = full_flow();
  flow.evidence.clear();
  flow.packets_up = 99;
  auto stream = full_stream();
  stream.jitter_ms.reset();
  stream.total.lost = -1;
  put(*store_, {conference, session, connection, flow, stream});
  const auto conferences = value(store_->conferences({})).items;
  ASSERT_EQ(conferences.size(), 1U);
  EXPECT_TRUE(same(conferences[0].conference, conference));
  EXPECT_TRUE(same(value(store_->session(session.id))->session, session));
  EXPECT_TRUE(same(value(store_->connection(connection.id))->connection.connection, connection));
  EXPECT_TRUE(same(value(store_->flow(flow.id))->flow, flow));
  EXPECT_TRUE(same(value(store_->stream(stream.id))->stream, stream));
}

TEST_F(RoundTrip, ARepeatedBatchIsTheSameAgain) {
  auto other = full_event();
  other.text = "bob joined room 1234";
  for (int i = 0; i < 2; ++i) put(*store_, {full_stream(), full_sample(), full_event(), other});
  EXPECT_EQ(value(store_->samples({full_stream().id, {}, {}})).items.size(), 1U);
  const auto events = value(store_->events({})).items;
  ASSERT_EQ(events.size(), 2U);
  EXPECT_NE(events[0].id, events[1].id);
}

TEST_F(RoundTrip, AnIpv4MappedAddressStaysOne) {
  auto flow = full_flow();
  flow.client_endpoint.address = {};
  flow.client_endpoint.address.family = IpFamily::kV6;
  const std::array<std::uint8_t, 16> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 7};
  flow.client_endpoint.address.octets = mapped;
  put(*store_, {flow});
  EXPECT_TRUE(same(value(store_->flow(flow.id))->flow, flow));
}

TEST_F(RoundTrip, HostileTextIsOnlyText) {
  using namespace std::string_literals;
  const std::string texts[] = {"Robert'); DROP TABLE participants;--",
                               "\" OR 1=1 --",
                               "%",
                               "_",
                               "\\",
                               "a\0b"s,
                               "\xff\xfe broken UTF-8",
                               "?1 :name @name $name",
                               std::string(100'000, 'x')};
  std::uint64_t id = 1;
  std::vector<model::Change> changes;
  for (const std::string& text : texts) {
    auto participant = full_participant();
    participant.id = {id++};
    participant.display = text;
    auto conference = full_conference();
    conference.id = participant.conference = {id++};
    conference.room = text;
    changes.insert(changes.end(), {conference, participant});
  }
  put(*store_, changes);
  ASSERT_EQ(value(store_->participants({})).items.size(), std::size(texts));
  for (const std::string& text : texts) {
    // PostgreSQL's text holds no NUL and nothing but UTF-8.
    const std::string kept = on_postgres() ? postgres::storable(text) : text;
    ConferenceQuery query;
    query.room = text;
    const auto found = value(store_->conferences(query)).items;
    ASSERT_EQ(found.size(), 1U) << text.substr(0, 40);
    EXPECT_EQ(found[0].conference.room, kept);
    EXPECT_EQ(
        value(store_->conference(found[0].conference.id))->participants.at(0).participant.participant.display,
        kept);
  }
}

TEST_F(RoundTrip, AChangeWithoutIdIsRejectedAndNothingOfItsBatchIsKept) {
  const model::Change wrong[] = {model::Host{},    model::Conference{},  model::Participant{},
                                 model::Session{}, model::Connection{},  model::Flow{},
                                 model::Stream{},  model::StreamSample{}};
  for (const model::Change& change : wrong) {
    const std::vector<model::Change> batch{full_host(), change};
    const auto result = store_->apply(batch);
    ASSERT_FALSE(result.has_value()) << change.index();
    EXPECT_EQ(result.error().code, StoreErrc::kRejected);
    EXPECT_TRUE(value(store_->hosts({})).items.empty());
  }
  auto nan = full_flow();
  nan.confidence = std::numeric_limits<double>::quiet_NaN();
  const std::vector<model::Change> batch{nan};
  const auto result = store_->apply(batch);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, StoreErrc::kRejected);
}

TEST_F(RoundTrip, NothingIsThereThatWasNotWritten) {
  EXPECT_FALSE(value(store_->conference({1})).has_value());
  EXPECT_FALSE(value(store_->participant({1})).has_value());
  EXPECT_FALSE(value(store_->session({1})).has_value());
  EXPECT_FALSE(value(store_->connection({1})).has_value());
  EXPECT_FALSE(value(store_->flow({1})).has_value());
  EXPECT_FALSE(value(store_->stream({1})).has_value());
  EXPECT_TRUE(value(store_->samples({{1}, {}, {}})).items.empty());
  EXPECT_EQ(value(store_->live_counts()).conferences, 0U);
}

}  // namespace
}  // namespace rtcscope::store
