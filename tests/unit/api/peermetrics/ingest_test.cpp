// What clients may report, and what it leads to.

#include <gmock/gmock.h>

#include "api/peermetrics/connections.hpp"
#include "api/peermetrics/scope.hpp"
#include "api/peermetrics/token.hpp"
#include "tests/unit/api/peermetrics/client.hpp"

namespace rtcscope::api::peermetrics {
namespace {

using namespace std::chrono_literals;
using testing::Client;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(Client, InitializeGivesATokenAndTheInterval) {
  const Json answer = ok("POST", "/v1/initialize", who("alice"));
  EXPECT_EQ(answer.at("getStatsInterval"), 5000);
  EXPECT_EQ(answer.at("batchConnectionEvents"), false);
  EXPECT_DOUBLE_EQ(answer.at("time").get<double>(),
                   std::chrono::duration<double>(now.time_since_epoch()).count());
  const Json sessions = ok("POST", "/v1/sessions", {{"token", answer.at("token")}});
  EXPECT_TRUE(sessions.contains("token"));
}

TEST_F(Client, InitializeRefusesWhatItMust) {
  const auto code = [&](const Json& body, int status = 400) {
    return refusal("POST", "/v1/initialize", body, status);
  };
  Json body = who("alice");
  body.erase("userId");
  EXPECT_EQ(code(body), "missing_parameters");
  body["userId"] = 7;
  EXPECT_EQ(code(body), "invalid_parameters");
  body = who("alice");
  body["apiKey"] = "short";
  EXPECT_EQ(code(body), "invalid_api_key");
  body["apiKey"] = std::string(32, 'q');
  EXPECT_EQ(code(body), "invalid_api_key");
  for (const char* broken : {"", "[]", "{", "\"x\"", "{\"a\":\"\xff\"}"}) {
    EXPECT_EQ(code(Json(broken)), "unknown_error") << broken;
  }
  std::string deep = R"({"x":)" + std::string(100'000, '[');
  EXPECT_EQ(ask("POST", "/v1/initialize", deep).status, 400);
  ok("PUT", "/v1/apps/" + app.at("id").get<std::string>(), {{"recording", false}});
  EXPECT_EQ(code(who("alice")), "app_not_recording");
}

TEST_F(Client, AnAppMayBeOfOneDomain) {
  ok("PUT", "/v1/apps/" + app.at("id").get<std::string>(), {{"domain", "meet.example"}});
  const std::string body = who("alice").dump();
  EXPECT_EQ(ask("POST", "/v1/initialize", body).status, 403);
  EXPECT_EQ(ask("POST", "/v1/initialize", body, "https://evil.example").status, 403);
  EXPECT_EQ(ask("POST", "/v1/initialize", body, "https://meet.example:8443").status, 200);
}

TEST_F(Client, TokensAreAskedForAndGrowOld) {
  const std::string token = join("alice");
  const auto code = [&](const Json& given) {
    return refusal("POST", "/v1/events/browser", {{"token", given}, {"eventName", "custom"}}, 401);
  };
  EXPECT_EQ(refusal("POST", "/v1/events/browser", {{"eventName", "custom"}}, 401), "missing_token");
  EXPECT_EQ(code("x"), "invalid_token");
  EXPECT_EQ(code("a.b.c"), "invalid_token");
  EXPECT_EQ(code(token.substr(0, token.size() - 1)), "invalid_token");
  EXPECT_EQ(code(7), "invalid_token");
  const std::string init = ok("POST", "/v1/initialize", who("bob")).at("token");
  EXPECT_EQ(code(init), "invalid_token");  // of another secret
  EXPECT_EQ(refusal("POST", "/v1/sessions", {{"token", token}}, 401), "invalid_token");
  now += 24h + 1s;
  EXPECT_EQ(code(token), "expired_token");
}

TEST_F(Client, TokensOutliveARestart) {
  const std::string token = join("alice");
  desk = std::make_unique<Desk>(store->client_reports(), options);
  service = make_service();
  EXPECT_EQ(ok("POST", "/v1/events/browser", {{"token", token}, {"eventName", "custom"}}), "");
}

TEST_F(Client, PagesOfAnySiteMayReportAndReadTheAnswerOnly) {
  const auto allowed = [](const http::Response& response) {
    return std::string(http::find_header(response.headers, "Access-Control-Allow-Origin"));
  };
  const std::string site = "https://meet.example";
  EXPECT_EQ(allowed(ask("POST", "/v1/initialize", who("alice").dump(), site)), "*");
  EXPECT_EQ(allowed(ask("POST", "/v1/initialize", "{", site)), "*");
  EXPECT_EQ(allowed(ask("GET", "/v1/conferences", "", site)), "");
  EXPECT_EQ(allowed(ask("GET", "/v1/sessions?appId=" + app.at("id").get<std::string>(), "", site)), "");
  http::Request preflight{"1", "OPTIONS", "/v1/tracks", {{"Origin", site}}, {}, "192.0.2.1"};
  preflight.headers.push_back({"Access-Control-Request-Method", "PUT"});
  const http::Response answer = service->respond(preflight);
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(allowed(answer), "*");
  preflight.target = "/v1/apps";
  EXPECT_EQ(service->respond(preflight).status, 403);
  EXPECT_EQ(ask("POST", "/v1/apps", "{}", site).status, 403);
}

TEST_F(Client, AConferenceRunsFromItsFirstConnectionToItsLast) {
  const auto conference = [&] { return list("/v1/conferences").at(0); };
  join("nobody");
  EXPECT_FALSE(conference().at("ongoing").get<bool>());
  EXPECT_TRUE(conference().at("start_time").is_null());
  const Peer alice = connect("alice");
  now += 10s;
  const Peer bob = connect("bob");
  EXPECT_TRUE(conference().at("ongoing").get<bool>());
  now += 20s;
  ok("POST", "/v1/connection", event(alice, "removeConnection"));
  EXPECT_TRUE(conference().at("ongoing").get<bool>());
  now += 30s;
  ok("POST", "/v1/events/browser", {{"token", bob.token}, {"eventName", "endCall"}});
  EXPECT_FALSE(conference().at("ongoing").get<bool>());
  EXPECT_EQ(conference().at("duration"), 60);
  EXPECT_EQ(conference().at("participants_count"), 3);  // the SFU is no participant
  EXPECT_EQ(refusal("POST", "/v1/stats", stats(bob, {{"connection", Json::object()}})), "connection_ended");
  now += 100s;
  connect("carol");  // it starts again
  EXPECT_TRUE(conference().at("ongoing").get<bool>());
}

TEST_F(Client, ClientsThatGoWithoutAWordAreEnded) {
  connect("alice");
  now += 5h;
  join("bob", "room 2");
  const Json conference = list("/v1/conferences").at(0);
  EXPECT_FALSE(conference.at("ongoing").get<bool>());
  EXPECT_EQ(conference.at("duration"), 0);
}

TEST_F(Client, NegotiationsTellHowLongItTook) {
  const Peer peer = connect("alice");
  now += 300ms;
  ok("POST", "/v1/connection", event(peer, "onconnectionstatechange", "connected"));
  Json connection = list("/v1/connections").at(0);
  EXPECT_EQ(connection.at("state"), "connected");
  Json negotiations = connection.at("connection_info").at("negotiations");
  ASSERT_EQ(negotiations.size(), 1U);
  EXPECT_EQ(negotiations[0].at("status"), "connected");
  EXPECT_DOUBLE_EQ(negotiations[0].at("duration").get<double>(), 0.3);
  // Said later, but it was earlier.
  ok("POST", "/v1/connection", event(peer, "onconnectionstatechange", "connecting"));
  EXPECT_EQ(list("/v1/connections").at(0).at("state"), "connected");
  ok("POST", "/v1/connection", event(peer, "onsignalingstatechange", {{"signalingState", "stable"}}));
  ok("POST", "/v1/connection", event(peer, "onnegotiationneeded"));
  ok("POST", "/v1/connection",
     event(peer, "onsignalingstatechange", {{"signalingState", "have-local-offer"}}));
  ok("POST", "/v1/connection", event(peer, "onsignalingstatechange", {{"signalingState", "stable"}}));
  negotiations = list("/v1/connections").at(0).at("connection_info").at("negotiations");
  ASSERT_EQ(negotiations.size(), 2U);
  EXPECT_EQ(negotiations[1].at("status"), "stable");
  const Json setup = list("/v1/connections/setup-time-summary");
  EXPECT_EQ(setup.at(1).at("count"), 1);
  EXPECT_EQ(setup.at(1).at("min_ms"), 250);
  EXPECT_TRUE(setup.back().at("max_ms").is_null());
}

TEST_F(Client, ConnectionEventsRefuseWhatDoesNotFit) {
  Peer peer = connect("alice");
  const auto code = [&](const Json& body) { return refusal("POST", "/v1/connection", body); };
  EXPECT_EQ(code(event(peer, "oniceconnectionstatechange", "perfect")), "invalid_parameters");
  EXPECT_EQ(code(event(peer, "onsignalingstatechange", "stable")), "invalid_parameters");
  Json body = event(peer, "onicecandidate");
  body["delta"] = -1;
  EXPECT_EQ(code(body), "invalid_parameters");
  body = event(peer, "onicecandidate");
  body["peerId"] = "nobody";
  EXPECT_EQ(code(body), "participant_not_found");
  body["peerId"] = "alice";
  EXPECT_EQ(code(body), "participant_equal_peer");
  body["peerId"] = "sfu";  // the application's name is as good
  EXPECT_EQ(ok("POST", "/v1/connection", body), "");
  const Peer other = connect("bob", "room 2");
  body["connectionId"] = other.connection_id;  // of another session
  EXPECT_EQ(code(body), "connection_not_found");
  EXPECT_EQ(refusal("POST", "/v1/connection",
                    {{"token", peer.token}, {"eventName", "addConnection"}, {"peerId", "alice"}}),
            "participant_equal_peer");
}

TEST_F(Client, IssuesAreFound) {
  const Peer alice = connect("alice");
  ok("POST", "/v1/events/get-user-media",
     {{"token", alice.token}, {"eventName", "getUserMedia"}, {"data", {{"constraints", {{"audio", true}}}}}});
  ok("POST", "/v1/events/get-user-media",
     {{"token", alice.token},
      {"eventName", "getUserMedia"},
      {"data", {{"error", {{"name", "NotAllowedError"}, {"message", "no"}}}}}});
  ok("POST", "/v1/connection", event(alice, "oniceconnectionstatechange", "failed"));
  ok("POST", "/v1/connection", event(alice, "onconnectionstatechange", "failed"));
  ok("POST", "/v1/events/browser", {{"token", alice.token}, {"eventName", "unload"}});
  join("alice");
  EXPECT_THAT(issues(),
              ::testing::UnorderedElementsAre("getusermedia_error", "ice_failed", "connection_failed",
                                              "no_media_access", "no_connection", "multiple_rejoins"));
  const Json errors = ok("GET", "/v1/issues/gum-summary?appId=" + app.at("id").get<std::string>());
  EXPECT_EQ(errors.at("data").at(0).at("name"), "NotAllowedError");
  EXPECT_EQ(errors.at("total"), 1);
  EXPECT_EQ(list("/v1/conferences/summary").at(0).at("error"), 1);
}

TEST_F(Client, StatisticsSayWhatACallWasLike) {
  const Peer alice = connect("alice");
  const Json pair{{"local", {{"candidateType", "relay"}, {"protocol", "tcp"}}},
                  {"remote", {{"candidateType", "host"}}},
                  {"bytesSent", 5}};
  Json heard{{"id", "IT01"},
             {"kind", "audio"},
             {"packetsReceived", 90},
             {"packetsLost", 10},
             {"track", {{"trackIdentifier", "t1"}}}};
  const Json data{
      {"connection", pair},
      {"audio", {{"inbound", Json::array({heard})}, {"outbound", Json::array()}}},
      {"video",
       {{"inbound", Json::array()}, {"outbound", Json::array({Json{{"id", "OT01"}, {"packetsSent", 9}}})}}}};
  for (int i = 0; i < 6; ++i) {
    now += 5s;
    EXPECT_EQ(ok("POST", "/v1/stats", stats(alice, data)), "");
  }
  EXPECT_THAT(issues(), ::testing::UnorderedElementsAre("turn_used", "tcp_used", "very_low_emos"));
  EXPECT_EQ(list("/v1/connections").at(0).at("type"), "relay");
  EXPECT_EQ(list("/v1/connections/summary").at(1).at("count"), 1);
  EXPECT_EQ(refusal("POST", "/v1/stats", stats(alice, {{"audio", Json::object()}})), "invalid_parameters");
  const std::string id = list("/v1/conferences").at(0).at("id");
  EXPECT_EQ(ok("GET", "/v1/conferences/" + id + "/graphs"), Json({{"ongoing", true}}));
  ok("POST", "/v1/services/stop-conference", {{"apiKey", api_key()}, {"conferenceId", "room 1"}});
  const Json summary = ok("GET", "/v1/conferences/" + id + "/graphs").at("summary");
  ASSERT_EQ(summary.size(), 6U);
  EXPECT_LT(summary[0].at("data").at("audio").at("inbound").at(0).at("emos"), 3);
  EXPECT_EQ(summary[0].at("data").at("video").at("outbound").at(0).at("packetsSent"), 9);
  EXPECT_EQ(summary[0].at("data").at("connection").at("bytesSent"), 5);
}

TEST(Emos, FallsWithLossAndDelay) {
  const Json clean{{"packetsReceived", 1000}, {"packetsLost", 0}};
  EXPECT_FALSE(emos_of({{"packetsReceived", 0}}, nullptr, {}));
  const double best = *emos_of(clean, nullptr, 0.02);
  EXPECT_GT(best, 4.2);
  EXPECT_LT(*emos_of(clean, nullptr, 0.8), best);
  const double lossy = *emos_of({{"packetsReceived", 950}, {"packetsLost", 50}}, nullptr, 0.02);
  EXPECT_LT(lossy, 3.5);  // G.107: five percent are heard
  // Against what the sender says it sent.
  EXPECT_EQ(*emos_of({{"packetsReceived", 950}, {"packetsLost", 0}}, {{"packetsSent", 1000}}, 0.02), lossy);
}

TEST_F(Client, ReportsStandBesideWhatTheTapSaw) {
  model::Connection seen;
  seen.id = ConnectionId{0xd1};
  seen.started_at = now;
  model::Flow flow;
  flow.id = FlowId{0xf1};
  flow.connection = seen.id;
  flow.client_ufrag = "RuS3";
  flow.server_ufrag = "LOgs";
  ASSERT_TRUE(store->apply(std::vector<model::Change>{seen, flow}));
  const std::string path = "/api/v1/connections/00000000000000d1/client_reports";
  const Peer alice = connect("alice");
  EXPECT_EQ(ok("GET", path).at("items"), Json::array());
  const auto sdp = [](const char* ufrag) {
    return std::string(
               "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF "
               "111\r\na=ice-ufrag:") +
           ufrag + "\r\n";
  };
  ok("POST", "/v1/connection",
     event(alice, "onsignalingstatechange",
           {{"signalingState", "stable"},
            {"localDescription", {{"type", "offer"}, {"sdp", sdp("RuS3")}}},
            {"remoteDescription", {{"type", "answer"}, {"sdp", sdp("LOgs")}}}}));
  ok("POST", "/v1/stats",
     stats(alice,
           {{"connection", {{"currentRoundTripTime", 0.025}}},
            {"audio", {{"inbound", Json::array({Json{{"packetsReceived", 9}, {"jitter", 0.004}}})}}}}));
  connect("bob");
  const Json items = ok("GET", path).at("items");
  ASSERT_EQ(items.size(), 1U);
  EXPECT_EQ(items[0].at("id"), alice.connection_id);
  EXPECT_EQ(items[0].at("participant_id"), "alice");
  EXPECT_EQ(items[0].at("evidence").at(0).at("detail"), "RuS3:LOgs");
  const Json sample = items[0].at("samples").at(0);
  EXPECT_EQ(sample.at("time"), to_rfc3339(now));
  EXPECT_DOUBLE_EQ(sample.at("round_trip_ms").get<double>(), 25);
  EXPECT_DOUBLE_EQ(sample.at("streams").at(0).at("jitter_ms").get<double>(), 4);
}

TEST_F(Client, TracksAreKnownByTheirIds) {
  const Peer alice = connect("alice");
  Json body{{"token", alice.token},    {"event", "ontrack"},
            {"peerId", alice.peer_id}, {"connectionId", alice.connection_id},
            {"trackId", "t1"},         {"data", {{"kind", "video"}}}};
  const Json track = ok("POST", "/v1/tracks", body).at("data");
  EXPECT_EQ(track.at("kind"), "video");
  EXPECT_EQ(ok("POST", "/v1/tracks", body).at("data").at("id"), track.at("id"));
  body["event"] = "mute";
  EXPECT_EQ(ok("PUT", "/v1/tracks", body).at("data").at("track_info").at("muted"), true);
  body["trackId"] = "t2";
  EXPECT_EQ(refusal("PUT", "/v1/tracks", body), "track_not_found");
  const std::string id = list("/v1/conferences").at(0).at("id");
  const Json events = ok("GET", "/v1/conferences/" + id + "/events").at("data");
  const auto mutes =
      std::count_if(events.begin(), events.end(), [](const Json& one) { return one.at("type") == "mute"; });
  EXPECT_EQ(mutes, 2);  // the one of the unknown track is kept
}

TEST_F(Client, ABatchIsTakenWholeOrNotAtAll) {
  const Peer alice = connect("alice");
  Json one = event(alice, "onnegotiationneeded");
  one.erase("token");
  Json batch{{"token", alice.token}, {"data", Json::array({one, Json{{"eventName", "x"}}, one})}};
  EXPECT_EQ(ok("POST", "/v1/connection/batch", batch), "");
  const std::string id = list("/v1/conferences").at(0).at("id");
  const std::string events = "/v1/connection?conferenceId=" + id;
  const std::size_t before = ok("GET", events).at("data").size();
  Json broken = one;
  broken["eventName"] = "onconnectionstatechange";
  broken["data"] = "broken";
  batch["data"] = Json::array({one, broken});
  EXPECT_EQ(refusal("POST", "/v1/connection/batch", batch), "invalid_parameters");
  EXPECT_EQ(ok("GET", events).at("data").size(), before);
  EXPECT_EQ(ask("GET", "/v1/connection/batch").status, 405);
}

TEST_F(Client, ASessionMayNotFillTheDisk) {
  const Peer alice = connect("alice");
  ASSERT_TRUE(store->client_reports().write([&](store::client::Rows& rows) {
    auto session = rows.list<store::client::Session>({}).at(0);
    session.kept_rows = kMaxRowsOfSession;
    rows.save(session);
    return true;
  }));
  EXPECT_EQ(refusal("POST", "/v1/connection", event(alice, "ondatachannel")), "quota_exceeded");
  const ClientReportStats stats = desk->stats();
  ASSERT_EQ(stats.refused.size(), 1U);
  EXPECT_EQ(stats.refused[0].reason, "quota_exceeded");
  EXPECT_EQ(stats.refused[0].count, 1U);
}

TEST_F(Client, WhoComesTooOftenIsToldSo) {
  options.requests_per_minute = 3;
  desk = std::make_unique<Desk>(store->client_reports(), options);
  service = make_service();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask("GET", "/v1/apps").status, 200);
  const http::Response response = ask("GET", "/v1/apps");
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(response.body, "\"\"");
  EXPECT_EQ(desk->stats().limited, 1U);
}

TEST(Tokens, AreOnlyOurs) {
  const UtcTime now = sample::at(0);
  const std::string token = make_token({{"s", "x"}}, "secret", now);
  EXPECT_EQ(read_token(token, "secret", now)->at("s"), "x");
  EXPECT_FALSE(read_token(token, "other", now));
  EXPECT_FALSE(read_token(token, "secret", now - 2min));  // from the future
  // RFC 8725, 3.1: no algorithm but ours, even where the header names none.
  const std::string none = "eyJhbGciOiJub25lIn0" + token.substr(token.find('.'));
  EXPECT_FALSE(read_token(none, "secret", now));
  EXPECT_FALSE(read_token("..", "secret", now));
  EXPECT_FALSE(read_token(std::string(5000, 'a'), "secret", now));
}

}  // namespace
}  // namespace rtcscope::api::peermetrics
