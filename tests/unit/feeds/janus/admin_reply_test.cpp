// feeds/janus/admin_reply.hpp: what the Admin API answers, of both generations of Janus, as facts.

#include "feeds/janus/admin_reply.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "feeds/janus/admin_log.hpp"
#include "tests/unit/feeds/fact_text.hpp"

namespace rtcscope::feeds::janus {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const UtcTime kAsked = utc_from_ns(1'795'225'180'000'000'000);
const UtcTime kReceived = kAsked + 5ms;

class AdminReply : public ::testing::Test {
 protected:
  std::vector<std::string> read(const std::string& json) {
    counts = parse_admin_reply(json, {"media-1", kAsked}, kReceived, sink);
    std::vector<std::string> texts;
    for (const Fact& fact : sink.facts) texts.push_back(describe(fact.body));
    return texts;
  }
  std::vector<std::string> read_info(const std::string& members) {
    return read(R"({"janus":"success","transaction":"t","session_id":11,"handle_id":22,"info":{)"
                R"("session_id":11,"handle_id":22,"opaque_id":"u-42","created":1000000,)"
                R"("current_time":61000000)" +
                members + "}}");
  }

  FactKeeper sink;
  DeliveryCounts counts;
};

constexpr const char* kPublisher =
    R"(,"plugin":"janus.plugin.videoroom","plugin_specific":{"type":"publisher","room":1234,"id":7,)"
    R"("private_id":99,"display":"alice","streams":[{"type":"audio","mindex":0,"mid":"0","codec":"opus"}]})";

TEST_F(AdminReply, TimesAreToldOnTheServersOwnClock) {
  read_info(R"(,"plugin":"janus.plugin.videoroom")");
  ASSERT_EQ(sink.facts.size(), 1U);
  EXPECT_EQ(sink.facts[0].origin.time, kReceived - 60s);
  EXPECT_EQ(sink.facts[0].origin.seen_at, kAsked);
  EXPECT_EQ(sink.facts[0].origin.server, "media-1");
  EXPECT_EQ(sink.facts[0].origin.session_key, "11");
  EXPECT_EQ(sink.facts[0].origin.handle_key, "22");
  EXPECT_EQ(sink.facts[0].origin.opaque_id, "u-42");
}

TEST_F(AdminReply, ATimeThatCannotBeIsTheTimeOfTheAnswer) {
  for (const char* created : {"61000001", "-1", "9223372036854775807"}) {
    sink.facts.clear();
    read(std::string(R"({"janus":"success","info":{"session_id":1,"handle_id":2,"current_time":61000000,)") +
         R"("plugin":"p","created":)" + created + "}}");
    ASSERT_EQ(sink.facts.size(), 1U) << created;
    EXPECT_EQ(sink.facts[0].origin.time, kReceived) << created;
  }
}

TEST_F(AdminReply, PublisherWithoutAConnectionYet) {
  EXPECT_THAT(read_info(kPublisher),
              ElementsAre("HandleAttached|videoroom", "RoomJoined|videoroom|1234|7|99|alice",
                          "RoomPublished|videoroom|1234|7|alice {0,audio,opus,,,}"));
  EXPECT_EQ(counts.refused_total(), 0U);
}

TEST_F(AdminReply, SubscriberNamesWhoseMediaItIsSent) {
  EXPECT_THAT(
      read_info(R"(,"plugin":"janus.plugin.videoroom","plugin_specific":{"type":"subscriber","room":"blue",)"
                R"("private_id":99,"streams":[{"type":"video","active":true,"mindex":0,"mid":"0",)"
                R"("feed_id":"bob-1","feed_display":"bob","feed_mid":"1","codec":"vp8"}]})"),
      ElementsAre("HandleAttached|videoroom", "RoomSubscribed|videoroom|blue|99 {0,video,vp8,bob-1,bob,1}"));
}

TEST_F(AdminReply, ConnectionOfJanus1) {
  EXPECT_THAT(
      read_info(
          R"(,"agent-created":2000000,"sdps":{"profile":"x","local":"v=0\r\ns=-\r\nm=audio 9 RTP/SAVPF 0\r\n"},)"
          R"("webrtc":{"ice":{"state":"ready","selected-pair":)"
          R"("198.18.0.1:5000 [host,udp] <-> 198.18.0.11:6000 [prflx,udp]","ready":-1},)"
          R"("dtls":{"dtls-state":"connected","connected":3000000},"media":{"1":{"type":"video","mid":"1",)"
          R"("ssrc":{"ssrc":10,"ssrc-rtx":11,"ssrc-peer":20,"ssrc-peer-rtx":21,"ssrc-peer-sim-1":30}},)"
          R"("2":{"type":"data"}}})"),
      ElementsAre("Description|server|-|1", "IceStateChanged|ready",
                  "SelectedPair|198.18.0.1:5000|host|198.18.0.11:6000|prflx|udp",
                  "DtlsStateChanged|connected", "PeerConnectionUp", "MediaSsrcs|server|1|video|10|-|11|10",
                  "MediaSsrcs|client|1|video|20|-|21|20|30|-"));
  EXPECT_EQ(sink.facts[0].origin.time, kReceived - 59s);  // the agent was created
  EXPECT_EQ(sink.facts[4].origin.time, kReceived - 58s);  // DTLS was done
}

TEST_F(AdminReply, ConnectionOfJanus0) {
  EXPECT_THAT(
      read_info(R"(,"plugin":"janus.plugin.videoroom","plugin_specific":{"type":"subscriber","room":1234,)"
                R"("feed_id":8,"feed_display":"bob"},"streams":[{"id":1,"ready":-1,)"
                R"("ssrc":{"audio":10,"video":11,"video-rtx":12,"audio-peer":20,"video-peer":21,)"
                R"("video-peer-rtx":22,"video-peer-sim-1":31},"components":[{"id":1,"state":"connected",)"
                R"("selected-pair":"198.18.0.1:5000 [host,udp] <-> 198.18.0.11:6000 [host,udp]",)"
                R"("dtls":{"dtls-role":"passive","dtls-state":"trying"}}]}])"),
      ElementsAre("HandleAttached|videoroom", "IceStateChanged|connected",
                  "SelectedPair|198.18.0.1:5000|host|198.18.0.11:6000|host|udp", "DtlsStateChanged|trying",
                  "MediaSsrcs|server|-|audio|10|-", "MediaSsrcs|client|-|audio|20|-",
                  "MediaSsrcs|server|-|video|11|-|12|11", "MediaSsrcs|client|-|video|21|-|22|21|31|-",
                  "RoomSubscribed|videoroom|1234|- {,,,8,bob,}"));
  EXPECT_EQ(counts.refused_total(), 0U);
}

TEST_F(AdminReply, AStreamIsNotItsOwnRepair) {
  EXPECT_THAT(
      read_info(R"(,"webrtc":{"media":{"1":{"type":"video","ssrc":{"ssrc-peer":5,"ssrc-peer-rtx":5}}}})"),
      ElementsAre("MediaSsrcs|client|1|video|5|-"));
}

TEST_F(AdminReply, ServerRosterAndInventory) {
  read(R"({"janus":"server_info","version_string":"1.1.2","server-name":"media-1"})");
  read(R"({"janus":"success","response":{"videoroom":"participants","room":1234,)"
       R"("participants":[{"id":7,"display":"alice","publisher":true},{"id":8,"publisher":false}]}})");
  EXPECT_THAT(read(R"({"janus":"inventory","handles":{"11":[22,"33"],"12":[]}})"),
              ElementsAre("ServerSeen|janus|1.1.2", "RoomRoster|videoroom|1234|7|alice|8|-",
                          "ServerInventory|11|22|33|12"));
}

TEST_F(AdminReply, WhatIsGoneIsNoFaultAndWhatIsForbiddenIs) {
  EXPECT_THAT(read(R"({"janus":"error","error":{"code":458,"reason":"No such session"}})"), IsEmpty());
  EXPECT_EQ(counts.refused_total(), 0U);
  EXPECT_THAT(read(R"({"janus":"error","error":{"code":459,"reason":"No such handle"}})"), IsEmpty());
  EXPECT_EQ(counts.refused_total(), 0U);
  read(R"({"janus":"error","error":{"code":403,"reason":"Unauthorized"}})");
  EXPECT_EQ(counts.refused_total(), 1U);
}

TEST_F(AdminReply, BrokenAnswersAreCountedAndNothingElseIsLost) {
  const char* broken[] = {"",
                          "[]",
                          "7",
                          "{",
                          R"({"janus":7})",
                          R"({"janus":"success","info":[]})",
                          R"({"janus":"success","info":{"session_id":{},"handle_id":2}})",
                          R"({"janus":"success","response":{"videoroom":"participants","room":1}})",
                          R"({"janus":"inventory","handles":{"11":7}})"};
  for (const char* json : broken) {
    EXPECT_THAT(read(json), IsEmpty()) << json;
    EXPECT_EQ(counts.refused_total(), 1U) << json;
  }
  EXPECT_THAT(
      read_info(R"(,"plugin":"janus.plugin.x","sdps":{"local":"nonsense"},"webrtc":{"ice":{"state":7},)"
                R"("dtls":{"dtls-state":"connected"}})"),
      ElementsAre("HandleAttached|x", "DtlsStateChanged|connected"));
  EXPECT_EQ(counts.refused_total(), 2U);
}

TEST_F(AdminReply, ATooDeepOrTooLongAnswerIsRefused) {
  read(std::string(kMaxDepth + 1, '[') + std::string(kMaxDepth + 1, ']'));
  EXPECT_EQ(counts.refused[static_cast<std::size_t>(EventErrc::kTooDeep)], 1U);
  read(std::string(kMaxDeliveryBytes + 1, ' '));
  EXPECT_EQ(counts.refused[static_cast<std::size_t>(EventErrc::kTooLarge)], 1U);
}

TEST(AdminLogTest, EveryAnswerOfARecordingIsReadAndNamesItsServer) {
  const std::filesystem::path calls = std::filesystem::path(RTCSCOPE_TEST_DATA) / "calls";
  AdminLog log((calls / "loss-uplink" / "admin-handle_info.jsonl").string());
  FactKeeper sink;
  DeliveryCounts counts;
  UtcTime before{};
  while (const auto delivery = log.next()) {
    const auto* question = std::get_if<AdminQuestion>(&delivery->what);
    ASSERT_NE(question, nullptr);
    EXPECT_EQ(question->server, "MyJanusInstance");
    EXPECT_GE(delivery->received, before);
    before = delivery->received;
    counts += parse_admin_reply(delivery->json, *question, delivery->received, sink);
  }
  EXPECT_EQ(log.counts().lines, 5U);
  EXPECT_EQ(log.counts().malformed, 0U);
  EXPECT_EQ(counts.refused_total(), 0U);
  EXPECT_EQ(describe(sink.facts.at(0).body), "ServerSeen|janus|1.1.2");
  EXPECT_GT(sink.facts.size(), 30U);
}

}  // namespace
}  // namespace rtcscope::feeds::janus
