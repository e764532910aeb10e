// The API over real sockets and a real store. That every answer has the described shape is the business of
// tests/contract; here it is what they say.

#include "api/service.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "api/entity_json.hpp"
#include "api/routes.hpp"
#include "base/text.hpp"
#include "tests/contract/sample_data.hpp"
#include "tests/unit/api/failing_store.hpp"
#include "tests/unit/api/raw_client.hpp"

namespace rtcscope::api {
namespace {

http::ServerOptions any_port() {
  http::ServerOptions options;
  options.listen = "127.0.0.1:0";
  return options;
}

class ServiceTest : public testing::Test {
 protected:
  RawAnswer ask(const std::string& target, const std::string& more_headers = "") {
    return RawClient(server.port()).exchange(get(target, more_headers));
  }
  Json json(const std::string& target) {
    const RawAnswer answer = ask(target);
    EXPECT_EQ(answer.status, 200) << target << ' ' << answer.body;
    return Json::parse(answer.body);
  }
  std::string problem_of(const std::string& target, int status) {
    const RawAnswer answer = ask(target);
    EXPECT_EQ(answer.status, status) << target;
    EXPECT_EQ(answer.header("Content-Type"), "application/problem+json") << target;
    return Json::parse(answer.body).value("detail", "");
  }
  RawAnswer post(const std::string& body, const std::string& more_headers = "") {
    return RawClient(server.port())
        .exchange("POST /ingest/janus HTTP/1.1\r\nHost: localhost\r\n" + more_headers +
                  "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }

  std::unique_ptr<store::Store> store = sample::filled_store();
  sample::Counters counters;
  int ingest_status = 200;
  std::string ingested;
  Service service{{*store,
                   counters,
                   [this](const IngestDelivery& delivery) {
                     ingested = std::string(delivery.content_encoding) + '|' +
                                std::string(delivery.authorization) + '|' + std::string(delivery.body);
                     return ingest_status;
                   },
                   "0.1.0",
                   "",
                   {}}};
  http::Server server{any_port(), service};
};

TEST_F(ServiceTest, AnAnswerIsMadeAnewWhenARowHasChanged) {
  const RawAnswer before = ask("/api/v1/hosts");
  EXPECT_EQ(ask("/api/v1/hosts").body, before.body);
  model::Host host;
  host.id = {0xabc};
  host.name = "media-new";
  const model::Change change = host;
  ASSERT_TRUE(store->apply({&change, 1}));
  EXPECT_NE(ask("/api/v1/hosts").body.find("media-new"), std::string::npos);
}

TEST_F(ServiceTest, AnOverviewIsOfARangeThatCanBeDrawn) {
  EXPECT_EQ(json("/api/v1/overview").at("time").size(), 288U);  // a day of five minutes each
  const Json hour =
      json("/api/v1/overview?from=2026-01-01T00:00:00Z&to=2026-01-01T01:00:00Z&resolution_s=600");
  EXPECT_EQ(hour.at("columns").at("issues").size(), 6U);
  EXPECT_EQ(hour.at("resolution_s"), 600);
  problem_of("/api/v1/overview?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", 400);
  problem_of("/api/v1/overview?from=2026-01-01T00:00:00Z&to=2026-03-01T00:00:00Z", 400);
  problem_of("/api/v1/overview?from=0001-01-01T00:00:00Z&to=9999-01-01T00:00:00Z", 400);
  EXPECT_EQ(json("/api/v1/overview?resolution_s=1").at("resolution_s"), 300);
}

std::string path(const char* path_template, std::uint64_t id) {
  std::string text = path_template;
  return text.replace(text.find("{id}"), 4, hex_id(id));
}

std::vector<std::string> ids(const Json& page) {
  std::vector<std::string> found;
  for (const Json& item : page.at("items")) found.push_back(item.at("id"));
  return found;
}

template <class... Id>
std::vector<std::string> hex(Id... id) {
  return {hex_id(id.value)...};
}

TEST_F(ServiceTest, ConferencesComeWorstFirstOrNewestFirst) {
  using namespace sample;
  EXPECT_EQ(ids(json("/api/v1/conferences")), hex(kEndedConference, kLiveConference, kEmptyConference));
  EXPECT_EQ(ids(json("/api/v1/conferences?sort=newest")),
            hex(kLiveConference, kEmptyConference, kEndedConference));
}

TEST_F(ServiceTest, FiltersReachTheStore) {
  using namespace sample;
  EXPECT_EQ(ids(json("/api/v1/conferences?state=ended")), hex(kEndedConference));
  EXPECT_EQ(ids(json("/api/v1/conferences?room=99")), hex(kEmptyConference));
  EXPECT_EQ(ids(json("/api/v1/conferences?q=alic")), hex(kLiveConference));
  EXPECT_EQ(ids(json("/api/v1/conferences?to=2026-11-21T06:05:00Z")), hex(kEndedConference));
  EXPECT_EQ(ids(json("/api/v1/participants?conference_id=" + hex_id(kLiveConference.value) + "&q=bob")),
            hex(kBob));
  EXPECT_EQ(ids(json("/api/v1/sessions?participant_id=" + hex_id(kAlice.value))), hex(kAliceSession));
  EXPECT_EQ(ids(json("/api/v1/connections?state=ended")), hex(kFailed));
  EXPECT_EQ(ids(json("/api/v1/flows?unmatched=true")), hex(kUnmatchedFlow));
  EXPECT_EQ(ids(json("/api/v1/flows?address=192.0.2.7:51612")), hex(kLinkedFlow));
  EXPECT_EQ(ids(json("/api/v1/flows?host_id=" + hex_id(kHost.value) +
                     "&connection_id=" + hex_id(kSubscriber.value))),
            hex(kSubscriberFlow));
  EXPECT_EQ(ids(json("/api/v1/streams?direction=downlink")), hex(kDownlink));
  EXPECT_EQ(ids(json("/api/v1/streams?flow_id=" + hex_id(kUnmatchedFlow.value))), hex(kUnknown));
  EXPECT_EQ(json("/api/v1/events?kind=joined").at("items").size(), 1U);
  EXPECT_EQ(json("/api/v1/events?from=2026-11-21T06:10:59Z&to=2026-11-21T06:11:01Z").at("items").size(), 2U);
  EXPECT_EQ(json("/api/v1/hosts").at("items").at(0).at("name"), "media1");
}

TEST_F(ServiceTest, PagesGoOnWhereTheLastOneEnded) {
  const Json first = json("/api/v1/streams?limit=3");
  ASSERT_EQ(first.at("items").size(), 3U);
  const Json second = json("/api/v1/streams?limit=3&cursor=" + first.at("next").get<std::string>());
  EXPECT_EQ(second.at("items").size(), 2U);
  EXPECT_TRUE(second.at("next").is_null());
  EXPECT_EQ(problem_of("/api/v1/flows?cursor=" + first.at("next").get<std::string>(), 400),
            "parameter \"cursor\" is not the cursor of a page of this list");
}

TEST_F(ServiceTest, DetailsHoldWhatStandsBelow) {
  using namespace sample;
  const Json conference = json(path("/api/v1/conferences/{id}", kLiveConference.value));
  EXPECT_EQ(conference.at("participants").at(0).at("display"), "alice");
  EXPECT_EQ(conference.at("participants").at(0).at("connections").size(), 2U);
  EXPECT_EQ(conference.at("connections").at(0).at("id"), hex_id(kOfNobody.value));
  EXPECT_EQ(conference.at("health"), "degraded");
  const Json alice = json(path("/api/v1/participants/{id}", kAlice.value));
  EXPECT_EQ(alice.at("conference").at("room"), "1234");
  EXPECT_EQ(alice.at("sessions").size(), 1U);
  EXPECT_EQ(alice.at("streams").size(), 4U);
  EXPECT_TRUE(alice.at("left_at").is_null());
  EXPECT_EQ(json(path("/api/v1/sessions/{id}", kAliceSession.value)).at("connections").size(), 2U);
  const Json connection = json(path("/api/v1/connections/{id}", kPublisher.value));
  EXPECT_EQ(connection.at("flows").at(0).at("evidence").at(0).at("kind"), "ufrag_pair");
  EXPECT_EQ(connection.at("streams").size(), 3U);
  EXPECT_EQ(json(path("/api/v1/flows/{id}", kLinkedFlow.value)).at("participant_id"), hex_id(kAlice.value));
  EXPECT_EQ(json(path("/api/v1/streams/{id}", kAudio.value)).at("ssrc"), 1111);
}

TEST_F(ServiceTest, SearchFindsBySeveralMarks) {
  const std::pair<const char*, const char*> cases[] = {
      {"alice", "participant"}, {"1234", "conference"}, {"RuS3", "flow"},
      {"192.0.2.7", "flow"},    {"0x457", "stream"},
  };
  for (const auto& [text, type] : cases) {
    const Json items = json(std::string("/api/v1/search?q=") + text).at("items");
    const bool found = std::any_of(items.begin(), items.end(),
                                   [&type = type](const Json& hit) { return hit.at("type") == type; });
    EXPECT_TRUE(found) << text << ' ' << items.dump();
  }
  EXPECT_EQ(problem_of("/api/v1/search", 400), "parameter \"q\" is missing");
  EXPECT_EQ(problem_of("/api/v1/search?q=", 400), "parameter \"q\" is empty");
}

TEST_F(ServiceTest, SeriesHaveGapsAndTheAskedResolution) {
  const std::string series = path("/api/v1/streams/{id}/series", sample::kAudio.value);
  const Json fine = json(series);
  EXPECT_EQ(fine.at("resolution_s"), 1);
  ASSERT_EQ(fine.at("time").size(), 40U);  // 20 s, a gap of 10 s, 10 s
  EXPECT_EQ(fine.at("time").at(0), 1'795'241'464);
  for (const char* column : {"bitrate_bps", "loss_ratio", "jitter_ms", "packets"}) {
    EXPECT_EQ(fine.at(column).size(), 40U);
    EXPECT_FALSE(fine.at(column).at(19).is_null()) << column;
    EXPECT_TRUE(fine.at(column).at(20).is_null()) << column;
    EXPECT_FALSE(fine.at(column).at(30).is_null()) << column;
  }
  EXPECT_TRUE(fine.at("jitter_ms").at(0).is_null());
  const Json coarse = json(series + "?resolution_s=10");
  // 1795241464 is not a multiple of ten: the first point holds six samples of 50 packets.
  EXPECT_EQ(coarse.at("packets").at(0), 300);
  EXPECT_EQ(coarse.at("bitrate_bps").at(0), 40'000.0);
  EXPECT_EQ(coarse.at("jitter_ms").at(0), 7.5);  // the highest
  EXPECT_EQ(coarse.at("loss_ratio").at(0), 0.038462);
  EXPECT_EQ(json(series + "?from=2026-11-21T06:11:24Z").at("time").size(), 10U);
  EXPECT_EQ(json(series + "?from=2027-01-01T00:00:00Z").at("time").size(), 0U);
}

TEST_F(ServiceTest, ParticipantSeriesShareOneAxis) {
  const Json series = json(path("/api/v1/participants/{id}/series", sample::kAlice.value));
  EXPECT_EQ(series.at("time").size(), 40U);
  ASSERT_EQ(series.at("streams").size(), 4U);
  for (const Json& stream : series.at("streams")) {
    EXPECT_EQ(stream.at("packets").size(), 40U);
    const bool video = stream.at("ssrc") == 2222;
    const bool audio = stream.at("ssrc") == 1111;
    EXPECT_EQ(stream.at("packets").at(4).is_null(), !video && !audio) << stream.at("ssrc");
    EXPECT_EQ(stream.at("packets").at(5).is_null(), !audio) << stream.at("ssrc");
  }
}

TEST_F(ServiceTest, ASeriesOfTooManyPointsIsRefused) {
  model::StreamSample late;
  late.stream = sample::kAudio;
  late.start = sample::at(86'400);
  late.end = sample::at(86'401);
  const std::vector<model::Change> more{late};
  ASSERT_TRUE(store->apply(more));
  const std::string series = path("/api/v1/streams/{id}/series", sample::kAudio.value);
  EXPECT_NE(problem_of(series + "?resolution_s=1", 400).find("resolution_s"), std::string::npos);
  EXPECT_EQ(json(series).at("resolution_s"), 300);
  EXPECT_EQ(json(series + "?resolution_s=60").at("resolution_s"), 60);
}

TEST_F(ServiceTest, SamplesKeepTheirRealBounds) {
  const Json page = json(path("/api/v1/streams/{id}/samples", sample::kAudio.value) + "?limit=2");
  EXPECT_EQ(page.at("items").at(0).at("start"), "2026-11-21T06:11:04.000Z");
  EXPECT_EQ(page.at("items").at(0).at("end"), "2026-11-21T06:11:05.000Z");
  EXPECT_FALSE(page.at("next").is_null());
}

TEST_F(ServiceTest, UnknownPathsBelowApiAreProblems) {
  for (const char* target : {"/api", "/api/v1", "/api/v1/", "/api/v2/conferences", "/api/v1/conferences/",
                             "/ingest/owt", "/healthz/x", "/api/v1/%63onferences"}) {
    EXPECT_EQ(problem_of(target, 404), "there is nothing at this path") << target;
  }
  EXPECT_EQ(problem_of("/api/v1/streams/00000000000000ff", 404), "there is no stream 00000000000000ff");
  EXPECT_EQ(problem_of("/api/v1/streams/ff", 400), "an identifier has 16 hexadecimal digits");
  EXPECT_EQ(problem_of("/api/v1/streams/00000000000000ff/samples", 404),
            "there is no stream 00000000000000ff");
}

TEST_F(ServiceTest, EveryRouteRefusesOtherMethodsAndUnknownParameters) {
  for (const Route& route : routes()) {
    if (dialect_of(route.path) != Dialect::kRtcscope) continue;
    std::string target = route.path;
    if (target.find("{id}") != std::string::npos) target = path(route.path, 1);
    RawClient client(server.port());
    const RawAnswer refused = client.exchange("PATCH " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(refused.status, 405) << target;
    const std::string own = route.method == std::string("GET") ? "GET, HEAD" : route.method;
    EXPECT_NE(refused.header("Allow").find(own), std::string::npos) << target;
    const RawAnswer unknown = client.exchange(std::string(route.method) + ' ' + target +
                                              "?colour=1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(unknown.status, 400) << target;
    EXPECT_EQ(Json::parse(unknown.body).at("detail"), "unknown query parameter \"colour\"");
  }
}

TEST_F(ServiceTest, ConditionalRequestsAndCompression) {
  const RawAnswer plain = ask("/api/v1/flows");
  EXPECT_EQ(plain.header("Content-Encoding"), "");
  EXPECT_EQ(plain.header("Cache-Control"), "private, no-cache");
  const RawAnswer packed = ask("/api/v1/flows", "Accept-Encoding: gzip, br\r\n");
  EXPECT_EQ(packed.header("Content-Encoding"), "gzip");
  EXPECT_LT(packed.body.size(), plain.body.size() / 2);
  EXPECT_EQ(packed.header("ETag"), plain.header("ETag"));
  RawClient client(server.port());
  const RawAnswer same =
      client.exchange(get("/api/v1/flows", "If-None-Match: " + plain.header("ETag") + "\r\n"));
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.header("Content-Length"), "");
  EXPECT_EQ(client.exchange(get("/healthz")).status, 200);  // nothing was left on the connection
  const std::vector<model::Change> changed{model::Host{sample::kHost, "media1", "janus 1.1.3", {}, {}}};
  const RawAnswer hosts = ask("/api/v1/hosts");
  ASSERT_TRUE(store->apply(changed));
  EXPECT_EQ(ask("/api/v1/hosts", "If-None-Match: " + hosts.header("ETag") + "\r\n").status, 200);
}

TEST_F(ServiceTest, StatsAreOfTheMoment) {
  const RawAnswer answer = ask("/api/v1/stats");
  EXPECT_EQ(answer.header("Cache-Control"), "no-store");
  const Json stats = Json::parse(answer.body);
  EXPECT_EQ(stats.at("live_conferences"), 2);
  EXPECT_EQ(stats.at("live_participants"), 2);
  EXPECT_EQ(stats.at("capture").at("kernel_drops"), 7);  // 2 on eth0, 5 on lo
  EXPECT_EQ(stats.at("hep").at("dropped"), 3);
  const Json& probes = stats.at("bus").at("probes");
  EXPECT_EQ(probes.at(0).at("host"), "media-1");
  EXPECT_EQ(probes.at(0).at("lost"), 2);
  EXPECT_TRUE(probes.at(1).at("clock").is_null());
}

TEST_F(ServiceTest, ReadinessFollowsWhatIsRequired) {
  const RawAnswer ready = ask("/readyz");
  EXPECT_EQ(ready.status, 200);
  EXPECT_EQ(Json::parse(ready.body).at("checks").size(), 3U);  // the feed is not ready, but not required
  counters.capture_ready = false;
  const RawAnswer unready = ask("/readyz");
  EXPECT_EQ(unready.status, 503);
  EXPECT_EQ(Json::parse(unready.body).at("ready"), false);
  EXPECT_EQ(ask("/healthz").status, 200);
}

TEST_F(ServiceTest, DeliveriesReachTheIngestAsTheyCame) {
  const RawAnswer taken = post("[{}]", "Content-Encoding: gzip\r\nAuthorization: Basic abc\r\n");
  EXPECT_EQ(taken.body, R"({"taken":true})");
  EXPECT_EQ(ingested, "gzip|Basic abc|[{}]");
  for (const int status : {400, 401, 413, 415}) {
    ingest_status = status;
    EXPECT_EQ(post("{}").status, status);
  }
  EXPECT_EQ(post("{}").header("WWW-Authenticate"), "");
  ingest_status = 401;
  EXPECT_EQ(post("{}").header("WWW-Authenticate"), "Basic realm=\"rtcscope\", charset=\"UTF-8\"");
  ingest_status = 503;  // no room: counted there, and nothing that Janus could do about
  EXPECT_EQ(post("{}").status, 200);
}

TEST_F(ServiceTest, PagesOfOtherSitesMayNotPost) {
  EXPECT_EQ(post("{}", "Origin: https://evil.example\r\n").status, 403);
  EXPECT_EQ(post("{}", "Sec-Fetch-Site: cross-site\r\n").status, 403);
  EXPECT_EQ(ingested, "");
  EXPECT_EQ(post("{}", "Origin: http://localhost\r\n").status, 200);
}

TEST_F(ServiceTest, WithoutAWebRootTheFrontPageSaysWhatToDo) {
  const RawAnswer page = ask("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_NE(page.body.find("not built"), std::string::npos);
  EXPECT_NE(page.header("Content-Security-Policy").find("script-src 'self'"), std::string::npos);
}

TEST(ServiceFiles, AreServedWithTheirCaching) {
  namespace fs = std::filesystem;
  const fs::path root = fs::path(testing::TempDir()) / ("rtcscope_service_" + std::to_string(::getpid()));
  fs::create_directories(root / "assets");
  std::ofstream(root / "index.html") << "<!doctype html>";
  std::ofstream(root / "assets/a-1.js") << std::string(5000, ' ');
  const auto store = sample::filled_store();
  const sample::Counters counters;
  Service service({*store, counters, {}, "0.1.0", root.string(), {}});
  http::Server server(any_port(), service);
  RawClient client(server.port());
  const RawAnswer index = client.exchange(get("/conferences/00000000000000c1"));
  EXPECT_EQ(index.body, "<!doctype html>");
  EXPECT_EQ(index.header("Cache-Control"), "private, no-cache");
  const RawAnswer script = client.exchange(get("/assets/a-1.js", "Accept-Encoding: gzip\r\n"));
  EXPECT_EQ(script.header("Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(script.header("Content-Encoding"), "gzip");
  EXPECT_EQ(client.exchange(get("/../../../../etc/passwd")).status, 404);
  EXPECT_EQ(client.exchange(get("/%2e%2e/%2e%2e/etc/passwd")).status, 404);
  EXPECT_EQ(client.exchange("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n").status, 405);
  fs::remove_all(root);
}

TEST(ServiceFailure, OfTheStoreGoesToTheLogAndNotToTheClient) {
  const FailingStore store({store::StoreErrc::kIo, "/var/lib/rtcscope.db: disk I/O error"});
  const sample::Counters counters;
  std::string log;
  Service service({store, counters, {}, "0.1.0", "", [&](const std::string& line) { log += line + '\n'; }});
  const auto ask = [&](const std::string& target) {
    return service.respond({"00000000000004d2", "GET", target, {}, {}});
  };
  for (const Route& route : routes()) {
    if (std::string_view(route.path).substr(0, 8) != "/api/v1/" || route.handler == nullptr) continue;
    const std::string operation = route.operation_id;
    const std::string_view storeless =
        " show_stats show_openapi list_tokens create_token revoke_token login logout show_caller show_live "
        "show_live_socket ";
    if (storeless.find(' ' + operation + ' ') != std::string_view::npos) continue;
    std::string target = route.path;
    if (target.find("{id}") != std::string::npos) target = path(route.path, 1);
    log.clear();
    const http::Response response = ask(target + (operation == "search" ? "?q=a" : ""));
    EXPECT_EQ(response.status, 503) << target;
    EXPECT_EQ(response.body.find("rtcscope.db"), std::string::npos) << response.body;
    EXPECT_EQ(log, "api: request 00000000000004d2: /var/lib/rtcscope.db: disk I/O error\n") << target;
  }
  EXPECT_EQ(ask("/api/v1/stats").status, 200);  // the counters say what is wrong
  EXPECT_EQ(ask("/readyz").status, 503);
  EXPECT_EQ(ask("/healthz").status, 200);
}

TEST(ServiceFailure, OfAHandlerIsAProblem) {
  const FailingStore store({});
  const sample::Counters counters;
  std::string log;
  Service service({store, counters, [](const IngestDelivery&) -> int { throw std::runtime_error("secret"); },
                   "0.1.0", "", [&](const std::string& line) { log += line; }});
  const http::Response response = service.respond({"00000000000004d2", "POST", "/ingest/janus", {}, "{}"});
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body.find("secret"), std::string::npos);
  EXPECT_EQ(log, "api: request 00000000000004d2 failed: secret");
}

}  // namespace
}  // namespace rtcscope::api
