// What can be asked of what clients reported.

#include <gmock/gmock.h>

#include "api/peermetrics/query.hpp"
#include "tests/unit/api/peermetrics/client.hpp"

namespace rtcscope::api::peermetrics {
namespace {

using namespace std::chrono_literals;

class ClientQueries : public testing::Client {};

TEST(Times, AreIso) {
  const auto text = [](const char* given) {
    const auto time = iso_time(given);
    return time ? to_text(*time) : std::string("none");
  };
  EXPECT_EQ(text("2026-01-01"), "2026-01-01 00:00:00+00:00");
  EXPECT_EQ(text("2026-01-01T10:00:00"), "2026-01-01 10:00:00+00:00");
  EXPECT_EQ(text("2026-01-01 10:00:00.123000+00:00"), "2026-01-01 10:00:00.123000+00:00");
  EXPECT_EQ(text("2026-01-01T10:00:00 01:00"), "2026-01-01 09:00:00+00:00");
  EXPECT_EQ(text("2026-01-01T10:00:00Z"), "2026-01-01 10:00:00+00:00");
  for (const char* wrong : {"", "soon", "1763705454", "2026-13-01", "2026-01-01T"}) {
    EXPECT_EQ(text(wrong), "none") << wrong;
  }
}

TEST_F(ClientQueries, ListsWantAFilterAndKnownOnes) {
  for (const char* path : {"/v1/conferences", "/v1/participants", "/v1/sessions", "/v1/connections",
                           "/v1/issues", "/v1/events/browser", "/v1/stats", "/v1/conferences/summary"}) {
    EXPECT_EQ(refusal("GET", path, ""), "missing_parameters") << path;
  }
  for (const char* query : {"appId=x", "created_at_gt=soon", "duration_gte=long", "conference_ids=1,2"}) {
    EXPECT_EQ(refusal("GET", std::string("/v1/conferences?") + query, ""), "invalid_parameters") << query;
  }
  EXPECT_EQ(list("/v1/conferences", "&colour=red").size(), 0U);
}

TEST_F(ClientQueries, PagesAreOptIn) {
  for (const char* room : {"a", "b", "c"}) {
    now += 1s;
    join("alice", room);
  }
  EXPECT_EQ(list("/v1/conferences").size(), 3U);
  const std::string query = "/v1/conferences?appId=" + app.at("id").get<std::string>();
  const Json page = ok("GET", query + "&limit=2&offset=1");
  EXPECT_EQ(page.at("count"), 3);
  EXPECT_EQ(page.at("results").at(0).at("conference_id"), "b");
  EXPECT_EQ(ok("GET", query + "&limit=0").at("results").size(), 1U);  // clamped
  EXPECT_EQ(ok("GET", query + "&offset=-5").at("results").size(), 3U);
  EXPECT_EQ(refusal("GET", query + "&limit=many", ""), "invalid_parameters");
}

TEST_F(ClientQueries, OneOfThemIsShownOrNotFound) {
  const Peer alice = connect("alice");
  const Json conference = list("/v1/conferences").at(0);
  const Json detail = ok("GET", "/v1/conferences/" + conference.at("id").get<std::string>()).at("data");
  EXPECT_EQ(detail.at("participants").size(), 2U);
  EXPECT_EQ(detail.at("issues"), Json::array());
  const Json session = list("/v1/sessions").at(0);
  EXPECT_FALSE(session.contains("constraints"));
  EXPECT_EQ(session.at("platform").at("browser").at("name"), "Chromium");
  EXPECT_TRUE(
      ok("GET", "/v1/sessions/" + session.at("id").get<std::string>()).at("data").contains("constraints"));
  EXPECT_EQ(ok("GET", "/v1/connections/" + alice.connection_id).at("data").at("peer"), alice.peer_id);
  const std::string unknown = "/00000000-0000-4000-8000-000000000000";
  EXPECT_EQ(refusal("GET", "/v1/conferences" + unknown, ""), "conference_not_found");
  EXPECT_EQ(refusal("GET", "/v1/participants" + unknown, ""), "participant_not_found");
  EXPECT_EQ(refusal("GET", "/v1/connections" + unknown, ""), "connection_not_found");
  EXPECT_EQ(refusal("GET", "/v1/issues" + unknown, ""), "issue_not_found");
  EXPECT_EQ(refusal("GET", "/v1/apps" + unknown, ""), "app_not_found");
  EXPECT_EQ(refusal("GET", "/v1/organizations" + unknown, ""), "organization_not_found");
  EXPECT_EQ(ask("GET", "/v1/conferences/17").status, 404);
  EXPECT_EQ(ask("GET", "/v1/nothing").status, 404);
}

TEST_F(ClientQueries, EventsAreOfACategoryAndAType) {
  const Peer alice = connect("alice");
  ok("POST", "/v1/stats", stats(alice, {{"connection", {{"bytesSent", 1}}}}));
  ok("POST", "/v1/events/browser", {{"token", alice.token}, {"eventName", "tabFocus"}, {"focus", true}});
  const std::string id = list("/v1/conferences").at(0).at("id");
  const auto count = [&](const std::string& target) { return ok("GET", target).at("data").size(); };
  EXPECT_EQ(count("/v1/conferences/" + id + "/events"), 3U);
  EXPECT_EQ(count("/v1/conferences/" + id + "/events?type=stats"), 1U);
  EXPECT_EQ(count("/v1/conferences/" + id + "/events?type=-stats"), 2U);
  EXPECT_EQ(count("/v1/connection?conferenceId=" + id), 1U);
  EXPECT_EQ(count("/v1/stats?conferenceId=" + id), 1U);
  EXPECT_EQ(count("/v1/events/get-user-media?conferenceId=" + id), 0U);
  const Json browser = ok("GET", "/v1/events/browser?conferenceId=" + id).at("data");
  EXPECT_EQ(browser.at(0).at("data").at("focus"), true);
}

TEST_F(ClientQueries, SearchNamesWhatItFound) {
  connect("alice");
  const Json match = ok("GET", "/v1/search?query=ALIC").at("matches").at(0);
  EXPECT_EQ(match.at("type"), "participant");
  EXPECT_EQ(match.at("id"), "alice");
  EXPECT_THAT(match.at("url").get<std::string>(), ::testing::StartsWith("/participant/"));
  EXPECT_EQ(refusal("GET", "/v1/search?query=", ""), "invalid_parameters");
  EXPECT_EQ(refusal("GET", "/v1/search?query=" + std::string(65, 'x'), ""), "invalid_parameters");
}

TEST_F(ClientQueries, BrowsersAndDurationsAreCounted) {
  connect("alice");
  now += 90s;
  ok("POST", "/v1/services/stop-conference", {{"apiKey", api_key()}, {"conferenceId", "room 1"}});
  const std::string query = "?appId=" + app.at("id").get<std::string>();
  EXPECT_EQ(ok("GET", "/v1/sessions/summary" + query).at("browsers").at(0).at("name"), "Chromium");
  const Json durations = list("/v1/conferences/duration-summary");
  EXPECT_EQ(durations.at(1).at("count"), 1);
  EXPECT_EQ(durations.size(), 12U);
  EXPECT_EQ(ok("GET", "/v1/conferences/participant-count-summary" + query).at("total_conferences"), 1);
  EXPECT_EQ(list("/v1/conferences/summary").at(0).at("success"), 1);
}

TEST_F(ClientQueries, AppsHaveKeysThatCanBeReplaced) {
  const std::string path = "/v1/apps/" + app.at("id").get<std::string>();
  const std::string old = api_key();
  EXPECT_EQ(old.size(), 32U);
  const std::string fresh = ok("POST", path + "/reset-key").at("data").at("api_key");
  EXPECT_NE(fresh, old);
  EXPECT_EQ(refusal("POST", "/v1/initialize", who("alice")), "invalid_api_key");
  app["api_key"] = fresh;
  const std::string token = join("alice");
  EXPECT_EQ(refusal("PUT", path, {{"interval", "often"}}), "invalid_parameters");
  EXPECT_EQ(ok("PUT", path, {{"interval", 1}}).at("data").at("interval"), 1000);
  EXPECT_EQ(ok("DELETE", path), "");
  EXPECT_EQ(ok("GET", "/v1/apps").at("data").size(), 0U);
  EXPECT_EQ(refusal("POST", "/v1/initialize", who("alice")), "invalid_api_key");
  EXPECT_EQ(refusal("POST", "/v1/events/browser", {{"token", token}, {"eventName", "x"}}, 401),
            "invalid_token");
}

TEST_F(ClientQueries, AddressesOfPages) {
  join("alice");
  const Json answer = ok("POST", "/v1/services/get-url", {{"apiKey", api_key()}, {"userId", "alice"}});
  EXPECT_THAT(answer.at("url").get<std::string>(), ::testing::StartsWith("http://localhost/participant/"));
  EXPECT_EQ(refusal("POST", "/v1/services/get-url", {{"apiKey", api_key()}}), "unknown_error");
  EXPECT_EQ(refusal("POST", "/v1/services/get-url", {{"apiKey", api_key()}, {"conferenceId", "x"}}),
            "conference_not_found");
  EXPECT_EQ(ask("GET", "/v1/teapot").body, "I'm a teapot");
}

}  // namespace
}  // namespace rtcscope::api::peermetrics
