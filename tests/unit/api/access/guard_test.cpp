// Logins, limits and what a browser's cookie may do. Who may call which route: roles_test.cpp.

#include "api/access/guard.hpp"

#include "tests/unit/api/access/token_folder.hpp"

namespace rtcscope::api::access {
namespace {

using namespace std::chrono_literals;

class GuardTest : public TokenFolder {
 protected:
  GuardTest() { reset({}); }

  void reset(GuardOptions options) {
    tokens = list();
    options.tokens = tokens.get();
    options.clock = [this] { return now; };
    guard = std::make_unique<Guard>(options);
  }
  static http::Request request(const std::string& method, std::vector<http::Header> headers,
                               const std::string& peer = "192.0.2.1") {
    return {"1", method, "/", std::move(headers), {}, peer};
  }
  /// "name=secret" of a login.
  std::string cookie(bool secure = false) {
    http::Request from = request("POST", {});
    from.secure = secure;
    const auto login = guard->login(from, admin);
    if (!login) return "";
    set_cookie = login->set_cookie;
    return set_cookie.substr(0, set_cookie.find(';'));
  }
  int status(const http::Request& from, Need need = Need::kViewer) {
    const auto caller = guard->admit(from, need);
    return caller ? 200 : caller.error().status;
  }
  int login_status(const std::string& token, const std::string& peer = "192.0.2.1") {
    const auto login = guard->login(request("POST", {}, peer), token);
    return login ? 200 : login.error().status;
  }

  std::string admin = add("ops", Role::kAdmin);
  std::string set_cookie;
  std::unique_ptr<TokenList> tokens;
  std::unique_ptr<Guard> guard;
};

TEST_F(GuardTest, ACookieReadsAndChangesWithTheHeaderOnly) {
  const std::string pair = cookie();
  EXPECT_EQ(set_cookie.substr(pair.size()), "; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict");
  EXPECT_EQ(pair.find("rs_"), std::string::npos);
  const http::Header sent{"Cookie", "theme=dark; " + pair + "; x=y"};
  EXPECT_EQ(status(request("GET", {sent})), 200);
  EXPECT_EQ(status(request("HEAD", {sent})), 200);
  EXPECT_EQ(status(request("POST", {sent})), 403);
  EXPECT_EQ(status(request("DELETE", {sent, {kCsrfHeader, "1"}}), Need::kAdmin), 200);
  EXPECT_EQ(status(request("POST", {sent, {kCsrfHeader, "1"}}), Need::kIngest), 401);
  EXPECT_EQ(status(request("GET", {{"Cookie", pair + "x"}})), 401);
}

TEST_F(GuardTest, OverTlsTheCookieIsForThisHostAlone) {
  const std::string pair = cookie(true);
  EXPECT_EQ(pair.substr(0, 24), "__Host-rtcscope_session=");
  EXPECT_NE(set_cookie.find("; Secure"), std::string::npos);
  http::Request plain = request("GET", {{"Cookie", pair}});
  EXPECT_EQ(status(plain), 401);
  plain.secure = true;
  EXPECT_EQ(status(plain), 200);
}

TEST_F(GuardTest, ASessionEndsWhenIdleOldLoggedOutOrItsTokenRevoked) {
  const http::Header first{"Cookie", cookie()};
  now += 2h;
  EXPECT_EQ(status(request("GET", {first})), 401);  // idle
  const http::Header second{"Cookie", cookie()};
  for (int i = 0; i < 11; ++i) {
    now += 1h;
    EXPECT_EQ(status(request("GET", {second})), 200) << i;
  }
  now += 1h;
  EXPECT_EQ(status(request("GET", {second})), 401);  // half a day old
  const http::Header third{"Cookie", cookie()};
  EXPECT_NE(guard->logout(request("POST", {third})).find("Max-Age=0"), std::string::npos);
  EXPECT_EQ(status(request("GET", {third})), 401);
  const http::Header fourth{"Cookie", cookie()};
  tokens->revoke(tokens->find(admin)->id);
  EXPECT_EQ(status(request("GET", {fourth})), 401);
}

TEST_F(GuardTest, SessionsAreBoundedAndTheIdlestGoes) {
  GuardOptions few;
  few.sessions.most = 2;
  reset(few);
  const http::Header first{"Cookie", cookie()};
  now += 1s;
  const http::Header second{"Cookie", cookie()};
  now += 1s;
  EXPECT_EQ(status(request("GET", {first})), 200);
  cookie();
  EXPECT_EQ(status(request("GET", {first})), 200);
  EXPECT_EQ(status(request("GET", {second})), 401);
  EXPECT_EQ(guard->counts().sessions, 2U);
}

TEST_F(GuardTest, FailedLoginsOfOneAddressAreLimited) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ(login_status("rs_x"), 401);
  EXPECT_EQ(login_status("rs_x"), 429);
  EXPECT_EQ(login_status(admin), 429);
  EXPECT_EQ(login_status(admin, "192.0.2.2"), 200);
  const auto refused = guard->login(request("POST", {}), admin);
  EXPECT_EQ(refused.error().retry_after_s, 30U);
  now += 30s;
  EXPECT_EQ(login_status(admin), 200);
  EXPECT_EQ(guard->counts().failed_logins, 10U);
  EXPECT_EQ(guard->counts().logins, 2U);
}

TEST_F(GuardTest, WrongTokensAreLimitedAndRightOnesAreNot) {
  const http::Request wrong = request("GET", {{"Authorization", "Bearer rs_x"}});
  for (int i = 0; i < 10; ++i) EXPECT_EQ(status(wrong), 401);
  EXPECT_EQ(status(wrong), 429);
  EXPECT_EQ(status(request("GET", {{"Authorization", "Bearer " + admin}})), 200);
}

TEST_F(GuardTest, AnIngestTokenOpensNoDashboard) {
  EXPECT_EQ(login_status(add("janus", Role::kIngest)), 403);
}

TEST_F(GuardTest, RequestsOfOneAddressAreLimitedButForLoopback) {
  GuardOptions slow;
  slow.requests_per_second = 2;
  reset(slow);
  const auto limited = [&](const std::string& peer) {
    return guard->limit(request("GET", {}, peer)).has_value();
  };
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(limited("2001:db8::1")) << i;
  EXPECT_TRUE(limited("2001:db8::1"));
  EXPECT_TRUE(limited("2001:db8::2"));  // the same network
  EXPECT_FALSE(limited("2001:db8:0:1::1"));
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(limited(i % 2 == 0 ? "127.0.0.1" : "::1"));
  now += 1s;
  EXPECT_FALSE(limited("2001:db8::1"));
  EXPECT_FALSE(limited("2001:db8::1"));
  EXPECT_TRUE(limited("2001:db8::1"));
}

TEST(RateLimit, ForgetsTheLongestSilentWhenFull) {
  RateLimit limit({0.1, 1, 2});
  const UtcTime start = utc_from_ns(0);
  EXPECT_FALSE(limit.take("192.0.2.1", start));
  EXPECT_FALSE(limit.take("192.0.2.2", start + 1s));
  EXPECT_EQ(limit.take("192.0.2.2", start + 1s), 10U);
  EXPECT_FALSE(limit.take("192.0.2.3", start + 2s));
  EXPECT_TRUE(limit.take("192.0.2.2", start + 2s));
  EXPECT_FALSE(limit.take("192.0.2.1", start + 2s));
}

TEST(Cookie, IsFoundByItsWholeName) {
  EXPECT_EQ(cookie_of("a=b; cd=e=f", "cd"), "e=f");
  EXPECT_EQ(cookie_of("xa=b", "a"), "");
  EXPECT_EQ(cookie_of("a", "a"), "");
  EXPECT_EQ(cookie_of("", "a"), "");
}

}  // namespace
}  // namespace rtcscope::api::access
