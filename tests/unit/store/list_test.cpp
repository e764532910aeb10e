// Lists: every filter of docs/api/openapi.yaml, and the order.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/store/lists.hpp"

namespace rtcscope::store {
namespace {

using namespace testing;

TEST_F(Lists, ConferencesWorstFirst) {
  put(*store_, {conference(1, 10), conference(2, 20), conference(3, 30), conference(4, 40, 45),
                conference(5, 50), conference(6, 60, 65), conference(7, 70)});
  auto gone = stream(104, 4, 41, 0.0);  // bad, but over
  gone.ended = true;
  gone.total.expected = gone.total.lost = 10;
  put(*store_, {stream(101, 1, 11, 0.0), stream(102, 2, 21, 0.9), stream(103, 3, 31, 0.03), gone,
                stream(105, 5, 51, 0.5), stream(107, 7, 71, 0.0)});
  ConferenceQuery query;
  const Ids want{5, 2, 4, 3, 7, 1, 6};
  EXPECT_EQ(conferences(query), want);
  for (std::uint32_t limit = 1; limit < 8; ++limit) EXPECT_EQ(conferences(query, limit), want) << limit;
  query.sort = ConferenceSort::kNewest;
  EXPECT_EQ(conferences(query, 2), (Ids{7, 6, 5, 4, 3, 2, 1}));
}

TEST_F(Lists, ConferencesByStateRoomAndTime) {
  put(*store_, {conference(1, 100, 200), conference(2, 150, 300), conference(3, 250), conference(4, 400)});
  ConferenceQuery query;
  query.sort = ConferenceSort::kNewest;
  query.state = State::kLive;
  EXPECT_EQ(conferences(query, 1), (Ids{4, 3}));
  query.state = State::kEnded;
  EXPECT_EQ(conferences(query, 1), (Ids{2, 1}));
  query.state.reset();
  query.room = "room2";
  EXPECT_EQ(conferences(query), (Ids{2}));
  query.room = "room";
  EXPECT_EQ(conferences(query), Ids{});
  query.room.reset();
  query.running.from = at(200);  // 1 ended exactly then: it was running at that time
  EXPECT_EQ(conferences(query), (Ids{4, 3, 2, 1}));
  query.running.from = at(201);
  EXPECT_EQ(conferences(query), (Ids{4, 3, 2}));
  query.running.to = at(400);
  EXPECT_EQ(conferences(query, 1), (Ids{3, 2}));
}

TEST_F(Lists, ConferencesByPartOfAName) {
  auto odd = conference(3, 30);
  odd.server = "edge_100%";
  put(*store_, {conference(1, 10), conference(2, 20), odd, participant(11, 1, 11, "Alice"),
                participant(12, 2, 21, "50% off"), participant(13, 2, 21, "a_b")});
  const auto found = [&](const std::string& q) {
    ConferenceQuery query;
    query.sort = ConferenceSort::kNewest;
    query.q = q;
    return conferences(query, 1);
  };
  EXPECT_EQ(found("room"), (Ids{3, 2, 1}));
  EXPECT_EQ(found("OOM2"), (Ids{2}));
  EXPECT_EQ(found("media1"), (Ids{2, 1}));
  EXPECT_EQ(found("lic"), (Ids{1}));
  EXPECT_EQ(found("user13"), (Ids{2}));
  // Wildcards of LIKE are only characters.
  EXPECT_EQ(found("%"), (Ids{3, 2}));
  EXPECT_EQ(found("_"), (Ids{3, 2}));
  EXPECT_EQ(found("0% "), (Ids{2}));
  EXPECT_EQ(found("\\"), Ids{});
  EXPECT_EQ(found("' OR '1'='1"), Ids{});
}

TEST_F(Lists, Participants) {
  const auto session = [](std::uint64_t id, std::uint64_t who, std::optional<std::int64_t> left) {
    model::Session s;
    s.id = {id};
    s.conference = {1};
    s.participant = {who};
    if (left) s.left = ending(*left);
    return s;
  };
  put(*store_, {conference(1, 0), participant(1, 1, 10, "alice"), participant(2, 1, 20, "bob_x"),
                participant(3, 2, 30, "bobby"), session(31, 1, 50), session(32, 1, {}), session(33, 2, 60),
                session(34, 2, 55)});
  EXPECT_EQ(participants({}, 1), (Ids{3, 2, 1}));
  EXPECT_EQ(participants({.conference = ConferenceId{1}}, 1), (Ids{2, 1}));
  EXPECT_EQ(participants({.state = State::kLive}, 1), (Ids{3, 1}));
  EXPECT_EQ(participants({.state = State::kEnded}), (Ids{2}));
  EXPECT_EQ(participants({.q = "BOB"}, 1), (Ids{3, 2}));
  EXPECT_EQ(participants({.q = "b_x"}), (Ids{2}));
  EXPECT_EQ(participants({.q = "bob_y"}), Ids{});
  EXPECT_EQ(participants({.conference = ConferenceId{1}, .state = State::kLive, .q = "ser1"}), (Ids{1}));
}

TEST_F(Lists, Sessions) {
  std::vector<model::Change> changes;
  for (std::uint64_t id = 1; id <= 6; ++id) {
    model::Session s;
    s.id = {id};
    s.conference = {id % 2};
    s.participant = {id % 3};
    s.joined_at = at(7);  // all at once: the id decides
    if (id > 4) s.left = ending(8);
    changes.emplace_back(s);
  }
  put(*store_, changes);
  EXPECT_EQ(sessions({}, 4), (Ids{6, 5, 4, 3, 2, 1}));
  EXPECT_EQ(sessions({.conference = ConferenceId{1}}, 1), (Ids{5, 3, 1}));
  EXPECT_EQ(sessions({.participant = ParticipantId{2}}, 1), (Ids{5, 2}));
  EXPECT_EQ(sessions({.state = State::kLive}, 3), (Ids{4, 3, 2, 1}));
  EXPECT_EQ(sessions({.state = State::kEnded}, 1), (Ids{6, 5}));
  EXPECT_EQ(
      sessions({.conference = ConferenceId{1}, .participant = ParticipantId{2}, .state = State::kEnded}),
      (Ids{5}));
}

TEST_F(Lists, Connections) {
  std::vector<model::Change> changes;
  for (std::uint64_t id = 1; id <= 6; ++id) {
    model::Connection c;
    c.id = {id};
    c.conference = {id % 2};
    c.participant = {id % 3};
    c.started_at = at(static_cast<std::int64_t>(id));
    if (id > 4) c.ended = ending(8);
    changes.emplace_back(c);
  }
  put(*store_, changes);
  EXPECT_EQ(connections({}, 4), (Ids{6, 5, 4, 3, 2, 1}));
  EXPECT_EQ(connections({.conference = ConferenceId{1}}, 1), (Ids{5, 3, 1}));
  EXPECT_EQ(connections({.participant = ParticipantId{2}}, 1), (Ids{5, 2}));
  EXPECT_EQ(connections({.state = State::kLive}, 3), (Ids{4, 3, 2, 1}));
  EXPECT_EQ(connections({.state = State::kEnded}, 1), (Ids{6, 5}));
}

class FlowLists : public Lists {
 protected:
  FlowLists() {
    model::Connection connection;
    connection.id = {50};
    connection.conference = {1};
    connection.participant = {2};
    put(*store_, {connection, flow(1, 50, "192.0.2.1", 1000), flow(2, 50, "192.0.2.1", 2000),
                  flow(3, 0, "192.0.2.2", 1000), flow(4, 60, "2001:db8::4", 4000)});
    auto ended = flow(5, 0, "192.0.2.1", 1000);
    ended.ended = ending(9);
    ended.host = {9};
    auto loop = flow(6, 0, "192.0.2.77", 7);  // both ends are the same
    loop.server_endpoint = loop.client_endpoint;
    put(*store_, {ended, loop});
  }

  static model::Flow flow(std::uint64_t id, std::uint64_t connection, const char* client,
                          std::uint16_t port) {
    model::Flow f;
    f.id = {id};
    f.connection = {connection};
    f.client_endpoint = endpoint(client, port);
    f.server_endpoint = endpoint("198.51.100.1", static_cast<std::uint16_t>(20'000 + id));
    f.first_packet = at(static_cast<std::int64_t>(id));
    return f;
  }
  static FlowQuery at_address(const char* text) {
    FlowQuery query;
    query.address = parse_address_filter(text);
    EXPECT_TRUE(query.address.has_value()) << text;
    return query;
  }
};

TEST_F(FlowLists, ByOwner) {
  EXPECT_EQ(flows({}, 4), (Ids{6, 5, 4, 3, 2, 1}));
  EXPECT_EQ(flows({.connection = ConnectionId{50}}, 1), (Ids{2, 1}));
  EXPECT_EQ(flows({.conference = ConferenceId{1}}, 1), (Ids{2, 1}));
  EXPECT_EQ(flows({.participant = ParticipantId{2}}, 1), (Ids{2, 1}));
  EXPECT_EQ(flows({.participant = ParticipantId{3}}), Ids{});
  EXPECT_EQ(flows({.host = HostId{9}}), (Ids{5}));
  EXPECT_EQ(flows({.unmatched = true}, 1), (Ids{6, 5, 3}));
  EXPECT_EQ(flows({.unmatched = false}, 1), (Ids{4, 2, 1}));
  EXPECT_EQ(flows({.state = State::kEnded}), (Ids{5}));
  EXPECT_EQ(flows({.state = State::kLive}, 2), (Ids{6, 4, 3, 2, 1}));
}

TEST_F(FlowLists, ByAddressOfEitherEnd) {
  EXPECT_EQ(flows(at_address("192.0.2.1"), 1), (Ids{5, 2, 1}));
  EXPECT_EQ(flows(at_address("192.0.2.1:1000"), 1), (Ids{5, 1}));
  EXPECT_EQ(flows(at_address("198.51.100.1"), 2), (Ids{5, 4, 3, 2, 1}));
  EXPECT_EQ(flows(at_address("198.51.100.1:20003")), (Ids{3}));
  EXPECT_EQ(flows(at_address("[2001:db8::4]:4000")), (Ids{4}));
  EXPECT_EQ(flows(at_address("[2001:db8::4]:4001")), Ids{});
  EXPECT_EQ(flows(at_address("192.0.2.77")), (Ids{6}));
  FlowQuery query = at_address("192.0.2.1");
  query.state = State::kLive;
  query.unmatched = false;
  EXPECT_EQ(flows(query, 1), (Ids{2, 1}));
}

TEST_F(FlowLists, CarryTheOwnersOfTheirConnection) {
  const auto row = value(store_->flow({1}));
  EXPECT_EQ(row->conference, ConferenceId{1});
  EXPECT_EQ(row->participant, ParticipantId{2});
  EXPECT_FALSE(value(store_->flow({3}))->conference.valid());
  EXPECT_FALSE(value(store_->flow({4}))->participant.valid());  // its connection is not known (yet)
}

TEST_F(Lists, Streams) {
  std::vector<model::Change> changes;
  for (std::uint64_t id = 1; id <= 6; ++id) {
    auto s = stream(id, id % 2, static_cast<std::int64_t>(id), 0.0);
    s.participant = {id % 3};
    s.connection = {id % 4};
    s.flow = {id % 5};
    s.direction = id < 3 ? "uplink" : id < 5 ? "downlink" : "unknown";
    s.ended = id > 4;
    changes.emplace_back(s);
  }
  put(*store_, changes);
  EXPECT_EQ(streams({}, 4), (Ids{6, 5, 4, 3, 2, 1}));
  EXPECT_EQ(streams({.conference = ConferenceId{1}}, 1), (Ids{5, 3, 1}));
  EXPECT_EQ(streams({.participant = ParticipantId{2}}, 1), (Ids{5, 2}));
  EXPECT_EQ(streams({.connection = ConnectionId{1}}, 1), (Ids{5, 1}));
  EXPECT_EQ(streams({.flow = FlowId{1}}, 1), (Ids{6, 1}));
  EXPECT_EQ(streams({.direction = "downlink"}, 1), (Ids{4, 3}));
  EXPECT_EQ(streams({.state = State::kLive}, 3), (Ids{4, 3, 2, 1}));
  EXPECT_EQ(streams({.state = State::kEnded}, 1), (Ids{6, 5}));
}

TEST_F(Lists, Events) {
  std::vector<model::Change> changes;
  for (std::uint64_t id = 1; id <= 6; ++id) {
    model::Event e;
    e.time = at(static_cast<std::int64_t>(id / 2));  // two at a time
    e.host = {id};
    e.conference = {id % 2};
    e.participant = {id % 3};
    e.connection = {id % 4};
    e.kind = id < 4 ? "joined" : "hangup";
    changes.emplace_back(e);
  }
  put(*store_, changes);
  const Ids all = events({}, 2);
  EXPECT_THAT(all, ::testing::UnorderedElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_EQ(all.front(), 6U);
  EXPECT_EQ(all.back(), 1U);
  for (std::uint32_t limit = 1; limit < 7; ++limit) EXPECT_EQ(events({}, limit), all) << limit;
  EXPECT_EQ(events({.conference = ConferenceId{1}}, 1), (Ids{5, 3, 1}));
  EXPECT_EQ(events({.participant = ParticipantId{2}}, 1), (Ids{5, 2}));
  EXPECT_EQ(events({.connection = ConnectionId{1}}, 1), (Ids{5, 1}));
  EXPECT_THAT(events({.kind = "joined"}, 1), ::testing::UnorderedElementsAre(1, 2, 3));
  EXPECT_THAT(events({.time = {at(1), at(3)}}, 1), ::testing::UnorderedElementsAre(2, 3, 4, 5));
  EXPECT_EQ(events({.conference = ConferenceId{1}, .kind = "joined", .time = {at(1), {}}}), (Ids{3}));
}

TEST_F(Lists, Issues) {
  std::vector<model::Change> changes;
  for (std::uint64_t id = 1; id <= 6; ++id) {
    model::Issue issue;
    issue.id = {id};
    issue.started_at = at(static_cast<std::int64_t>(id / 2));  // two at a time
    issue.conference = {id % 2};
    issue.participant = {id % 3};
    issue.connection = {id % 4};
    issue.kind = id < 4 ? "high_loss" : "ice_failed";
    if (id > 4) issue.ended_at = at(9);
    changes.emplace_back(issue);
  }
  put(*store_, changes);
  for (std::uint32_t limit = 1; limit < 7; ++limit) {
    EXPECT_EQ(issues({}, limit), (Ids{6, 5, 4, 3, 2, 1})) << limit;
  }
  EXPECT_EQ(issues({.conference = ConferenceId{1}}, 1), (Ids{5, 3, 1}));
  EXPECT_EQ(issues({.participant = ParticipantId{2}}, 1), (Ids{5, 2}));
  EXPECT_EQ(issues({.connection = ConnectionId{1}}, 1), (Ids{5, 1}));
  EXPECT_EQ(issues({.kind = "high_loss"}, 1), (Ids{3, 2, 1}));
  EXPECT_EQ(issues({.state = State::kLive}, 2), (Ids{4, 3, 2, 1}));
  EXPECT_EQ(issues({.conference = ConferenceId{1}, .kind = "ice_failed", .state = State::kEnded}), (Ids{5}));
}

TEST_F(Lists, IssuesOfABrokenOffRunEnd) {
  model::Issue issue;
  issue.id = {7};
  issue.connection = {5};
  issue.kind = "high_loss";
  issue.started_at = at(1);
  issue.text = "bob's uplink lost 3.1 % for 42 s";
  issue.evidence = {{"lost", "31 packets"}};
  model::Flow flow;
  flow.id = {3};
  flow.connection = {5};
  flow.last_packet = at(60);
  put(*store_, {issue, flow});
  EXPECT_TRUE(value(store_->issues({})).items.at(0) == issue);
  value(store_->end_unfinished());
  EXPECT_EQ(value(store_->issues({})).items.at(0).ended_at, at(60));
  value(store_->expire(at(100), 100));
  EXPECT_TRUE(value(store_->issues({})).items.empty());
}

TEST_F(Lists, SamplesOldestFirst) {
  std::vector<model::Change> changes;
  for (std::int64_t second = 0; second < 10; ++second) {
    for (std::uint64_t id : {1, 2}) {
      model::StreamSample s;
      s.stream = {id};
      s.start = at(second * 1000);
      s.interval.packets = static_cast<std::uint64_t>(second);
      changes.emplace_back(s);
    }
  }
  put(*store_, changes);
  SampleQuery query{{1}, {at(2000), at(9000)}, {.limit = 3, .cursor = ""}};
  std::vector<std::uint64_t> seconds;
  while (true) {
    const auto page = value(store_->samples(query));
    for (const auto& sample : page.items) seconds.push_back(sample.interval.packets);
    if (!page.next) break;
    query.page.cursor = *page.next;
  }
  EXPECT_EQ(seconds, (Ids{2, 3, 4, 5, 6, 7, 8}));
}

TEST_F(Lists, Hosts) {
  for (std::uint64_t id : {1, 2, 3})
    put(*store_, {model::Host{{id}, "m", "", at(static_cast<std::int64_t>(id)), at(9)}});
  Ids ids;
  PageRequest request{.limit = 2, .cursor = ""};
  while (true) {
    const auto page = value(store_->hosts(request));
    for (const auto& host : page.items) ids.push_back(host.id.value);
    if (!page.next) break;
    request.cursor = *page.next;
  }
  EXPECT_EQ(ids, (Ids{3, 2, 1}));
}

}  // namespace
}  // namespace rtcscope::store
