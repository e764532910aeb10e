#include <gtest/gtest.h>

#include "api/service.hpp"
#include "base/text.hpp"
#include "tests/contract/sample_data.hpp"

namespace rtcscope::api {
namespace {

using namespace std::chrono_literals;

class CaptureTest : public ::testing::Test {
 protected:
  http::Response ask(const std::string& query = "", ConnectionId id = sample::kPublisher) {
    return service.respond({"1",
                            "GET",
                            "/api/v1/connections/" + hex_id(id.value) + "/capture" + query,
                            {{"Host", "localhost"}},
                            {},
                            "192.0.2.1"});
  }

  std::unique_ptr<store::Store> store = sample::filled_store();
  sample::Counters counters;
  std::vector<CaptureQuestion> questions;
  std::vector<std::string> audits;
  std::optional<CaptureAnswer> answer = CaptureAnswer{"pcapng", 7, {}, {}};
  Service service{[this] {
    Services services{*store, counters, [](const IngestDelivery&) { return 200; }, "0.1.0", ""};
    services.capture = [this](const CaptureQuestion& question) {
      questions.push_back(question);
      return answer;
    };
    services.audit = [this](const AuditEntry& entry) { audits.push_back(entry.actor + ' ' + entry.what); };
    return services;
  }()};
};

TEST_F(CaptureTest, AsksForTheFlowsOfTheConnectionAtTheirTime) {
  const http::Response response = ask();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.media_type, "application/x-pcapng");
  EXPECT_EQ(response.body, "pcapng");
  EXPECT_EQ(http::find_header(response.headers, "X-Rtcscope-Packets"), "7");
  ASSERT_EQ(questions.size(), 1U);
  const CaptureQuestion& question = questions[0];
  ASSERT_EQ(question.flows.size(), 1U);
  EXPECT_EQ(to_string(question.flows[0].source), "192.0.2.7:51612");
  EXPECT_EQ(to_string(question.flows[0].destination), "198.51.100.1:20004");
  EXPECT_EQ(question.from, sample::at(4) - 5s);
  EXPECT_EQ(question.to, UtcTime::max());  // it goes on
  EXPECT_FALSE(question.pseudonymise);
}

TEST_F(CaptureTest, TimesNarrowIt) {
  ask("?from=2026-11-21T06:11:00Z&to=2026-11-21T06:11:30Z&pseudonymise=true");
  ASSERT_EQ(questions.size(), 1U);
  EXPECT_EQ(questions[0].from, sample::at(6));
  EXPECT_EQ(questions[0].to, sample::at(36));
  EXPECT_TRUE(questions[0].pseudonymise);
  ask("?from=2001-01-01T00:00:00Z");
  EXPECT_EQ(questions[1].from, sample::at(4) - 5s);  // before it, the addresses may have been others'
  EXPECT_EQ(ask("?pseudonymise=perhaps").status, 400);
}

TEST_F(CaptureTest, EachDownloadIsAudited) {
  ask("?pseudonymise=true");
  EXPECT_EQ(audits,
            std::vector<std::string>{"somebody downloaded 7 packets of connection " +
                                     hex_id(sample::kPublisher.value) + ", addresses pseudonymised,"});
}

TEST_F(CaptureTest, AnEndThatCameEarlyIsTold) {
  answer->ended_early = sample::at(9);
  EXPECT_EQ(http::find_header(ask().headers, "X-Rtcscope-Ended-Early"), "2026-11-21T06:11:03.000Z");
}

TEST_F(CaptureTest, WhereThereIsNothingItSaysWhy) {
  answer = CaptureAnswer{"", 0, {}, sample::at(40)};
  const http::Response nothing = ask();
  EXPECT_EQ(nothing.status, 404);
  EXPECT_NE(nothing.body.find("2026-11-21T06:11:34.000Z"), std::string::npos);
  EXPECT_EQ(ask("", ConnectionId{0xff}).status, 404);
  answer.reset();
  const http::Response busy = ask();
  EXPECT_EQ(busy.status, 503);
  EXPECT_EQ(http::find_header(busy.headers, "Retry-After"), "2");
  EXPECT_TRUE(audits.empty());
  Service without(Services{*store, counters, [](const IngestDelivery&) { return 200; }, "0.1.0", ""});
  EXPECT_EQ(without
                .respond({"1",
                          "GET",
                          "/api/v1/connections/" + hex_id(sample::kPublisher.value) + "/capture",
                          {{"Host", "localhost"}},
                          {},
                          ""})
                .status,
            409);
}

}  // namespace
}  // namespace rtcscope::api
