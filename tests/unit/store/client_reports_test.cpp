// What clients report, as rows: on every store the same.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/client/reports.hpp"
#include "tests/unit/store/lists.hpp"

namespace rtcscope::store::client {
namespace {

using store::testing::at;
using store::testing::put;
using store::testing::value;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string uuid(int number) {
  return "00000000-0000-4000-8000-" + std::to_string(100'000'000'000 + number);
}

class ClientReports : public ::testing::Test {
 protected:
  void write(const std::function<void(Rows&)>& use) {
    value(store_->client_reports().write([&](Rows& rows) {
      use(rows);
      return true;
    }));
  }
  void read(const std::function<void(Rows&)>& use) { value(store_->client_reports().read(use)); }

  Conference conference(int number, int seconds) {
    Conference one;
    one.id = uuid(number);
    one.created_at = one.last_report = at(seconds);
    one.app = uuid(1);
    one.conference_id = "room " + std::to_string(number);
    return one;
  }
  Session session(int number, const std::string& conference, const std::string& participant) {
    Session one;
    one.id = uuid(number);
    one.created_at = at(number);
    one.app = uuid(1);
    one.conference = conference;
    one.participant = participant;
    return one;
  }
  Issue issue(int number, const std::string& conference, const char* type, const char* code) {
    Issue one;
    one.id = uuid(number);
    one.created_at = at(number);
    one.app = uuid(1);
    one.conference = conference;
    one.type = type;
    one.code = code;
    return one;
  }

  std::unique_ptr<Store> store_ = store::testing::fresh_store();
};

TEST_F(ClientReports, ARowComesBackAsItWent) {
  Session one = session(5, uuid(2), uuid(3));
  one.platform = R"({"browser":{"name":"Chrom\u00e9"}})";
  one.end_time = at(99);
  one.kept_rows = 7;
  write([&](Rows& rows) { rows.save(one); });
  one.kept_rows = 8;
  write([&](Rows& rows) { rows.save(one); });
  read([&](Rows& rows) {
    const auto back = rows.find<Session>(one.id);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->platform, one.platform);
    EXPECT_EQ(back->end_time, one.end_time);
    EXPECT_EQ(back->call_start, std::nullopt);
    EXPECT_EQ(back->kept_rows, 8);
    EXPECT_FALSE(rows.find<Session>(""));
    EXPECT_EQ(rows.sessions_of(uuid(2), uuid(3)), 1U);
  });
}

TEST_F(ClientReports, WhatIsRefusedIsUndone) {
  value(store_->client_reports().write([&](Rows& rows) {
    rows.save(conference(2, 10));
    return false;
  }));
  EXPECT_THROW((void)store_->client_reports().write([&](Rows& rows) -> bool {
    rows.save(conference(3, 10));
    throw std::runtime_error("no");
  }),
               std::runtime_error);
  read([&](Rows& rows) { EXPECT_EQ(rows.count<Conference>({}), 0U); });
}

TEST_F(ClientReports, ConferencesAreFilteredAndJudged) {
  write([&](Rows& rows) {
    for (int i = 2; i < 6; ++i) {
      Conference one = conference(i, i * 10);
      one.duration_s = i * 60;
      rows.save(one);
    }
    Participant alice{uuid(20), at(1), uuid(1), "alice", "Alice", false};
    Participant sfu{uuid(21), at(1), uuid(1), "sfu", "", true};
    rows.save(alice);
    rows.save(sfu);
    rows.add_presence(uuid(3), alice.id);
    rows.add_presence(uuid(3), alice.id);
    rows.save(session(30, uuid(3), alice.id));
    rows.save(session(31, uuid(3), alice.id));
    rows.save(session(32, uuid(3), sfu.id));
    rows.save(issue(40, uuid(3), "warning", "turn_used"));
    rows.save(issue(41, uuid(4), "error", "ice_failed"));
  });
  const auto ids = [&](const Filter& filter) {
    std::vector<std::string> names;
    read([&](Rows& rows) {
      for (const ConferenceRow& row : rows.conferences(filter)) names.push_back(row.conference.id);
      EXPECT_EQ(rows.count<Conference>(filter), names.size());
    });
    return names;
  };
  Filter filter;
  filter.app = uuid(1);
  EXPECT_THAT(ids(filter), ElementsAre(uuid(2), uuid(3), uuid(4), uuid(5)));
  filter.duration_gte_s = 180;
  filter.duration_lt_s = 300;
  EXPECT_THAT(ids(filter), ElementsAre(uuid(3), uuid(4)));
  filter.issue_code = "ice_failed";
  EXPECT_THAT(ids(filter), ElementsAre(uuid(4)));
  Filter mine;
  mine.participant = uuid(20);
  EXPECT_THAT(ids(mine), ElementsAre(uuid(3)));
  Filter some;
  some.ids = {uuid(2), uuid(5), uuid(77)};
  some.created_gt = at(20);
  EXPECT_THAT(ids(some), ElementsAre(uuid(5)));
  read([&](Rows& rows) {
    const auto rows_of = rows.conferences(mine);
    EXPECT_TRUE(rows_of.at(0).has_warnings);
    EXPECT_FALSE(rows_of.at(0).has_errors);
    EXPECT_EQ(rows_of.at(0).participants, 1U);
    Filter page;
    page.limit = 2;
    page.offset = 3;
    EXPECT_EQ(rows.conferences(page).size(), 1U);
  });
}

TEST_F(ClientReports, ChartsCount) {
  write([&](Rows& rows) {
    for (int i = 2; i < 6; ++i) {
      Conference one = conference(i, 0);
      one.ongoing = i == 5;
      one.duration_s = i == 4 ? 90 : 30;
      if (!one.ongoing) one.end_time = at(i);
      rows.save(one);
    }
    rows.save(Participant{uuid(20), at(1), uuid(1), "alice", "", false});
    rows.save(session(30, uuid(2), uuid(20)));
    rows.save(issue(40, uuid(2), "error", "ice_failed"));
    rows.save(issue(41, uuid(2), "error", "ice_failed"));
    Connection connection;
    connection.id = uuid(50);
    connection.app = uuid(1);
    connection.conference = uuid(2);
    connection.type = "relay";
    connection.setup_ms = 321;
    rows.save(connection);
  });
  read([&](Rows& rows) {
    Filter filter;
    filter.app = uuid(1);
    std::uint64_t errors = 0, ongoing = 0, all = 0;
    for (const DayCount& day : rows.conferences_by_day(filter)) {
      errors += day.has_errors ? day.count : 0;
      ongoing += day.ongoing ? day.count : 0;
      all += day.count;
      EXPECT_EQ(day.day, ns_since_epoch(at(0)) / 86'400'000'000'000);
    }
    EXPECT_EQ(errors, 1U);
    EXPECT_EQ(ongoing, 1U);
    EXPECT_EQ(all, 4U);
    const auto durations = rows.durations(filter);
    ASSERT_EQ(durations.size(), 2U);
    EXPECT_EQ(durations[0].name, "30");
    EXPECT_EQ(durations[0].count, 2U);
    EXPECT_EQ(rows.participant_counts(filter).at(0).name, "1");
    EXPECT_EQ(rows.grouped("client_issues", "code", filter).at(0).count, 2U);
    EXPECT_EQ(rows.setup_times(filter).at(0).setup_ms, 321);
    filter.app = uuid(9);
    EXPECT_THAT(rows.setup_times(filter), IsEmpty());
  });
}

TEST_F(ClientReports, AConnectionIsFoundAgainInPackets) {
  model::Flow flow;
  flow.id = FlowId{7};
  flow.connection = ConnectionId{4};
  flow.client_ufrag = "RuS3";
  flow.server_ufrag = "LOgs";
  flow.fingerprint_client = "AB:CD";
  model::Flow other;
  other.id = FlowId{8};
  other.connection = ConnectionId{5};
  other.client_ufrag = "RuS3";
  other.server_ufrag = "else";
  put(*store_, {flow, other});
  write([&](Rows& rows) {
    rows.add_mark({uuid(50), "ufrag_pair", "RuS3:LOgs"});
    rows.add_mark({uuid(50), "ufrag_pair", "RuS3:LOgs"});
    rows.add_mark({uuid(50), "fingerprint", "AB:CD"});
    rows.add_mark({uuid(51), "ufrag_pair", "RuS3:Logs"});
    rows.add_mark({uuid(52), "fingerprint", ""});
  });
  read([&](Rows& rows) {
    const auto back = rows.client_links(flow.connection);
    ASSERT_EQ(back.size(), 2U);
    EXPECT_EQ(back[0].connection, uuid(50));
    EXPECT_EQ(back[0].flow, flow.id);
    EXPECT_NE(back[0].kind, back[1].kind);
    EXPECT_THAT(rows.client_links(other.connection), IsEmpty());
  });
}

TEST_F(ClientReports, SearchTakesPartsAndNoPatterns) {
  write([&](Rows& rows) {
    rows.save(conference(2, 0));
    rows.save(Participant{uuid(20), at(1), uuid(1), "u-1", "Alice 100%", false});
    rows.save(Organization{uuid(21), at(1), "Alice Ltd", false});
  });
  read([&](Rows& rows) {
    const auto found = rows.search("alice", 5);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].type, "participant");
    EXPECT_EQ(found[0].own_id, "u-1");
    EXPECT_EQ(rows.search("0%", 5).size(), 1U);
    EXPECT_THAT(rows.search("r%m", 5), IsEmpty());
    EXPECT_EQ(rows.search("room", 5).at(0).id, uuid(2));
  });
}

TEST_F(ClientReports, SecretsAreMadeOnce) {
  write([&](Rows& rows) {
    EXPECT_EQ(rows.secret("x", "first"), "first");
    EXPECT_EQ(rows.secret("x", "second"), "first");
  });
}

TEST_F(ClientReports, OldOnesGo) {
  write([&](Rows& rows) {
    rows.save(conference(2, 0));
    rows.save(conference(3, 1000));
    for (const int i : {2, 3}) {
      rows.save(session(30 + i, uuid(i), uuid(20 + i)));
      rows.save(Participant{uuid(20 + i), at(0), uuid(1), std::to_string(i), "", false});
      rows.add_presence(uuid(i), uuid(20 + i));
    }
    rows.save(issue(40, uuid(2), "error", "ice_failed"));
    rows.save(App{uuid(1), at(0), "", "app", std::string(32, 'a'), "", 10'000, true, true});
  });
  for (int i = 0; i < 5; ++i) value(store_->expire(at(500), 100));
  read([&](Rows& rows) {
    EXPECT_FALSE(rows.find<Conference>(uuid(2)));
    EXPECT_TRUE(rows.find<Conference>(uuid(3)));
    EXPECT_FALSE(rows.find<Issue>(uuid(40)));
    EXPECT_FALSE(rows.find<Participant>(uuid(22)));
    EXPECT_TRUE(rows.find<Participant>(uuid(23)));
    EXPECT_TRUE(rows.app_by_key(std::string(32, 'a')));
  });
}

}  // namespace
}  // namespace rtcscope::store::client
