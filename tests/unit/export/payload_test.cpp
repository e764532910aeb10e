#include "export/hep/payload.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace rtcscope::export_hep {
namespace {

using nlohmann::json;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kStart = 1'763'710'254 * kSecond;

model::Stream opus_stream() {
  model::Stream stream;
  stream.id = {3};
  stream.ssrc = 0x00c0ffee;
  stream.direction = "uplink";
  stream.kind = "audio";
  stream.codec = "opus";
  stream.payload_type = 111;
  stream.clock_rate_hz = 48000;
  stream.first_packet = utc_from_ns(kStart);
  stream.last_packet = utc_from_ns(kStart + 2 * kSecond);
  stream.total = {101, 10100, 105, 4, 0, 2, 0};
  stream.jitter_ms = 1.23456789;
  stream.jitter_max_ms = 4.5;
  stream.jitter_mean_ms = 2;
  stream.max_gap_ms = 61.5;
  stream.capture_drops = 6;
  return stream;
}

RtpReport report_of(const model::Stream& stream, ReportType type) {
  RtpReport report;
  report.type = type;
  report.stream = &stream;
  report.figures = life_of(stream);
  report.source = {*parse_ip_address("192.0.2.1"), 50000};
  report.destination = {*parse_ip_address("198.51.100.7"), 10020};
  report.direction_known = true;
  report.correlation_id = "janus:7/12";
  report.room = "1234";
  report.display = "Ann";
  return report;
}

TEST(RtpReport, FinalHasBothKeySetsAndIsExact) {
  const model::Stream stream = opus_stream();
  EXPECT_EQ(rtp_report_json(report_of(stream, ReportType::kFinal)),
            R"({"CORRELATION_ID":"janus:7/12","RTP_SIP_CALL_ID":"janus:7/12","REPORT_TS":1763710256000000,)"
            R"("REPORT_START":1763710254,"REPORT_END":1763710256,"TYPE":"FINAL","STYPE":"rtcscope",)"
            R"("SSRC":"0xc0ffee","REPORT_NAME":"192.0.2.1-50000","DIR":0,"PARTY":0,"SRC_IP":"192.0.2.1",)"
            R"("SRC_PORT":50000,"DST_IP":"198.51.100.7","DST_PORT":10020,"CODEC_PT":111,"CODEC_NAME":"opus",)"
            R"("CLOCK":48000,"TL_BYTE":10100,"TOTAL_PK":101,"EXPECTED_PK":105,"PACKET_LOSS":4,"OUT_ORDER":2,)"
            R"("CAPTURE_DROPS":6,"DELTA":20.0,"MAX_DELTA":61.5,"JITTER":1.235,"MAX_JITTER":4.5,)"
            R"("MEAN_JITTER":2.0,"TOTAL_BYTES":10100,"TOTAL_PACKETS":101,"TOTAL_EXPECTED_PK":105,)"
            R"("TOTAL_PACKET_LOSS":4,"ROOM":"1234","DISPLAY":"Ann","KIND":"audio"})");
}

TEST(RtpReport, WhatWasNotMeasuredIsAbsent) {
  model::Stream stream = opus_stream();
  stream.clock_rate_hz.reset();
  stream.jitter_ms = stream.jitter_max_ms = stream.jitter_mean_ms = std::nullopt;
  stream.codec = "";
  stream.kind = "unknown";
  stream.total.packets = 1;
  RtpReport report = report_of(stream, ReportType::kPeriodic);
  report.direction_known = false;
  report.room = report.display = "";
  const json read = json::parse(rtp_report_json(report));
  for (const char* key :
       {"CLOCK", "CODEC_NAME", "KIND", "JITTER", "MAX_JITTER", "MEAN_JITTER", "DELTA", "MAX_DELTA", "MOS",
        "RFACTOR", "SRC_IP", "DST_IP", "DIR", "PARTY", "REPORT_NAME", "ROOM", "DISPLAY", "TOTAL_PACKETS"}) {
    EXPECT_FALSE(read.contains(key)) << key;
  }
  EXPECT_EQ(read["TYPE"], "PERIODIC");
}

TEST(RtpReport, LossMayBeNegativeAndHostileNamesStayJson) {
  model::Stream stream = opus_stream();
  stream.total.lost = -3;
  stream.direction = "downlink";
  RtpReport report = report_of(stream, ReportType::kPeriodic);
  report.display = "\"\\\n\xff\xf0<b>";
  const json read = json::parse(rtp_report_json(report));
  EXPECT_EQ(read["PACKET_LOSS"], -3);
  EXPECT_EQ(read["DIR"], 1);
  EXPECT_EQ(read["DISPLAY"], "\"\\\xef\xbf\xbd\xef\xbf\xbd<b>");
}

model::StreamSample sample(std::int64_t second, std::uint64_t packets, std::optional<double> jitter_ms) {
  model::StreamSample out;
  out.start = utc_from_ns(kStart + second * kSecond);
  out.end = utc_from_ns(kStart + (second + 1) * kSecond);
  out.interval = {packets, packets * 100, packets + 1, 1, 0, 2, 0};
  out.jitter_ms = jitter_ms;
  out.capture_drops = 5;
  return out;
}

TEST(ReportPeriod, AddsUpAndLeavesSilenceOutOfJitter) {
  ReportPeriod period;
  EXPECT_TRUE(period.empty());
  period.add(sample(0, 50, 3.0));
  period.add(sample(1, 0, 3.0));
  period.add(sample(2, 10, 1.0));
  const ReportFigures figures = period.figures();
  EXPECT_EQ(figures.start, utc_from_ns(kStart));
  EXPECT_EQ(figures.end, utc_from_ns(kStart + 3 * kSecond));
  EXPECT_EQ(figures.figures.packets, 60U);
  EXPECT_EQ(figures.figures.bytes, 6000U);
  EXPECT_EQ(figures.figures.expected, 63U);
  EXPECT_EQ(figures.figures.lost, 3);
  EXPECT_EQ(figures.figures.reordered, 6U);
  EXPECT_EQ(figures.capture_drops, 15U);
  EXPECT_EQ(figures.delta_ms, 50.0);
  EXPECT_EQ(figures.jitter_ms, 1.0);
  EXPECT_EQ(figures.max_jitter_ms, 3.0);
  EXPECT_EQ(figures.mean_jitter_ms, 2.0);
  EXPECT_FALSE(figures.max_delta_ms);
}

TEST(LogLine, IsExact) {
  model::Event event;
  event.time = utc_from_ns(kStart + 5'000'000);
  event.conference = {0xaa};
  event.connection = {0xbb};
  event.kind = "ice_connected";
  event.text = "ICE \"connected\"\x01";
  EXPECT_EQ(log_line_json(event, "1234", ""),
            R"({"time":"2025-11-21T07:30:54.005Z","kind":"ice_connected","text":"ICE \"connected\"",)"
            R"("room":"1234","conference":"00000000000000aa","connection":"00000000000000bb"})");
}

}  // namespace
}  // namespace rtcscope::export_hep
