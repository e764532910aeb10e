#include "api/entity_json.hpp"

#include <gtest/gtest.h>

namespace rtcscope::api {
namespace {

constexpr UtcTime kTime = utc_from_ns(1'795'241'454'123'999'999);  // 2026-11-21T06:10:54.123999999Z

TEST(EntityJson, HostHasHexIdAndMilliseconds) {
  const model::Host host{{0xabc}, "media1", "", kTime, kTime};
  const Json json = host_json(host);
  EXPECT_EQ(to_text(json),
            R"({"id":"0000000000000abc","name":"media1","media_server":"",)"
            R"("first_seen":"2026-11-21T06:10:54.123Z","last_seen":"2026-11-21T06:10:54.123Z"})");
}

TEST(EntityJson, AbsentIsNullNotZero) {
  const Json stream = stream_json(store::StreamRow{});
  for (const char* key : {"flow_id", "connection_id", "source_participant_id", "clock_rate_hz", "rtx_of_ssrc",
                          "loss_ratio", "bitrate_bps", "jitter_ms", "jitter_max_ms", "jitter_mean_ms",
                          "jitter_frame_ms", "recent_loss_ratio", "recent_bitrate_bps"}) {
    EXPECT_TRUE(stream.at(key).is_null()) << key;
  }
  EXPECT_EQ(stream.at("packets"), 0);
  const Json conference = conference_json(store::ConferenceRow{});
  for (const char* key : {"host_id", "ended_at", "end_reason", "end_source", "uplink", "downlink"}) {
    EXPECT_TRUE(conference.at(key).is_null()) << key;
  }
}

TEST(EntityJson, EndingNamesWhoSaidSo) {
  const model::Ending ending{kTime, "idle", model::Source::kObserver};
  store::ConferenceRow ended;
  ended.conference.ended = ending;
  const Json conference = conference_json(ended);
  EXPECT_EQ(conference.at("ended_at"), "2026-11-21T06:10:54.123Z");
  EXPECT_EQ(conference.at("end_reason"), "idle");
  EXPECT_EQ(conference.at("end_source"), "observer");
  model::Session gone;
  gone.left = ending;
  const Json session = session_json(gone);
  EXPECT_EQ(session.at("left_at"), "2026-11-21T06:10:54.123Z");
  EXPECT_EQ(session.at("left_source"), "observer");
}

TEST(EntityJson, FlowTakesConferenceAndParticipantFromItsConnection) {
  store::FlowRow row;
  row.flow.evidence = {{"ufrag_pair", "RuS3:LOgs"}};
  row.flow.client_endpoint = {*parse_ip_address("2001:db8::7"), 5000};
  EXPECT_TRUE(flow_json(row).at("participant_id").is_null());
  row.conference = {7};
  row.participant = {8};
  const Json json = flow_json(row);
  EXPECT_EQ(json.at("conference_id"), "0000000000000007");
  EXPECT_EQ(json.at("participant_id"), "0000000000000008");
  EXPECT_EQ(json.at("client_endpoint"), "[2001:db8::7]:5000");
  EXPECT_EQ(json.at("evidence").dump(), R"([{"kind":"ufrag_pair","detail":"RuS3:LOgs"}])");
  EXPECT_EQ(json.at("conflicts").dump(), "[]");
}

Json detail(const std::string& text) {
  store::EventRow row;
  row.event.detail = text;
  return event_json(row).at("detail");
}

TEST(EntityJson, EventDetailIsItsOwnJson) {
  EXPECT_TRUE(detail("").is_null());
  EXPECT_EQ(detail(R"({"room":1234})").at("room"), 1234);
  EXPECT_EQ(detail("no json"), "no json");
  EXPECT_EQ(detail(R"("[[[[")"), "[[[[");  // brackets inside a string do not nest
}

TEST(EntityJson, DeeplyNestedDetailDoesNotExhaustTheStack) {
  const std::string deep(200'000, '[');
  EXPECT_EQ(detail(deep), deep);
}

TEST(EntityJson, BrokenUtf8IsReplaced) {
  model::Host host;
  host.name = "a\xff?";
  EXPECT_NE(to_text(host_json(host)).find("a\xEF\xBF\xBD?"), std::string::npos);
}

TEST(EntityJson, FiguresOfADirection) {
  store::ConnectionRow row;
  row.summary.health = {store::HealthWord::kBad, "why"};
  row.summary.uplink.emplace();
  row.summary.uplink->streams = 2;
  row.summary.uplink->lost = -1;
  row.summary.uplink->loss_ratio = 0.5;
  row.flow_count = 3;
  const Json json = connection_json(row);
  EXPECT_EQ(json.at("health"), "bad");
  EXPECT_EQ(json.at("health_reason"), "why");
  EXPECT_EQ(json.at("flow_count"), 3);
  EXPECT_EQ(
      json.at("uplink").dump(),
      R"({"streams":2,"packets":0,"expected":0,"lost":-1,"loss_ratio":0.5,"jitter_ms":null,"bitrate_bps":null})");
  EXPECT_TRUE(json.at("downlink").is_null());
}

TEST(EntityJson, PrecisionSaysHowPacketsAreKnown) {
  const auto precision = [](std::optional<double> confidence) {
    store::ConnectionRow row;
    row.confidence = confidence;
    store::ConferenceRow conference;
    conference.confidence = confidence;
    const Json json = connection_json(row);
    EXPECT_EQ(json.at("precision"), conference_json(conference).at("precision"));
    EXPECT_EQ(json.at("confidence").is_null(), !confidence);
    return json.at("precision").get<std::string>();
  };
  EXPECT_EQ(precision(std::nullopt), "none");
  EXPECT_EQ(precision(0.4), "inferred");
  EXPECT_EQ(precision(0.5), "exact");
  EXPECT_EQ(precision(0.98), "exact");
}

TEST(Left, IsTheLastEndingOnceAllSessionsEnded) {
  EXPECT_FALSE(left({}).has_value());
  std::vector<model::Session> sessions(2);
  sessions[0].left = model::Ending{kTime + std::chrono::seconds{1}, "late", {}};
  EXPECT_FALSE(left(sessions).has_value());
  sessions[1].left = model::Ending{kTime, "early", {}};
  EXPECT_EQ(left(sessions)->reason, "late");
}

}  // namespace
}  // namespace rtcscope::api
