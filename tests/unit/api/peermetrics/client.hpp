#pragma once
// A client of Peermetrics' API, and an API of its own over a store in memory.

#include <gtest/gtest.h>

#include "api/peermetrics/desk.hpp"
#include "api/service.hpp"
#include "store/sqlite_store.hpp"
#include "tests/contract/sample_data.hpp"

namespace rtcscope::api::peermetrics::testing {

class Client : public ::testing::Test {
 private:
  store::StoreResult<std::unique_ptr<store::Store>> opened_ = store::open_sqlite(":memory:");

 protected:
  Client() {
    const Json organization = ok("POST", "/v1/organizations", {{"name", "Example Ltd"}});
    app = ok("POST", "/v1/apps",
             {{"name", "calls"}, {"organization", organization.at("data").at("id")}, {"interval", 5000}})
              .at("data");
  }

  http::Response ask(const std::string& method, const std::string& target, const std::string& body = {},
                     const std::string& origin = {}) {
    http::Request request{"1", method, target, {{"Host", "localhost"}}, body, "192.0.2.1"};
    if (!origin.empty()) request.headers.push_back({"Origin", origin});
    return service->respond(request);
  }
  Json ok(const std::string& method, const std::string& target, const Json& body = nullptr) {
    const http::Response response = ask(method, target, body.is_null() ? "" : body.dump());
    EXPECT_EQ(response.status, 200) << target << ' ' << response.body;
    return Json::parse(response.body);
  }
  /// The code of a refusal.
  std::string refusal(const std::string& method, const std::string& target, const Json& body,
                      int status = 400) {
    const http::Response response =
        ask(method, target, body.is_string() ? body.get<std::string>() : body.dump());
    EXPECT_EQ(response.status, status) << target << ' ' << response.body;
    return Json::parse(response.body).value("error_code", "");
  }

  std::string api_key() const { return app.at("api_key"); }
  Json who(const std::string& user, const std::string& conference = "room 1") const {
    return {{"apiKey", api_key()}, {"conferenceId", conference}, {"userId", user}};
  }
  /// A session token.
  std::string join(const std::string& user, const std::string& conference = "room 1") {
    Json platform{{"browser", {{"name", "Chromium"}}}, {"os", {{"name", "Linux"}}}};
    const Json init = ok("POST", "/v1/initialize", who(user, conference));
    return ok("POST", "/v1/sessions", {{"token", init.at("token")}, {"platform", platform}}).at("token");
  }
  struct Peer {
    std::string token, peer_id, connection_id;
  };
  Peer connect(const std::string& user, const std::string& conference = "room 1") {
    const std::string token = join(user, conference);
    const Json made = ok("POST", "/v1/connection",
                         {{"token", token},
                          {"eventName", "addConnection"},
                          {"peerId", "sfu"},
                          {"isSfu", true},
                          {"connectionState", "new"}});
    return {token, made.at("peer_id"), made.at("connection_id")};
  }
  Json event(const Peer& peer, const std::string& name, const Json& data = nullptr) const {
    return {{"token", peer.token},
            {"eventName", name},
            {"peerId", peer.peer_id},
            {"connectionId", peer.connection_id},
            {"data", data}};
  }
  Json stats(const Peer& peer, const Json& data) const {
    return {{"token", peer.token}, {"connectionId", peer.connection_id}, {"data", data}};
  }
  /// What a list holds of this app.
  Json list(const std::string& path, const std::string& more = {}) {
    return ok("GET", path + "?appId=" + app.at("id").get<std::string>() + more).at("data");
  }
  std::vector<std::string> issues() {
    std::vector<std::string> codes;
    for (const Json& issue : list("/v1/issues")) codes.push_back(issue.at("code"));
    return codes;
  }

  UtcTime now = sample::at(0);
  std::unique_ptr<store::Store> store = *std::move(opened_);
  sample::Counters counters;
  DeskOptions options{[this] { return now; }};
  std::unique_ptr<Desk> desk = std::make_unique<Desk>(store->client_reports(), options);
  std::unique_ptr<Service> service = make_service();
  Json app;

  std::unique_ptr<Service> make_service() {
    Services services{*store, counters, {}, "0.1.0", "", {}};
    services.peermetrics = desk.get();
    return std::make_unique<Service>(services);
  }
};

}  // namespace rtcscope::api::peermetrics::testing
