// RTCP and SIP as messages: whose values, whose addresses, and what joins them to a call.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "message_maker_fixture.hpp"

namespace rtcscope::export_hep {
namespace {

RtcpReport receiver_report() {
  RtcpReport report;
  report.flow = {5};
  report.source = {*parse_ip_address("192.0.2.1"), 50000};
  report.destination = {*parse_ip_address("198.51.100.7"), 10020};
  report.time = utc_from_ns(kStart);
  report.packet_type = 201;
  report.sender_ssrc = 9;
  report.source_ssrc = 0x1234;
  report.fraction_lost = 64;
  report.cumulative_lost = -2;
  report.highest_sequence = 70'000;
  report.jitter_ticks = 480;
  report.lsr = 0x12345678;
  report.dlsr = 32768;
  return report;
}

TEST_F(MessageMakerTest, AReportBlockIsAMessageWithTheValuesOfTheWire) {
  name_the_connection();
  add_flow();
  maker_.take(receiver_report());
  ASSERT_EQ(seen_.size(), 1U);
  EXPECT_EQ(seen_[0].chunks.at(0x0b), "\x05");
  EXPECT_EQ(seen_[0].chunks.at(0x11), "janus:70/12");
  EXPECT_EQ(seen_[0].chunks.at(0x04), std::string("\xc6\x33\x64\x07"));
  EXPECT_EQ(seen_[0].payload, nlohmann::json::parse(R"({
    "ssrc": 9, "type": 201, "report_count": 1, "report_blocks": [{
      "source_ssrc": 4660, "fraction_lost": 64, "packets_lost": -2, "highest_seq_no": 70000,
      "ia_jitter": 480, "lsr": 305419896, "dlsr": 32768}]})"));
}

// Homer 7 and 10 take a message whose packets or octets are zero for one without a report.
TEST_F(MessageMakerTest, SenderInformationIsThereOrNotButNeverZero) {
  RtcpReport report = receiver_report();
  report.sender_info = {0xe000'0001'8000'0000, 160, 500, 0};
  maker_.take(report);
  report.sender_info->octets = 80'000;
  maker_.take(report);
  report.packet_type = 200;
  maker_.take(report);
  ASSERT_EQ(seen_.size(), 3U);
  EXPECT_EQ(seen_[0].chunks.at(0x11), "flow:0000000000000005");
  EXPECT_FALSE(seen_[0].payload.contains("sender_information"));
  const nlohmann::json want = {{"ntp_timestamp_sec", 0xe0000001U},
                               {"ntp_timestamp_usec", 0x80000000U},
                               {"rtp_timestamp", 160},
                               {"packets", 500},
                               {"octets", 80'000}};
  EXPECT_EQ(seen_[1].payload["sender_information"], want);
  EXPECT_EQ(seen_[1].payload["sender_information_ssrc"], 0x1234);  // an RR: of whom it reports on
  EXPECT_EQ(seen_[2].payload["sender_information_ssrc"], 9);
}

TEST_F(MessageMakerTest, OnlyTheTypesThatAreWantedAreSent) {
  std::vector<Seen> seen;
  MessageMaker maker(options("34"), [&](auto message) { seen.push_back(read(message)); });
  model::Flow flow;
  flow.id = {5};
  flow.client_endpoint = {*parse_ip_address("192.0.2.1"), 50000};
  flow.server_endpoint = {*parse_ip_address("198.51.100.7"), 10020};
  maker.take(flow);
  maker.take(receiver_report());
  maker.take(model::Event{});
  model::Stream ended = stream();
  ended.ended = true;
  maker.take(ended);
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].chunks.at(0x0b), "\x22");
  EXPECT_EQ(seen[0].payload["TYPE"], "FINAL");
}

class SipMakerTest : public MessageMakerTest {
 protected:
  void add_sip(const char* direction, const std::string& text) {
    model::Event event;
    event.time = utc_from_ns(kStart);
    event.kind = "sip_message";
    event.detail = nlohmann::json{{"direction", direction}, {"sip", text}}.dump();
    maker_.take(event);
  }
};

TEST_F(SipMakerTest, ASipMessageGoesAsItIsBetweenTheEndsOfItsCall) {
  const std::string invite =
      "INVITE sip:bob@203.0.113.7:5080 SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.7:5062;branch=z9hG4bK1\r\n"
      "Call-ID: c1@h\r\n\r\nv=0\r\n";
  add_sip("sent", invite);
  add_sip(
      "received",
      "SIP/2.0 180 Ringing\r\nVia: SIP/2.0/UDP 198.51.100.7:5062;branch=z9hG4bK1\r\nCall-ID: c1@h\r\n\r\n");
  ASSERT_EQ(seen_.size(), 2U);
  EXPECT_EQ(seen_[0].chunks.at(0x0b), "\x01");
  EXPECT_EQ(seen_[0].chunks.at(0x0f), invite);
  EXPECT_EQ(seen_[0].chunks.at(0x11), "c1@h");
  EXPECT_EQ(seen_[0].chunks.at(0x02), "\x11");
  EXPECT_EQ(seen_[0].chunks.at(0x03), std::string("\xc6\x33\x64\x07"));
  EXPECT_EQ(seen_[0].chunks.at(0x04), std::string("\xcb\x00\x71\x07", 4));
  EXPECT_EQ(seen_[0].chunks.at(0x08), "\x13\xd8");  // 5080
  EXPECT_EQ(seen_[1].chunks.at(0x03), seen_[0].chunks.at(0x04));
  EXPECT_EQ(seen_[1].chunks.at(0x04), seen_[0].chunks.at(0x03));
  EXPECT_EQ(seen_[1].chunks.at(0x08), "\x13\xc6");  // 5062
}

TEST_F(SipMakerTest, AnEndThatNoMessageNamesIsUnspecified) {
  add_sip("received",
          "BYE sip:janus@gateway.example SIP/2.0\r\nv: SIP/2.0/TCP "
          "host.example;received=2001:db8::5;rport=7000\r\n"
          "i: c2\r\n\r\n");
  ASSERT_EQ(seen_.size(), 1U);
  EXPECT_EQ(seen_[0].chunks.at(0x02), "\x06");
  EXPECT_EQ(seen_[0].chunks.at(0x05).substr(14), std::string("\x00\x05", 2));
  EXPECT_EQ(seen_[0].chunks.at(0x07), "\x1b\x58");  // 7000
  EXPECT_EQ(seen_[0].chunks.at(0x06), std::string(16, '\0'));
}

TEST_F(SipMakerTest, WhatIsNoSipIsNotSent) {
  for (const char* text : {"", "INVITE sip:b@h SIP/2.0\r\n\r\n", "HTTP/1.1 200 OK\r\nCall-ID: x\r\n\r\n"}) {
    add_sip("received", text);
  }
  model::Event event;
  event.kind = "sip_message";
  event.detail = R"({"direction":"sent","omitted_bytes":70000})";
  maker_.take(event);
  EXPECT_TRUE(seen_.empty());
}

// What a SIP trace knows the call by is what joins media to it.
TEST_F(SipMakerTest, MediaOfASipCallHaveItsCallId) {
  name_the_connection();
  add_flow();
  model::Conference call;
  call.id = {1};
  call.plugin = "sip";
  call.room = "c1@h";
  maker_.take(call);
  maker_.take(receiver_report());
  ASSERT_EQ(seen_.size(), 1U);
  EXPECT_EQ(seen_[0].chunks.at(0x11), "c1@h");
}

}  // namespace
}  // namespace rtcscope::export_hep
