#include "api/http/server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/unit/api/raw_client.hpp"

namespace rtcscope::api::http {
namespace {

using namespace std::chrono_literals;

/// Says what it was asked.
class Echo : public Application {
 public:
  std::size_t max_body_bytes(const Request& request) const override {
    return request.path() == "/take" ? 100'000 : 0;
  }
  Response respond(const Request& request) override {
    Response response;
    response.media_type = "text/plain";
    response.body = request.method + ' ' + request.target + ' ' + request.body;
    if (request.path() == "/large") response.body.assign(8 * 1024 * 1024, 'x');
    answered.fetch_add(1);
    return response;
  }
  std::atomic<int> answered{0};
};

class HttpServer : public testing::Test {
 protected:
  static ServerOptions options() {
    ServerOptions options;
    options.listen = "127.0.0.1:0";
    return options;
  }

  Echo echo;
};

int status_of(std::uint16_t port, const std::string& octets) {
  RawClient client(port);
  return client.exchange(octets).status;
}

TEST_F(HttpServer, AnswersSeveralRequestsOnOneConnection) {
  Server server(options(), echo);
  RawClient client(server.port());
  EXPECT_EQ(client.exchange(get("/a?b=c")).body, "GET /a?b=c ");
  EXPECT_EQ(client.exchange("POST /take HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc").body,
            "POST /take abc");
  client.send(get("/1") + get("/2"));
  EXPECT_EQ(client.receive().body, "GET /1 ");
  EXPECT_EQ(client.receive().body, "GET /2 ");
}

TEST_F(HttpServer, KnowsItsAddress) {
  Server server(options(), echo);
  EXPECT_GT(server.port(), 0);
  EXPECT_EQ(server.url(), "http://127.0.0.1:" + std::to_string(server.port()));
  EXPECT_TRUE(server.on_loopback());
}

TEST_F(HttpServer, SaysWhatItCannotListenOn) {
  Server first(options(), echo);
  ServerOptions taken = options();
  taken.listen = "127.0.0.1:" + std::to_string(first.port());
  try {
    Server second(taken, echo);
    FAIL() << "two servers on one port";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find(taken.listen), std::string::npos) << error.what();
  }
  taken.listen = "not an address";
  EXPECT_THROW(Server(taken, echo), std::runtime_error);
}

TEST_F(HttpServer, HeadHasTheLengthAndNoBody) {
  Server server(options(), echo);
  RawClient client(server.port());
  const RawAnswer head = client.exchange("HEAD /a HTTP/1.1\r\nHost: localhost\r\n\r\n", false);
  EXPECT_EQ(head.header("Content-Length"), "8");  // "HEAD /a "
  EXPECT_EQ(client.exchange(get("/next")).body, "GET /next ");
}

TEST_F(HttpServer, RefusesWhatIsNoHttpWithAProblem) {
  Server server(options(), echo);
  for (const std::string octets : {"\x16\x03\x01\x02\r\n\r\n", "GET\r\n\r\n", "hello there\r\n\r\n",
                                   "GET /\x01 HTTP/9.9.9.9.9.9\r\nHost: localhost\r\n\r\n"}) {
    RawClient client(server.port());
    const RawAnswer answer = client.exchange(octets);
    EXPECT_EQ(answer.status, 400) << octets;
    EXPECT_EQ(answer.header("Content-Type"), "application/problem+json");
    const auto problem = nlohmann::json::parse(answer.body);
    EXPECT_EQ(problem.at("instance"), "urn:rtcscope:request:" + answer.header("X-Request-Id"));
    EXPECT_TRUE(client.closed());
  }
  EXPECT_EQ(echo.answered, 0);
}

TEST_F(HttpServer, RefusesHeadersWithoutBound) {
  Server server(options(), echo);
  std::string many = "GET / HTTP/1.1\r\nHost: localhost\r\n";
  for (int i = 0; i < 200; ++i) many += "X-" + std::to_string(i) + ": y\r\n";
  EXPECT_EQ(status_of(server.port(), many + "\r\n"), 400);
  EXPECT_EQ(status_of(server.port(), get("/", "X-Long: " + std::string(20'000, 'x') + "\r\n")), 400);
  EXPECT_EQ(status_of(server.port(), get('/' + std::string(40'000, 'x'))), 400);
}

TEST_F(HttpServer, RefusesAmbiguousFraming) {
  Server server(options(), echo);
  const std::string post = "POST /take HTTP/1.1\r\nHost: localhost\r\n";
  const std::pair<std::string, int> cases[] = {
      {post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400},
      {post + "Content-Length: -3\r\n\r\nabc", 400},
      {post + "Content-Length: 3x\r\n\r\nabc", 400},
      {post + "Content-Length: 99999999999999999999999\r\n\r\nabc", 400},
      {post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
      {post + "Content-Length : 3\r\n\r\nabc", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", 505},
      {"GET foo HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
      {"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
  };
  for (const auto& [octets, status] : cases) {
    RawClient client(server.port());
    EXPECT_EQ(client.exchange(octets).status, status) << octets;
    EXPECT_TRUE(client.closed()) << octets;
  }
  EXPECT_EQ(echo.answered, 0);
}

TEST_F(HttpServer, TakesTheAbsoluteForm) {
  Server server(options(), echo);
  RawClient client(server.port());
  EXPECT_EQ(client.exchange(get("http://localhost/a?b")).body, "GET /a?b ");
  EXPECT_EQ(client.exchange(get("http://localhost")).body, "GET / ");
}

TEST_F(HttpServer, TakesChunkedBodies) {
  Server server(options(), echo);
  RawClient client(server.port());
  const std::string post = "POST /take HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(client.exchange(post + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n").body, "POST /take abcde");
  EXPECT_EQ(client.exchange(get("/next")).body, "GET /next ");
}

TEST_F(HttpServer, RefusesBodiesOverTheBound) {
  Server server(options(), echo);
  const std::string post = "POST /take HTTP/1.1\r\nHost: localhost\r\n";
  EXPECT_EQ(status_of(server.port(), post + "Content-Length: 100001\r\n\r\n" + std::string(100'001, 'x')),
            413);
  const std::string chunk = "8000\r\n" + std::string(0x8000, 'x') + "\r\n";
  EXPECT_EQ(
      status_of(server.port(), post + "Transfer-Encoding: chunked\r\n\r\n" + chunk + chunk + chunk + chunk),
      413);
  EXPECT_EQ(status_of(server.port(), post + "Content-Length: 100000\r\n\r\n" + std::string(100'000, 'x')),
            200);
  EXPECT_EQ(echo.answered, 1);
}

TEST_F(HttpServer, ABodyThatNobodyWantsIsNotTheNextRequest) {
  Server server(options(), echo);
  RawClient client(server.port());
  const std::string smuggled = get("/smuggled");
  const RawAnswer answer = client.exchange("GET /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
                                           std::to_string(smuggled.size()) + "\r\n\r\n" + smuggled);
  EXPECT_EQ(answer.body, "GET /a ");
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(echo.answered, 1);
}

TEST_F(HttpServer, AnswersExpectContinue) {
  Server server(options(), echo);
  RawClient client(server.port());
  client.send("POST /take HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.receive(false).status, 100);
  EXPECT_EQ(client.exchange("ok").body, "POST /take ok");
}

TEST_F(HttpServer, ABodyCutShortIsNotTaken) {
  ServerOptions quick = options();
  quick.body_timeout = 100ms;
  Server server(quick, echo);
  RawClient client(server.port());
  const RawAnswer answer =
      client.exchange("POST /take HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(echo.answered, 0);
}

TEST_F(HttpServer, ForeignHostNamesAreRefusedOnLoopback) {
  ServerOptions named = options();
  named.host_names = {"noc.example"};
  Server server(named, echo);
  const std::string port = ':' + std::to_string(server.port());
  for (const std::string host : {"localhost", "127.0.0.1", "127.0.0.2", "[::1]", "LOCALHOST", "localhost.",
                                 "rtcscope.localhost", "noc.example"}) {
    EXPECT_EQ(status_of(server.port(), "GET / HTTP/1.1\r\nHost: " + host + port + "\r\n\r\n"), 200) << host;
    EXPECT_EQ(status_of(server.port(), "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n"), 200) << host;
  }
  for (const std::string host : {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example",
                                 "192.0.2.1", "[2001:db8::1]", "", "evillocalhost"}) {
    EXPECT_EQ(status_of(server.port(), "GET / HTTP/1.1\r\nHost: " + host + port + "\r\n\r\n"), 421) << host;
  }
}

TEST_F(HttpServer, ATricklingClientIsCutOff) {
  ServerOptions quick = options();
  quick.head_timeout = 300ms;
  Server server(quick, echo);
  RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\n");
  bool refused = false;
  // Each octet comes well within the time; all of them together do not.
  for (int i = 0; i < 200 && !refused; ++i) {
    std::this_thread::sleep_for(50ms);
    try {
      client.send("X");
    } catch (const Poco::Exception&) {
      refused = true;
    }
  }
  EXPECT_TRUE(refused);
  EXPECT_EQ(echo.answered, 0);
}

TEST_F(HttpServer, SlowClientsDoNotHoldUpOthers) {
  Server server(options(), echo);
  std::vector<std::unique_ptr<RawClient>> slow;
  for (int i = 0; i < 30; ++i) {
    slow.push_back(std::make_unique<RawClient>(server.port()));
    // A third sends half a request, a third half a body, a third does not read its large answer.
    slow.back()->send(i % 3 == 0   ? "GET / HTTP/1.1\r\nHo"
                      : i % 3 == 1 ? "POST /take HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc"
                                   : get("/large"));
  }
  RawClient client(server.port());
  EXPECT_EQ(client.exchange(get("/quick")).body, "GET /quick ");
}

TEST_F(HttpServer, MoreClientsThanThreadsAreServedInTurn) {
  ServerOptions few = options();
  few.max_threads = 2;
  Server server(few, echo);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    clients.back()->send(get("/x"));
  }
  // While others wait, an answered connection is closed instead of kept.
  for (auto& client : clients) EXPECT_EQ(client->receive().status, 200);
}

TEST_F(HttpServer, StopsWithClientsInEveryState) {
  auto server = std::make_unique<Server>(options(), echo);
  RawClient idle(server->port()), half(server->port()), reading(server->port()), silent(server->port());
  EXPECT_EQ(idle.exchange(get("/a")).status, 200);
  half.send("GET / HTTP/1.1\r\nHo");
  reading.send(get("/large"));
  while (echo.answered < 2) std::this_thread::sleep_for(1ms);
  const auto begin = std::chrono::steady_clock::now();
  server->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);  // all time-outs are longer
  EXPECT_TRUE(idle.closed());
  server.reset();
}

TEST_F(HttpServer, ListensOnIpv6) {
  ServerOptions v6 = options();
  v6.listen = "[::1]:0";
  try {
    Server server(v6, echo);
    EXPECT_EQ(server.url(), "http://[::1]:" + std::to_string(server.port()));
    EXPECT_TRUE(server.on_loopback());
  } catch (const std::runtime_error& error) {
    GTEST_SKIP() << "no IPv6 loopback here: " << error.what();
  }
}

}  // namespace
}  // namespace rtcscope::api::http
