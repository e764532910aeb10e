// How SQLite would answer: with a million rows, no list may read a whole table or sort one.

#include <gtest/gtest.h>

#include <functional>
#include <sstream>

#include "store/sql/list_sql.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/migrations.hpp"
#include "tests/unit/store/entities.hpp"

namespace rtcscope::store::sql {
namespace {

class Plan : public ::testing::Test {
 protected:
  Plan() { sqlite::migrate(connection_, sqlite::embedded_migrations()); }

  /// The lines of EXPLAIN QUERY PLAN.
  std::string explain(const ListSql& sql) {
    Statement row = connection_.prepare("EXPLAIN QUERY PLAN " + sql.text);
    bind_all(row, sql.values);
    std::string plan;
    while (row.step()) {
      for (int i = 0; i < 3; ++i) row.skip();
      plan += row.text() + "\n";
    }
    return plan;
  }

  /// Only through an index (SCAN without one reads the table), and in its order.
  void expect_indexed(const ListSql& sql) {
    const std::string plan = explain(sql);
    std::istringstream lines(plan);
    for (std::string line; std::getline(lines, line);) {
      const bool whole_table = line.starts_with("SCAN") && line.find("USING") == std::string::npos;
      EXPECT_FALSE(whole_table) << line << "\nin\n" << plan << sql.text;
    }
    EXPECT_EQ(plan.find("TEMP B-TREE FOR ORDER BY"), std::string::npos) << plan << sql.text;
  }

  sqlite::Connection connection_{":memory:", sqlite::OpenMode::kCreate, std::chrono::seconds{1}};
};

/// Calls `use` with every combination of the filters set and not set, on the first and on a later page.
template <class Query>
void for_all(const std::vector<std::function<void(Query&)>>& filters, const std::string& cursor,
             const std::function<void(const Query&)>& use) {
  for (std::size_t bits = 0; bits < std::size_t{1} << filters.size(); ++bits) {
    Query query;
    for (std::size_t i = 0; i < filters.size(); ++i) {
      if ((bits >> i & 1) != 0) filters[i](query);
    }
    use(query);
    query.page.cursor = cursor;
    use(query);
  }
}

const UtcTime kTime = testing::at(0);

TEST_F(Plan, Conferences) {
  for (const auto& [sort, cursor] :
       {std::pair(ConferenceSort::kWorst, "w.3.1.5.5"), std::pair(ConferenceSort::kNewest, "c.5.5")}) {
    for_all<ConferenceQuery>({[](auto& q) { q.state = State::kLive; }, [](auto& q) { q.room = "r"; },
                              [](auto& q) { q.running.from = kTime; }, [](auto& q) { q.running.to = kTime; }},
                             cursor, [&, sort = sort](ConferenceQuery query) {
                               query.sort = sort;
                               const bool few =
                                   sort == ConferenceSort::kWorst && (query.room || query.running.to);
                               // Worst first among those of one room or time: what is left may be sorted.
                               if (!few) expect_indexed(conference_list(query));
                             });
  }
}

TEST_F(Plan, Participants) {
  for_all<ParticipantQuery>({[](auto& q) { q.conference = ConferenceId{1}; },
                             [](auto& q) { q.state = State::kLive; }, [](auto& q) { q.q = "a"; }},
                            "p.5.5", [&](const auto& query) { expect_indexed(participant_list(query)); });
}

TEST_F(Plan, Sessions) {
  for_all<SessionQuery>(
      {[](auto& q) { q.conference = ConferenceId{1}; }, [](auto& q) { q.participant = ParticipantId{1}; },
       [](auto& q) { q.state = State::kLive; }},
      "s.5.5", [&](const auto& query) { expect_indexed(session_list(query)); });
}

TEST_F(Plan, Connections) {
  for_all<ConnectionQuery>(
      {[](auto& q) { q.conference = ConferenceId{1}; }, [](auto& q) { q.participant = ParticipantId{1}; },
       [](auto& q) { q.state = State::kEnded; }},
      "k.5.5", [&](const auto& query) { expect_indexed(connection_list(query)); });
}

TEST_F(Plan, Flows) {
  for_all<FlowQuery>({[](auto& q) { q.connection = ConnectionId{1}; }, [](auto& q) { q.host = HostId{1}; },
                      [](auto& q) { q.unmatched = true; }, [](auto& q) { q.state = State::kLive; },
                      [](auto& q) { q.address = parse_address_filter("192.0.2.1"); }},
                     "f.5.5", [&](const auto& query) { expect_indexed(flow_list(query)); });
}

TEST_F(Plan, FlowsOfAConferenceAreFoundThroughItsConnections) {
  FlowQuery query;
  query.conference = ConferenceId{1};
  const std::string plan = explain(flow_list(query));
  EXPECT_NE(plan.find("SEARCH f USING INDEX flows_by_connection"), std::string::npos) << plan;
  EXPECT_NE(plan.find("connections_by_conference"), std::string::npos) << plan;
}

TEST_F(Plan, Streams) {
  for_all<StreamQuery>(
      {[](auto& q) { q.conference = ConferenceId{1}; }, [](auto& q) { q.participant = ParticipantId{1}; },
       [](auto& q) { q.connection = ConnectionId{1}; }, [](auto& q) { q.flow = FlowId{1}; },
       [](auto& q) { q.direction = "uplink"; }, [](auto& q) { q.state = State::kLive; }},
      "t.5.5", [&](const auto& query) { expect_indexed(stream_list(query)); });
}

TEST_F(Plan, Events) {
  for_all<EventQuery>(
      {[](auto& q) { q.conference = ConferenceId{1}; }, [](auto& q) { q.participant = ParticipantId{1}; },
       [](auto& q) { q.connection = ConnectionId{1}; }, [](auto& q) { q.kind = "joined"; },
       [](auto& q) { q.time.from = kTime; }, [](auto& q) { q.time.to = kTime; }},
      "e.5.5", [&](const auto& query) {
        const std::string plan = explain(event_list(query));
        EXPECT_EQ(plan.find("TEMP B-TREE"), std::string::npos) << plan;
      });
}

TEST_F(Plan, Issues) {
  for_all<IssueQuery>(
      {[](auto& q) { q.conference = ConferenceId{1}; }, [](auto& q) { q.participant = ParticipantId{1}; },
       [](auto& q) { q.connection = ConnectionId{1}; }, [](auto& q) { q.kind = "high_loss"; },
       [](auto& q) { q.state = State::kLive; }},
      "i.5.5", [&](const auto& query) { expect_indexed(issue_list(query)); });
}

TEST_F(Plan, SamplesAreFoundByStreamAndTime) {
  for_all<SampleQuery>({[](auto& q) { q.time.from = kTime; }, [](auto& q) { q.time.to = kTime; }}, "m.5",
                       [&](const auto& query) {
                         const std::string plan = explain(sample_list(query));
                         EXPECT_NE(plan.find("SEARCH m USING PRIMARY KEY (stream_id=?"), std::string::npos)
                             << plan;
                         EXPECT_EQ(plan.find("TEMP B-TREE"), std::string::npos) << plan;
                       });
}

TEST_F(Plan, Hosts) {
  expect_indexed(host_list({}));
  expect_indexed(host_list({.limit = 1, .cursor = "h.5.5"}));
}

}  // namespace
}  // namespace rtcscope::store::sql
