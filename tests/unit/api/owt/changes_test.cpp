// What operators have done through the view. The media server is a function here.

#include <gtest/gtest.h>

#include "tests/unit/api/owt/client.hpp"

namespace rtcscope::api::owt {
namespace {

using namespace std::chrono_literals;

class OwtChanges : public testing::Client {
 protected:
  OwtChanges() {
    view.allow_changes([this](const Deed& deed) {
      deeds.push_back(deed);
      return answer;
    });
  }
  /// Status of a change; each has a signature of its own.
  int change(const std::string& method, const std::string& path, const std::string& body = {},
             const std::string& signer = testing::kOperator) {
    return ask(method, path, signed_by(signer, ++nonce, now), body).status;
  }
  static std::string update(const char* path, const char* value) {
    return Json::array({{{"op", "replace"}, {"path", path}, {"value", value}}}).dump();
  }

  std::vector<Deed> deeds;
  DeedAnswer answer{200, 0, "", ""};
  int nonce = 0;
  const std::string alice = room + "/participants/42";
  const std::string stream = room + "/streams/" + std::to_string(7'000'000'000 + sample::kPublisher.value);
};

TEST_F(OwtChanges, AnOperatorDropsAParticipant) {
  EXPECT_EQ(change("DELETE", alice), 200);
  ASSERT_EQ(deeds.size(), 1U);
  EXPECT_EQ(deeds[0].kind, Deed::Kind::kDropParticipant);
  EXPECT_EQ(deeds[0].person, "42");
  EXPECT_EQ(deeds[0].room.room, "1234");
  EXPECT_EQ(deeds[0].room.server, "media1");
  ASSERT_EQ(audits.size(), 1U);
  EXPECT_EQ(audits[0], std::string("OWT service ") + testing::kOperator +
                           " dropped participant 42 in videoroom 1234 on media1: 200");
}

TEST_F(OwtChanges, AnOperatorMutesAStream) {
  EXPECT_EQ(change("PATCH", stream, update("/media/video/status", "inactive")), 200);
  ASSERT_EQ(deeds.size(), 1U);
  EXPECT_EQ(deeds[0].kind, Deed::Kind::kMuteStream);
  EXPECT_EQ(deeds[0].person, "42");
  ASSERT_EQ(deeds[0].mutes.size(), 1U);
  EXPECT_EQ(deeds[0].mutes[0].kind, "video");
  EXPECT_TRUE(deeds[0].mutes[0].mute);
  EXPECT_EQ(deeds[0].mutes[0].mids, std::vector<std::string>{"0"});
  EXPECT_EQ(change("PATCH", stream, update("/media/audio/status", "active")), 200);
  EXPECT_FALSE(deeds[1].mutes[0].mute);
}

TEST_F(OwtChanges, OtherUpdatesAreNotPassedOn) {
  for (const std::string& body :
       {update("/info/layout", "inactive"), update("/media/audio/status", "on"),
        std::string(R"([{"op":"add","path":"/media/audio/status","value":"active"}])"), std::string("[1]"),
        std::string("[null]")}) {
    EXPECT_EQ(change("PATCH", stream, body), 403) << body;
  }
  for (const char* body : {"", "{}", "[]", "["}) EXPECT_EQ(change("PATCH", stream, body), 400) << body;
  EXPECT_TRUE(deeds.empty());
  EXPECT_TRUE(audits.empty());
}

TEST_F(OwtChanges, OnlyOperatorsMay) {
  EXPECT_EQ(change("DELETE", alice, "", testing::kReader), 403);
  EXPECT_EQ(change("PATCH", stream, update("/media/audio/status", "active"), testing::kReader), 403);
  EXPECT_EQ(ask("DELETE", alice, "").status, 401);
  EXPECT_TRUE(deeds.empty());
}

TEST_F(OwtChanges, ASignatureIsGoodOnceAndForAWhile) {
  const std::string once = signed_by(testing::kOperator, 5, now);
  EXPECT_EQ(ask("DELETE", alice, once).status, 200);
  EXPECT_EQ(ask("DELETE", alice, once).status, 403);
  EXPECT_EQ(ask("GET", alice, once).status, 200);  // reading is as OWT has it
  for (const Duration away : {-6min, 6min}) {
    EXPECT_EQ(ask("DELETE", alice, signed_by(testing::kOperator, 6, now + away)).status, 403);
  }
  EXPECT_EQ(ask("DELETE", alice, signed_by(testing::kOperator, 6, now - 4min)).status, 200);
  EXPECT_EQ(deeds.size(), 2U);
}

TEST_F(OwtChanges, WhatIsNotThereIsNotTouched) {
  EXPECT_EQ(change("DELETE", room + "/participants/41"), 404);
  EXPECT_EQ(change("DELETE", "/owt/v1/rooms/ffffffffffffffffffffffff/participants/42"), 404);
  EXPECT_EQ(change("PATCH", room + "/streams/1", update("/media/audio/status", "active")), 404);
  EXPECT_TRUE(deeds.empty());
}

TEST_F(OwtChanges, TheMediaServersWordIsTheAnswer) {
  answer = {200, 0, "", R"({"id":"x"})"};
  const http::Response told = ask("DELETE", alice, signed_by(testing::kOperator, 1, now));
  EXPECT_EQ(told.body, answer.body);
  EXPECT_EQ(told.media_type, "application/json");
  answer = {500, 1301, "Janus refuses: no", ""};
  const http::Response refused = ask("DELETE", alice, signed_by(testing::kOperator, 2, now));
  EXPECT_EQ(refused.status, 500);
  EXPECT_EQ(Json::parse(refused.body).at("error").at("code"), 1301);
  EXPECT_EQ(audits.size(), 2U);
  EXPECT_NE(audits[1].find(": 500"), std::string::npos);
}

TEST_F(OwtChanges, TheRestStaysForbidden) {
  for (const char* method : {"PUT", "POST", "PATCH", "DELETE"})
    EXPECT_EQ(change(method, room), 403) << method;
  EXPECT_EQ(change("DELETE", stream), 403);
  EXPECT_EQ(change("PATCH", alice, "[]"), 403);
  EXPECT_EQ(change("POST", room + "/tokens", "{}"), 403);
  EXPECT_TRUE(deeds.empty());
}

}  // namespace
}  // namespace rtcscope::api::owt
