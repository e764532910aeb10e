#include "feeds/owt/portal_session.hpp"

#include <gtest/gtest.h>

#include "base/base64.hpp"

namespace rtcscope::feeds::owt {
namespace {

constexpr const char* kLoginOk =
    R"(431["ok", {"id": "v1", "user": "rtcscope", "room": {"id": "r", "participants": [
       {"id": "v1", "user": "rtcscope"}, {"id": "p1", "user": "alice"}], "streams": []}}])";

using Texts = std::vector<std::string>;

class Portal : public testing::Test {
 protected:
  void log_in() {
    (void)session.take(R"(0{"sid": "x", "pingInterval": 25000, "pingTimeout": 20000})");
    (void)session.take(R"(40{"sid": "v1"})");
    ASSERT_EQ(session.take(kLoginOk).signals.size(), 1U);
    ASSERT_TRUE(session.in_room());
    ASSERT_FALSE(session.over());
  }

  PortalSession session{"dG9rZW4=", "rtcscope"};
};

TEST_F(Portal, ComesInStepByStep) {
  EXPECT_EQ(session.take(R"(0{"sid": "x"})").send, Texts{"40"});
  const auto login = session.take(R"(40{"sid": "v1"})").send;
  ASSERT_EQ(login.size(), 1U);
  EXPECT_EQ(login[0], R"(421["login",{"protocol":"1.2","reconnection":false,"token":"dG9rZW4=",)"
                      R"("userAgent":{"sdk":{"type":"rtcscope","version":"1"}}}])");
  EXPECT_FALSE(session.in_room());
  const auto reaction = session.take(kLoginOk);
  EXPECT_TRUE(session.in_room());
  ASSERT_EQ(reaction.signals.size(), 1U);
  EXPECT_NE(reaction.signals[0].find(R"("event":"login")"), std::string::npos);
}

TEST_F(Portal, AnswersPings) {
  EXPECT_EQ(session.take("2").send, Texts{"3"});
}

TEST_F(Portal, HandsEventsOn) {
  log_in();
  const auto reaction = session.take(R"(42["stream", {"id": "s1", "status": "remove"}])");
  EXPECT_EQ(reaction.signals, Texts{R"({"data":{"id":"s1","status":"remove"},"event":"stream"})"});
}

TEST_F(Portal, IsOverWhenOnlyViewersAreLeft) {
  log_in();
  (void)session.take(R"(42["participant", {"action": "join", "data": {"id": "v2", "user": "rtcscope"}}])");
  (void)session.take(R"(42["participant", {"action": "join", "data": {"id": "p2", "user": "bob"}}])");
  (void)session.take(R"(42["participant", {"action": "leave", "data": "p1"}])");
  EXPECT_FALSE(session.over()) << "bob is there";
  const auto last = session.take(R"(42["participant", {"action": "leave", "data": "p2"}])");
  EXPECT_TRUE(session.over());
  EXPECT_EQ(last.signals.size(), 1U) << "that he left is told all the same";
  EXPECT_EQ(session.failure(), "");
  EXPECT_EQ(session.leave(), (Texts{R"(422["logout"])", "41"}));
}

TEST_F(Portal, SaysWhyItCouldNotGoOn) {
  (void)session.take(R"(40{"sid": "v1"})");
  (void)session.take(R"(431["error", "Invalid login token."])");
  EXPECT_TRUE(session.over());
  EXPECT_EQ(session.failure(), "login: Invalid login token.");
  EXPECT_TRUE(session.leave().empty()) << "it never was in";
}

TEST_F(Portal, DropEndsIt) {
  log_in();
  (void)session.take(R"(42["drop"])");
  EXPECT_TRUE(session.over());
  EXPECT_EQ(session.failure(), "the viewer was dropped from the room");
}

TEST_F(Portal, EndOfTheConnectionEndsIt) {
  for (const char* end : {"1", "41", R"(44{"message": "no"})"}) {
    PortalSession other("t", "rtcscope");
    (void)other.take(end);
    EXPECT_TRUE(other.over()) << end;
    EXPECT_NE(other.failure(), "") << end;
  }
}

TEST_F(Portal, BrokenMessagesAreCountedAndPassedOver) {
  log_in();
  for (const char* broken : {"42{", "42[]", "42[7]", "431{}", "0{", "42"}) (void)session.take(broken);
  for (const char* unknown : {"", "4", "49", "5", "hello", R"(42["text", {"message": "hi"}])"})
    (void)session.take(unknown);
  EXPECT_EQ(session.malformed(), 6U);
  EXPECT_FALSE(session.over());
}

TEST(PortalToken, NamesThePortal) {
  const auto address = parse_token(base64(R"({"tokenId": "1", "host": "owt.example:8080", "secure": true})"));
  ASSERT_TRUE(address);
  EXPECT_EQ(address->host, "owt.example");
  EXPECT_EQ(address->port, 8080);
  EXPECT_TRUE(address->secure);
  for (const char* wrong : {"", "{}", "[]", R"({"host": "x"})", R"({"host": ":1"})", R"({"host": "x:0"})",
                            R"({"host": "x:99999"})", R"({"host": "x:8080y"})", R"({"host": 7})"}) {
    EXPECT_FALSE(parse_token(base64(wrong))) << wrong;
  }
  EXPECT_FALSE(parse_token("no base64"));
}

}  // namespace
}  // namespace rtcscope::feeds::owt
