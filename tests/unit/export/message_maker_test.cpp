#include "export/hep/message_maker.hpp"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace rtcscope::export_hep {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kStart = 1'763'710'254 * kSecond;

struct Seen {
  std::map<int, std::string> chunks;  // type to value
  nlohmann::json payload;
};

/// Walks the chunks: vendor, type and length of 16 bits each, the length with its own header.
Seen read(std::span<const std::byte> message) {
  const std::string octets(reinterpret_cast<const char*>(message.data()), message.size());
  const auto u16 = [&](std::size_t at) {
    return static_cast<unsigned char>(octets.at(at)) * 256 + static_cast<unsigned char>(octets.at(at + 1));
  };
  Seen seen;
  for (std::size_t at = 6; at < octets.size();) {
    const auto length = static_cast<std::size_t>(u16(at + 4));
    seen.chunks[u16(at + 2)] = octets.substr(at + 6, length - 6);
    at += length;
  }
  seen.payload = nlohmann::json::parse(seen.chunks[0x0f]);
  return seen;
}

class MessageMakerTest : public ::testing::Test {
 protected:
  static MakerOptions options(std::size_t max_entities = 100) {
    return {
        7,           "", "node", CorrelationTemplate("janus:{session}/{handle}"), std::chrono::seconds{10},
        max_entities};
  }

  void name_the_connection() {
    model::Conference conference;
    conference.id = {1};
    conference.room = "1234";
    maker_.take(conference);
    model::Participant participant;
    participant.id = {2};
    participant.conference = {1};
    participant.display = "Ann";
    maker_.take(participant);
    model::Session session;
    session.id = {3};
    session.conference = {1};
    session.participant = {2};
    session.server_session = "70";
    session.signalling_address = "203.0.113.9";
    maker_.take(session);
    model::Connection connection;
    connection.id = {4};
    connection.conference = {1};
    connection.participant = {2};
    connection.session = {3};
    connection.server_session = "70";
    connection.server_handle = "12";
    maker_.take(connection);
  }

  void add_flow(ConnectionId connection = {4}) {
    model::Flow flow;
    flow.id = {5};
    flow.connection = connection;
    flow.client_endpoint = {*parse_ip_address("192.0.2.1"), 50000};
    flow.server_endpoint = {*parse_ip_address("198.51.100.7"), 10020};
    flow.server_known = true;
    flow.transport = "udp";
    maker_.take(flow);
  }

  static model::Stream stream(const char* direction = "uplink", ConnectionId connection = {4}) {
    model::Stream out;
    out.id = {6};
    out.flow = {5};
    out.connection = connection;
    out.ssrc = 0x1234;
    out.direction = direction;
    out.total = {500, 5000, 500, 0, 0, 0, 0};
    out.first_packet = utc_from_ns(kStart);
    out.last_packet = utc_from_ns(kStart + 25 * kSecond);
    return out;
  }

  void add_second(std::int64_t second) {
    model::StreamSample sample;
    sample.stream = {6};
    sample.start = utc_from_ns(kStart + second * kSecond);
    sample.end = utc_from_ns(kStart + (second + 1) * kSecond);
    sample.interval.packets = 50;
    maker_.take(sample);
  }

  std::vector<Seen> seen_;
  MessageMaker maker_{options(), [this](auto message) { seen_.push_back(read(message)); }};
};

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

TEST_F(MessageMakerTest, CountsWhatCannotBeEncoded) {
  model::Stream ended = stream();  // its flow was never told
  ended.ended = true;
  maker_.take(ended);
  EXPECT_TRUE(seen_.empty());
  EXPECT_EQ(maker_.refused()[static_cast<std::size_t>(EncodeErrc::kAddress)], 1U);
}

TEST(MessageMaker, MemoryIsBoundedAndForgettingIsCounted) {
  MessageMaker maker({1, "", "node", CorrelationTemplate("{room}"), std::chrono::seconds{10}, 10},
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
