#include "export/hep/message_maker.hpp"

#include <gtest/gtest.h>

#include "message_maker_fixture.hpp"

namespace rtcscope::export_hep {
namespace {

TEST_F(MessageMakerTest, SendsAReportEachPeriodAndOneAtTheEnd) {
  name_the_connection();
  add_flow();
  maker_.take(stream());
  for (int second = 0; second < 25; ++second) add_second(second);
  ASSERT_EQ(seen_.size(), 2U);
  model::Stream ended = stream();
  ended.ended = true;
  maker_.take(ended);
  maker_.take(ended);
  add_second(26);
  ASSERT_EQ(seen_.size(), 3U);

  EXPECT_EQ(seen_[0].payload["TYPE"], "PERIODIC");
  EXPECT_EQ(seen_[0].payload["TOTAL_PK"], 500);
  EXPECT_EQ(seen_[0].payload["REPORT_END"], kStart / kSecond + 10);
  EXPECT_EQ(seen_[1].payload["REPORT_START"], kStart / kSecond + 10);
  EXPECT_EQ(seen_[2].payload["TYPE"], "FINAL");
  EXPECT_EQ(seen_[2].payload["TOTAL_PACKETS"], 500);
  for (const Seen& one : seen_) {
    EXPECT_EQ(one.chunks.at(0x0b), "\x23");
    EXPECT_EQ(one.chunks.at(0x11), "janus:70/12");
    EXPECT_EQ(one.chunks.at(0x13), "node");
    EXPECT_EQ(one.payload["ROOM"], "1234");
    EXPECT_EQ(one.payload["DISPLAY"], "Ann");
    EXPECT_EQ(one.payload["SRC_IP"], "192.0.2.1");
    EXPECT_EQ(one.payload["DST_PORT"], 10020);
  }
}

TEST_F(MessageMakerTest, ASilenceDoesNotStretchAPeriod) {
  add_flow();
  maker_.take(stream());
  for (int second = 0; second < 3; ++second) add_second(second);
  add_second(60);
  ASSERT_EQ(seen_.size(), 1U);
  EXPECT_EQ(seen_[0].payload["TOTAL_PK"], 150);
  EXPECT_EQ(seen_[0].payload["REPORT_END"], kStart / kSecond + 3);
}

TEST_F(MessageMakerTest, SamplesThatComeBeforeTheirStreamAreNotLost) {
  add_flow();
  for (int second = 0; second < 11; ++second) add_second(second);
  EXPECT_TRUE(seen_.empty());
  maker_.take(stream());
  add_second(11);
  ASSERT_EQ(seen_.size(), 1U);
  EXPECT_EQ(seen_[0].payload["TOTAL_PK"], 550);
}

TEST_F(MessageMakerTest, DownlinkGoesFromServerToClient) {
  add_flow();
  model::Stream ended = stream("downlink");
  ended.ended = true;
  maker_.take(ended);
  ASSERT_EQ(seen_.size(), 1U);
  EXPECT_EQ(seen_[0].chunks.at(0x03), std::string("\xc6\x33\x64\x07"));
  EXPECT_EQ(seen_[0].chunks.at(0x04), std::string("\xc0\x00\x02\x01", 4));
  EXPECT_EQ(seen_[0].payload["SRC_IP"], "198.51.100.7");
}

TEST_F(MessageMakerTest, WithoutNamesOurOwnIdCorrelates) {
  add_flow({});
  model::Stream ended = stream("unknown", {});
  ended.ended = true;
  maker_.take(ended);
  ASSERT_EQ(seen_.size(), 1U);
  EXPECT_EQ(seen_[0].chunks.at(0x11), "flow:0000000000000005");
  EXPECT_FALSE(seen_[0].payload.contains("SRC_IP"));
}

TEST_F(MessageMakerTest, AnEventOfAConnectionHasItsFlowsAddresses) {
  name_the_connection();
  add_flow();
  model::Event event;
  event.time = utc_from_ns(kStart);
  event.connection = {4};
  event.kind = "dtls_connected";
  maker_.take(event);
  ASSERT_EQ(seen_.size(), 1U);
  EXPECT_EQ(seen_[0].chunks.at(0x0b), "d");  // 100
  EXPECT_EQ(seen_[0].chunks.at(0x11), "janus:70/12");
  EXPECT_EQ(seen_[0].chunks.at(0x03), std::string("\xc0\x00\x02\x01", 4));
  EXPECT_EQ(seen_[0].payload["kind"], "dtls_connected");
  EXPECT_EQ(seen_[0].payload["participant"], "Ann");
}

TEST_F(MessageMakerTest, AnEventOfASessionHasItsSignallingAddress) {
  name_the_connection();
  model::Event event;
  event.time = utc_from_ns(kStart);
  event.session = {3};
  maker_.take(event);
  ASSERT_EQ(seen_.size(), 1U);
  EXPECT_EQ(seen_[0].chunks.at(0x11), "janus:70");
  EXPECT_EQ(seen_[0].chunks.at(0x03), std::string("\xcb\x00\x71\x09", 4));
  EXPECT_EQ(seen_[0].chunks.at(0x04), std::string(4, '\0'));
  EXPECT_EQ(seen_[0].payload["room"], "1234");
}

TEST_F(MessageMakerTest, AnIssueIsALineWhenItBeginsAndWhenItEnds) {
  name_the_connection();
  add_flow();
  model::Issue issue;
  issue.id = {0x1e};
  issue.connection = {4};
  issue.kind = "high_loss";
  issue.severity = "warning";
  issue.started_at = utc_from_ns(kStart);
  issue.text = "Ann loses 8 % of what she is sent.";
  issue.evidence = {{"loss_ratio", "0.08"}};
  maker_.take(issue);
  issue.evidence = {{"loss_ratio", "0.09"}};  // looked at again: no news
  maker_.take(issue);
  issue.ended_at = utc_from_ns(kStart + 5 * kSecond);
  maker_.take(issue);
  ASSERT_EQ(seen_.size(), 2U);
  EXPECT_EQ(seen_[0].chunks.at(0x0b), "d");
  EXPECT_EQ(seen_[0].chunks.at(0x11), "janus:70/12");
  EXPECT_EQ(seen_[0].payload["kind"], "issue");
  EXPECT_EQ(seen_[0].payload["issue"], "high_loss");
  EXPECT_EQ(seen_[0].payload["state"], "started");
  EXPECT_EQ(seen_[0].payload["evidence"]["loss_ratio"], "0.08");
  EXPECT_EQ(seen_[0].payload["participant"], "Ann");
  EXPECT_EQ(seen_[1].payload["state"], "ended");
  EXPECT_EQ(seen_[1].payload["time"], "2025-11-21T07:30:59.000Z");
}

TEST_F(MessageMakerTest, CountsWhatCannotBeEncoded) {
  model::Stream ended = stream();  // its flow was never told
  ended.ended = true;
  maker_.take(ended);
  EXPECT_TRUE(seen_.empty());
  EXPECT_EQ(maker_.refused()[static_cast<std::size_t>(EncodeErrc::kAddress)], 1U);
}

TEST(MessageMaker, MemoryIsBoundedAndForgettingIsCounted) {
  MessageMaker maker(
      {1, "", "node", CorrelationTemplate("{room}"), std::chrono::seconds{10}, MessageTypes{}, 10},
      [](auto) {});
  for (std::uint64_t id = 1; id <= 25; ++id) {
    model::Conference conference;
    conference.id = {id};
    maker.take(conference);
    model::StreamSample sample;
    sample.stream = {id};
    maker.take(sample);
  }
  EXPECT_EQ(maker.forgotten(), 30U);
}

}  // namespace
}  // namespace rtcscope::export_hep
