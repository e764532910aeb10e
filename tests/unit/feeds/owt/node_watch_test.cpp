#include "feeds/owt/node_watch.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace rtcscope::feeds::owt {
namespace {

using nlohmann::json;

constexpr const char* kWorker = "conference-0123456789abcdef0123@198.18.0.1";

class Nodes : public testing::Test {
 protected:
  static std::string reply(const NodeWatch::Call& call, const json& data) {
    return json{{"corrID", json::parse(call.json)["corrID"]}, {"type", "callback"}, {"data", data}}.dump();
  }
  static std::string method(const NodeWatch::Call& call) { return json::parse(call.json)["method"]; }
  /// Room "r" on node number `number`.
  void place(unsigned number) {
    const auto calls = watch.ask({"r"});
    ASSERT_EQ(calls.size(), 2U);
    ASSERT_EQ(method(calls[1]), "getScheduled");
    const auto next = watch.take_reply(reply(calls[1], kWorker));
    ASSERT_EQ(next.size(), 1U);
    EXPECT_EQ(next[0].queue, kWorker);
    EXPECT_EQ(method(next[0]), "queryNode");
    EXPECT_TRUE(watch.take_reply(reply(next[0], name(number))).empty());
  }
  static std::string name(std::uint64_t number) {
    return std::string(kWorker) + "_" + std::to_string(number);
  }

  NodeWatch watch{"owt-cluster", "reply"};
};

TEST_F(Nodes, WorkersAreAskedForAndHeardAhead) {
  const auto calls = watch.ask({});
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0].queue, "owt-cluster");
  const json call = json::parse(calls[0].json);
  EXPECT_EQ(call["method"], "getWorkers");
  EXPECT_EQ(call["args"], json::array({"conference"}));
  EXPECT_EQ(call["replyTo"], "reply");
  EXPECT_TRUE(watch.take_reply(reply(calls[0], json::array({kWorker}))).empty());
  const auto nodes = watch.take_new_nodes();
  ASSERT_EQ(nodes.size(), NodeWatch::kAhead + 1);
  EXPECT_EQ(nodes.front(), name(0));
  EXPECT_EQ(nodes.back(), name(NodeWatch::kAhead));
  EXPECT_TRUE(watch.take_new_nodes().empty());
}

TEST_F(Nodes, RoomIsPlacedInTwoSteps) {
  place(3);
  EXPECT_EQ(watch.room_of(name(3)), "r");
  EXPECT_EQ(watch.room_of(name(4)), "");
  EXPECT_EQ(watch.ask({"r"}).size(), 1U) << "it is known where it is";
  EXPECT_EQ(watch.ask({}).size(), 1U);
  EXPECT_EQ(watch.room_of(name(3)), "") << "it went idle";
}

TEST_F(Nodes, HearingOneReachesFurther) {
  place(3);
  (void)watch.take_new_nodes();
  watch.heard(name(5));
  EXPECT_EQ(watch.take_new_nodes(),
            (std::vector<std::string>{name(NodeWatch::kAhead + 4), name(NodeWatch::kAhead + 5)}));
  watch.heard(name(5));
  EXPECT_TRUE(watch.take_new_nodes().empty());
}

TEST_F(Nodes, OneThatCountsHighDoesNotMakeUsListenToThePast) {
  place(1'000'000);
  const auto nodes = watch.take_new_nodes();
  EXPECT_LE(nodes.size(), 3 * NodeWatch::kAhead + 3);
  EXPECT_EQ(std::count(nodes.begin(), nodes.end(), name(1'000'000)), 1);
}

TEST_F(Nodes, RepliesThatMakeNoSenseAreCounted) {
  const auto calls = watch.ask({"r"});
  for (const char* text :
       {"", "{", "[]", R"({"corrID": "1"})", R"({"corrID": 999, "data": "x"})", R"({"corrID": -1})"}) {
    EXPECT_TRUE(watch.take_reply(text).empty()) << text;
  }
  EXPECT_TRUE(watch.take_reply(reply(calls[0], json::object())).empty());
  EXPECT_EQ(watch.malformed(), 7U);
  EXPECT_TRUE(watch.take_reply(reply(calls[1], "error")).empty()) << "nobody has scheduled the room";
}

}  // namespace
}  // namespace rtcscope::feeds::owt
