#pragma once
// A message maker whose messages are taken apart again, and a call to tell it about.

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "export/hep/message_maker.hpp"

namespace rtcscope::export_hep {

inline constexpr std::int64_t kSecond = 1'000'000'000;
inline constexpr std::int64_t kStart = 1'763'710'254 * kSecond;

struct Seen {
  std::map<int, std::string> chunks;  // type to value
  nlohmann::json payload;
};

/// Walks the chunks: vendor, type and length of 16 bits each, the length with its own header.
inline Seen read(std::span<const std::byte> message) {
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
  seen.payload = nlohmann::json::parse(seen.chunks[0x0f], nullptr, false);  // SIP is no JSON
  return seen;
}

class MessageMakerTest : public ::testing::Test {
 protected:
  static MakerOptions options(std::string_view types = MessageTypes::kDefault) {
    return {7,
            "",
            "node",
            CorrelationTemplate("janus:{session}/{handle}"),
            std::chrono::seconds{10},
            MessageTypes(types),
            100};
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

}  // namespace rtcscope::export_hep
