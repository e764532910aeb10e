// feeds/janus/admin_sweep.hpp: what is asked of a Janus, in which order, and what becomes of refusals.

#include "feeds/janus/admin_sweep.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace rtcscope::feeds::janus {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using Json = nlohmann::json;

const UtcTime kNow = utc_from_ns(1'795'225'180'000'000'000);

/// A Janus with session 1 (handles 11, 12), session 2 (handle 21), and room "blue" with somebody in it.
class Server {
 public:
  std::string answer(const Json& request) {
    const std::string kind = request["janus"];
    if (kind == "info")
      return R"({"janus":"server_info","server-name":"m","plugins":{"janus.plugin.videoroom":{}}})";
    if (request.value("admin_secret", "") != "s3") return error(403, "Unauthorized");
    if (kind == "list_sessions") return R"({"janus":"success","sessions":[1,2]})";
    if (kind == "list_handles") {
      if (request["session_id"] == 2) return error(458, "gone");
      return R"({"janus":"success","handles":[11,12]})";
    }
    if (kind == "handle_info") {
      const char* state = request["handle_id"] == 11 ? "connected" : "trying";
      return Json{{"janus", "success"}, {"info", {{"webrtc", {{"dtls", {{"dtls-state", state}}}}}}}}.dump();
    }
    if (request["request"]["request"] == "list") {
      return R"({"janus":"success","response":{"list":[{"room":"blue","num_participants":2},)"
             R"({"room":7,"num_participants":0}]}})";
    }
    return R"({"janus":"success","response":{"videoroom":"participants"}})";
  }

 private:
  static std::string error(int code, const char* reason) {
    return Json{{"janus", "error"}, {"error", {{"code", code}, {"reason", reason}}}}.dump();
  }
};

class AdminSweepTest : public ::testing::Test {
 protected:
  /// Runs a whole sweep; what was asked for, in short.
  std::vector<std::string> run(UtcTime now, const std::string& secret = "s3") {
    std::vector<std::string> asked;
    sweep.begin(now);
    while (const auto text = sweep.next("t1", secret)) {
      const Json request = Json::parse(*text);
      EXPECT_EQ(request["transaction"], "t1");
      std::string line = request["janus"];
      if (request.contains("handle_id")) line += " " + request["handle_id"].dump();
      if (request.contains("request")) line = request["request"]["request"];
      if (request.contains("request") && request["request"].contains("room"))
        line += " " + request["request"]["room"].dump();
      asked.push_back(line);
      if (sweep.answer(server.answer(request), now)) delivered += 1;
    }
    return asked;
  }

  Server server;
  AdminSweep sweep;
  int delivered = 0;
};

TEST_F(AdminSweepTest, AsksForEverythingAndKeepsWhatIsGoneOutOfTheInventory) {
  EXPECT_THAT(run(kNow), ElementsAre("info", "list_sessions", "list_handles", "handle_info 12",
                                     "handle_info 11", "list_handles", "list", "listparticipants \"blue\""));
  EXPECT_EQ(sweep.failure(), "");
  EXPECT_EQ(sweep.server(), "m");
  EXPECT_EQ(delivered, 4);  // server_info, two handles, one roster
  const Json inventory = Json::parse(sweep.inventory());
  EXPECT_EQ(inventory["janus"], "inventory");
  EXPECT_EQ(inventory["handles"]["1"], (Json{"11", "12"}));
  EXPECT_TRUE(inventory["handles"]["2"].empty());
}

TEST_F(AdminSweepTest, AConnectionThatIsUpIsAskedForOnceAMinute) {
  run(kNow);
  EXPECT_THAT(run(kNow + 59s), ::testing::Not(::testing::Contains("handle_info 11")));
  EXPECT_THAT(run(kNow + 59s), ::testing::Contains("handle_info 12"));
  EXPECT_THAT(run(kNow + 60s), ::testing::Contains("handle_info 11"));
}

TEST_F(AdminSweepTest, AWrongSecretEndsTheSweep) {
  EXPECT_THAT(run(kNow, "wrong"), ElementsAre("info", "list_sessions"));
  EXPECT_EQ(sweep.failure(), "403 Unauthorized");
}

TEST_F(AdminSweepTest, WhatIsNoJanusEndsTheSweep) {
  for (const char* text : {"<html>", "[]", "{}", R"({"janus":"server_info"})"}) {
    sweep.begin(kNow);
    ASSERT_TRUE(sweep.next("t", ""));
    EXPECT_FALSE(sweep.answer(text, kNow));
    EXPECT_THAT(sweep.failure(), ::testing::HasSubstr("no Janus Admin API")) << text;
    EXPECT_FALSE(sweep.next("t", ""));
  }
}

}  // namespace
}  // namespace rtcscope::feeds::janus
