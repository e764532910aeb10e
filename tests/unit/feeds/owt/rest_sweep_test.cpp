#include "feeds/owt/rest_sweep.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace rtcscope::feeds::owt {
namespace {

constexpr const char* kService = "5e1a2b3c4d5e6f7081920a1b";
constexpr const char* kAlice = R"([{"id": "p1", "user": "alice", "role": "presenter"}])";

struct Answer {
  int status = 200;
  std::string body = "[]";
};

/// Every path that the sweep asked for, in order.
std::vector<std::string> run(RestSweep& sweep, const std::function<Answer(const std::string&)>& server) {
  std::vector<std::string> asked;
  sweep.begin();
  while (const auto path = sweep.next()) {
    asked.push_back(*path);
    const Answer answer = server(*path);
    (void)sweep.answer(answer.status, answer.body);
    EXPECT_LT(asked.size(), 1000U);
    if (asked.size() >= 1000U) break;
  }
  return asked;
}

std::string rooms(std::size_t from, std::size_t count) {
  std::string list;
  for (std::size_t i = from; i < from + count; ++i) {
    list += (list.empty() ? "" : ",") + std::string(R"({"_id": "room)") + std::to_string(i) + R"("})";
  }
  return "[" + list + "]";
}

TEST(RestSweep, AsksEverythingOfARoomInUse) {
  RestSweep sweep(kService);
  const auto asked = run(sweep, [](const std::string& path) -> Answer {
    if (path == "/v1/rooms?page=1&per_page=100") return {200, rooms(1, 2)};
    return {200, path == "/v1/rooms/room2/participants" ? kAlice : "[]"};
  });
  const std::vector<std::string> want{
      "/services/5e1a2b3c4d5e6f7081920a1b", "/v1/rooms?page=1&per_page=100", "/v1/rooms/room1/participants",
      "/v1/rooms/room2/participants",       "/v1/rooms/room2/streams",       "/v1/rooms/room2/streaming-outs",
      "/v1/rooms/room2/recordings",         "/v1/rooms/room2/sipcalls",      "/v1/rooms/room2/analytics"};
  EXPECT_EQ(asked, want);
  EXPECT_EQ(sweep.failure(), "");
  EXPECT_EQ(sweep.used_rooms(), std::set<std::string>{"room2"});
  EXPECT_EQ(sweep.inventory(), R"(["room1","room2"])");
}

TEST(RestSweep, ReadsPagesUntilOneIsNotFull) {
  RestSweep sweep(kService);
  std::size_t pages = 0;
  run(sweep, [&](const std::string& path) -> Answer {
    if (!path.starts_with("/v1/rooms?")) return {};
    pages += 1;
    return {200, rooms(pages * 100, pages < 3 ? 100 : 7)};
  });
  EXPECT_EQ(pages, 3U);
  EXPECT_EQ(sweep.rooms().size(), 207U);
}

TEST(RestSweep, ServerThatIgnoresPagesIsNotAskedForEver) {
  RestSweep sweep(kService);
  std::size_t pages = 0;
  run(sweep, [&](const std::string& path) -> Answer {
    if (!path.starts_with("/v1/rooms?")) return {};
    pages += 1;
    return {200, rooms(0, 150)};
  });
  EXPECT_EQ(pages, 2U);
  EXPECT_EQ(sweep.rooms().size(), 150U);
}

TEST(RestSweep, ViewersAreNobody) {
  RestSweep sweep(kService, "watcher");
  const auto asked = run(sweep, [](const std::string& path) -> Answer {
    if (path.starts_with("/v1/rooms?")) return {200, rooms(1, 1)};
    return {200, R"([{"id": "p1", "user": "watcher", "role": "viewer"}])"};
  });
  EXPECT_EQ(asked.back(), "/v1/rooms/room1/participants");
  EXPECT_TRUE(sweep.used_rooms().empty());
}

TEST(RestSweep, WrongKeyIsToldInOneLine) {
  RestSweep sweep(kService);
  run(sweep, [](const std::string&) -> Answer {
    return {401, R"({"error": {"code": 1101, "message": "WWW-Authenticate: MAuth"}})"};
  });
  EXPECT_EQ(sweep.failure(),
            "HTTP status 401 1101 WWW-Authenticate: MAuth: is it the right service and key?");
}

TEST(RestSweep, RoomThatFailsOrIsGoneDoesNotEndTheSweep) {
  RestSweep sweep(kService);
  const auto asked = run(sweep, [](const std::string& path) -> Answer {
    if (path.starts_with("/v1/rooms?")) return {200, rooms(1, 3)};
    if (path == "/v1/rooms/room1/participants") {
      return {500, R"({"error": {"code": 1301, "message": "Operation failed"}})"};
    }
    if (path == "/v1/rooms/room2/participants") {
      return {404, R"({"error": {"code": 1003, "message": "Room not found"}})"};
    }
    return {200, path.ends_with("participants") ? kAlice : "[]"};
  });
  EXPECT_EQ(sweep.failure(), "");
  EXPECT_EQ(sweep.unanswered(), 1U);
  EXPECT_EQ(sweep.used_rooms(), std::set<std::string>{"room3"});
  EXPECT_EQ(asked.size(), 10U);
}

TEST(RestSweep, RoomWhoseIdIsAPathIsNotAskedFor) {
  RestSweep sweep(kService);
  const auto asked = run(sweep, [](const std::string& path) -> Answer {
    if (path.starts_with("/v1/rooms?"))
      return {200, R"([{"_id": "../services"}, {"_id": "a b"}, {"_id": "ok"}])"};
    return {};
  });
  EXPECT_EQ(asked.back(), "/v1/rooms/ok/participants");
  EXPECT_EQ(asked.size(), 3U);
}

TEST(RestSweep, WhatIsNoManagementApiFails) {
  for (const char* body : {"", "{}", "[1]", "<html>", R"([{"name": "no id"}])"}) {
    RestSweep sweep(kService);
    run(sweep, [&](const std::string& path) -> Answer {
      return {200, path.starts_with("/services/") ? "{}" : body};
    });
    EXPECT_NE(sweep.failure(), "") << body;
  }
}

}  // namespace
}  // namespace rtcscope::feeds::owt
