// Every route with every kind of caller. Handlers may answer what they like: it is who gets that far.

#include <gtest/gtest.h>

#include "api/routes.hpp"
#include "api/service.hpp"
#include "base/base64.hpp"
#include "tests/contract/sample_data.hpp"
#include "tests/unit/api/access/token_folder.hpp"

namespace rtcscope::api {
namespace {

using namespace std::chrono_literals;
using access::Need;
using access::Role;

class Roles : public access::TokenFolder {
 protected:
  Roles() {
    for (const Role role : access::kRoles) texts[static_cast<std::size_t>(role)] = add(to_string(role), role);
    tokens = list();
    guard = std::make_unique<access::Guard>(options());
    const auto ingest = [this](const IngestDelivery& delivery) {
      authorised = delivery.authorised;
      return 200;
    };
    service = std::make_unique<Service>(
        Services{*store, counters, ingest, "0.1.0", "", {}, [] { return std::string(); }, guard.get()});
  }

  access::GuardOptions options() {
    access::GuardOptions options;
    options.tokens = tokens.get();
    options.clock = [this] { return now; };
    return options;
  }
  const std::string& text(Role role) const { return texts[static_cast<std::size_t>(role)]; }
  static std::string bearer(const std::string& token) { return "Bearer " + token; }

  http::Response ask(const std::string& method, std::string target, const std::string& authorization) {
    const char* const id = dialect_of(target) == Dialect::kRtcscope ? "00000000000000ff"
                                                                    : "00000000-0000-4000-8000-0000000000ff";
    if (const auto at = target.find("{id}"); at != std::string::npos) target.replace(at, 4, id);
    http::Request request{"1", method, target, {{"Host", "localhost"}}, {}, "192.0.2.1"};
    if (!authorization.empty()) request.headers.push_back({"Authorization", authorization});
    return service->respond(request);
  }
  int status(const Route& route, const std::string& authorization) {
    return ask(route.method, route.path, authorization).status;
  }

  std::array<std::string, access::kRoles.size()> texts;
  std::unique_ptr<store::Store> store = sample::filled_store();
  sample::Counters counters;
  bool authorised = false;
  std::unique_ptr<access::TokenList> tokens;
  std::unique_ptr<access::Guard> guard;
  std::unique_ptr<Service> service;
};

TEST_F(Roles, EachRouteLetsInWhoHasItsRole) {
  for (const Route& route : routes()) {
    for (const Role role : access::kRoles) {
      const bool denied = status(route, bearer(text(role))) == 403;
      EXPECT_EQ(denied, !permits(role, route.need)) << route.operation_id << ' ' << to_string(role);
    }
  }
}

TEST_F(Roles, NobodyGetsInWithoutAValidToken) {
  const std::string expired = add("expired", Role::kAdmin, now - 1s);
  const std::string revoked = add("revoked", Role::kAdmin);
  tokens->revoke(tokens->find(revoked)->id);
  const std::string wrong[] = {
      "",          bearer(access::new_token_text()), bearer(expired),    bearer(revoked),
      bearer(""),  bearer(text(Role::kAdmin) + "x"), text(Role::kAdmin), "Digest " + text(Role::kAdmin),
      "Basic eDp5"};
  for (const Route& route : routes()) {
    for (const std::string& authorization : wrong) {
      now += 1h;  // enough for the next wrong token
      const http::Response response = ask(route.method, route.path, authorization);
      const std::string_view challenged = find_header(response.headers, "WWW-Authenticate");
      EXPECT_EQ(response.status == 401 && !challenged.empty(), route.need != Need::kNothing)
          << route.operation_id << ' ' << authorization;
      const std::string challenge(find_header(response.headers, "WWW-Authenticate"));
      EXPECT_EQ(challenge.empty(), route.need == Need::kNothing) << route.operation_id;
    }
  }
}

TEST_F(Roles, OnlyTheseAreOpen) {
  std::string open;
  for (const Route& route : routes()) {
    if (route.need == Need::kNothing) open += std::string(route.path) + ' ';
  }
  // Clients show a token, or the key of an app, in the body of what they report; OWT's services sign.
  EXPECT_EQ(
      open,
      "/api/v1/login /healthz /readyz /version /v1/initialize /v1/sessions /v1/sessions "
      "/v1/events/get-user-media /v1/events/browser /v1/connection /v1/connection/batch /v1/stats "
      "/v1/tracks /v1/tracks /v1/services/get-url /v1/services/stop-conference /v1/teapot "
      "/owt/v1/rooms /owt/v1/rooms/{room} /owt/v1/rooms/{room}/participants "
      "/owt/v1/rooms/{room}/participants/{participant} /owt/v1/rooms/{room}/participants/{participant} "
      "/owt/v1/rooms/{room}/streams /owt/v1/rooms/{room}/streams/{stream} "
      "/owt/v1/rooms/{room}/streams/{stream} "
      "/owt/v1.1/rooms /owt/v1.1/rooms/{room} /owt/v1.1/rooms/{room}/participants "
      "/owt/v1.1/rooms/{room}/participants/{participant} /owt/v1.1/rooms/{room}/participants/{participant} "
      "/owt/v1.1/rooms/{room}/streams /owt/v1.1/rooms/{room}/streams/{stream} "
      "/owt/v1.1/rooms/{room}/streams/{stream} ");
}

TEST_F(Roles, OnlyAnAdminOrAnOperatorChangesAnything) {
  for (const Route& route : routes()) {
    const std::string operation = route.operation_id;
    // OWT's services sign what they ask.
    const bool report = dialect_of(route.path) != Dialect::kRtcscope && route.need == Need::kNothing;
    const bool own = operation == "login" || operation == "logout" || report;
    if (route.method == std::string("GET") || route.need == Need::kIngest || own) continue;
    EXPECT_GE(route.need, Need::kOperator) << route.operation_id;
  }
}

TEST_F(Roles, JanusShowsItsTokenAsItCan) {
  // base64 of "janus:rs_..." is what sampleevh sends; wsevh has only the subprotocol.
  const std::string whole = "jan1:" + text(Role::kIngest);
  EXPECT_EQ(ask("POST", "/ingest/janus", "Basic " + base64(whole)).status, 200);
  EXPECT_TRUE(authorised);
  EXPECT_EQ(ask("GET", "/api/v1/hosts", "Basic " + base64(whole)).status, 401);
  http::Request socket{"1", "GET", kEventSocketPath, {{"Host", "localhost"}}, {}, "192.0.2.1"};
  for (const auto& [name, value] : {std::pair{"Upgrade", "websocket"}, std::pair{"Sec-WebSocket-Key", "x"},
                                    std::pair{"Sec-WebSocket-Version", "13"}}) {
    socket.headers.push_back({name, value});
  }
  EXPECT_FALSE(service->message_target(socket));
  socket.headers.push_back({"Sec-WebSocket-Protocol", text(Role::kViewer)});
  EXPECT_FALSE(service->message_target(socket));
  socket.headers.back().value = text(Role::kIngest);
  EXPECT_TRUE(service->message_target(socket));
}

TEST_F(Roles, CredentialsOfTheIngestStayItsOwn) {
  access::GuardOptions asked = options();
  asked.ingest_credentials = true;
  access::Guard with_credentials(asked);
  http::Request request{"1", "POST", "/ingest/janus", {{"Authorization", "Basic eDp5"}}, {}, ""};
  const auto caller = with_credentials.admit(request, Need::kIngest);
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->token_id, "");  // so the ingest asks
  EXPECT_FALSE(with_credentials.admit(request, Need::kViewer));
  request.headers.clear();
  EXPECT_FALSE(with_credentials.admit(request, Need::kIngest));
}

TEST_F(Roles, TheAuditIsForAdmins) {
  model::Event event;
  event.time = now;
  event.kind = "audit";
  event.text = "somebody logged in from 192.0.2.1";
  const std::vector<model::Change> changes{event};
  ASSERT_TRUE(store->apply(changes));
  for (const char* question : {"/api/v1/events", "/api/v1/events?kind=audit"}) {
    for (const Role role : {Role::kViewer, Role::kOperator}) {
      const http::Response seen = ask("GET", question, bearer(text(role)));
      EXPECT_EQ(seen.status, 200);
      EXPECT_EQ(seen.body.find("somebody logged in"), std::string::npos)
          << question << ' ' << to_string(role);
    }
    EXPECT_NE(ask("GET", question, bearer(text(Role::kAdmin))).body.find("somebody logged in"),
              std::string::npos);
  }
}

TEST_F(Roles, WhoIsDeniedMaySendNoBody) {
  http::Request request{"1", "POST", "/ingest/janus", {}, {}, ""};
  EXPECT_EQ(service->max_body_bytes(request), 0U);
  request.headers.push_back({"Authorization", bearer(text(Role::kIngest))});
  EXPECT_EQ(service->max_body_bytes(request), kMaxIngestBytes);
}

TEST_F(Roles, DenialsAreCounted) {
  const access::GuardCounts before = guard->counts();
  ask("GET", "/api/v1/hosts", "");
  ask("GET", "/api/v1/hosts", bearer(text(Role::kIngest)));
  EXPECT_EQ(guard->counts().unauthenticated, before.unauthenticated + 1);
  EXPECT_EQ(guard->counts().forbidden, before.forbidden + 1);
}

}  // namespace
}  // namespace rtcscope::api
