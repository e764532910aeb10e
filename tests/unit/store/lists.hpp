#pragma once
// Walks a list through all its pages, and small entities to fill it with.

#include <gtest/gtest.h>

#include "tests/unit/store/entities.hpp"

namespace rtcscope::store::testing {

using Ids = std::vector<std::uint64_t>;

template <class T>
inline std::uint64_t id_of(const T& entity) {
  return entity.id.value;
}
inline std::uint64_t id_of(const ConferenceRow& row) {
  return row.conference.id.value;
}
inline std::uint64_t id_of(const ParticipantRow& row) {
  return row.participant.id.value;
}
inline std::uint64_t id_of(const ConnectionRow& row) {
  return row.connection.id.value;
}
inline std::uint64_t id_of(const FlowRow& row) {
  return row.flow.id.value;
}
inline std::uint64_t id_of(const StreamRow& row) {
  return row.stream.id.value;
}
inline std::uint64_t id_of(const model::Issue& issue) {
  return issue.id.value;
}
inline std::uint64_t id_of(const EventRow& row) {
  return row.event.host.value;  // the test numbers its events by host
}

/// The ids of all pages; every page but the last is full.
template <class Query, class List>
Ids walk(Query query, std::uint32_t limit, List list) {
  Ids ids;
  query.page.limit = limit;
  while (true) {
    const auto page = value(list(query));
    for (const auto& item : page.items) ids.push_back(id_of(item));
    if (!page.next) return ids;
    EXPECT_EQ(page.items.size(), limit);
    query.page.cursor = *page.next;
  }
}

class Lists : public ::testing::Test {
 protected:
  Ids conferences(const ConferenceQuery& q, std::uint32_t limit = 100) {
    return walk(q, limit, [&](const auto& query) { return store_->conferences(query); });
  }
  Ids participants(const ParticipantQuery& q, std::uint32_t limit = 100) {
    return walk(q, limit, [&](const auto& query) { return store_->participants(query); });
  }
  Ids sessions(const SessionQuery& q, std::uint32_t limit = 100) {
    return walk(q, limit, [&](const auto& query) { return store_->sessions(query); });
  }
  Ids connections(const ConnectionQuery& q, std::uint32_t limit = 100) {
    return walk(q, limit, [&](const auto& query) { return store_->connections(query); });
  }
  Ids flows(const FlowQuery& q, std::uint32_t limit = 100) {
    return walk(q, limit, [&](const auto& query) { return store_->flows(query); });
  }
  Ids streams(const StreamQuery& q, std::uint32_t limit = 100) {
    return walk(q, limit, [&](const auto& query) { return store_->streams(query); });
  }
  Ids events(const EventQuery& q, std::uint32_t limit = 100) {
    return walk(q, limit, [&](const auto& query) { return store_->events(query); });
  }

  Ids issues(const IssueQuery& q, std::uint32_t limit = 100) {
    return walk(q, limit, [&](const auto& query) { return store_->issues(query); });
  }

  std::unique_ptr<Store> store_ = fresh_store();
};

inline model::Conference conference(std::uint64_t id, std::int64_t start,
                                    std::optional<std::int64_t> end = {}) {
  model::Conference c;
  c.id = {id};
  c.server = "media1";
  c.plugin = "videoroom";
  c.room = "room" + std::to_string(id);
  c.started_at = at(start);
  if (end) c.ended = ending(*end);
  return c;
}

inline model::Participant participant(std::uint64_t id, std::uint64_t conference, std::int64_t seen,
                                      std::string display) {
  return {{id}, {conference}, "user" + std::to_string(id), std::move(display), at(seen)};
}

inline model::Stream stream(std::uint64_t id, std::uint64_t conference, std::int64_t first,
                            double recent_loss) {
  model::Stream s;
  s.id = {id};
  s.conference = {conference};
  s.ssrc = static_cast<std::uint32_t>(id);
  s.direction = "uplink";
  s.kind = "audio";
  s.first_packet = at(first);
  s.last_packet = at(first + 1000);
  s.recent_loss_ratio = recent_loss;
  return s;
}

}  // namespace rtcscope::store::testing
