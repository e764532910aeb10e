// Messages of other agents: each refusal has its counter, and what is taken has no secrets in it.

#include "feeds/hep/hep_message.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace rtcscope::feeds::hep {
namespace {

using Chunks = std::map<int, std::string>;  // type to value

void put16(std::string& out, std::size_t value) {
  out += static_cast<char>(value >> 8 & 0xff);
  out += static_cast<char>(value & 0xff);
}

std::string message(const Chunks& chunks, const std::string& behind = "") {
  std::string body;
  for (const auto& [type, value] : chunks) {
    put16(body, 0);
    put16(body, static_cast<std::size_t>(type));
    put16(body, 6 + value.size());
    body += value;
  }
  body += behind;
  std::string out = "HEP3";
  put16(out, 6 + body.size());
  return out + body;
}

Bytes bytes(const std::string& text) {
  return std::as_bytes(std::span(text));
}

Chunks rtcp() {
  return {{1, "\x02"},
          {2, "\x11"},
          {3, "\xc0\x01\x02\x01"},
          {4, "\xc0\x01\x02\x02"},
          {7, "\x13\xc4"},
          {8, "\x13\xc5"},
          {9, "\x69\x20\x13\x6e"},
          {10, std::string("\x00\x03\xd0\x90", 4)},
          {11, "\x05"},
          {12, std::string("\x00\x00\x07\xd1", 4)},
          {15, R"({"ssrc":9,"type":201,"report_blocks":[{"source_ssrc":7}]})"},
          {17, "janus:7000/12"},
          {19, "edge-1"}};
}

Chunks sip(const std::string& text) {
  Chunks chunks = rtcp();
  chunks[11] = "\x01";
  chunks[15] = text;
  return chunks;
}

HepErrc refusal(const Chunks& chunks, const std::string& auth_key = "") {
  const auto read = read_hep(bytes(message(chunks)), auth_key);
  EXPECT_FALSE(read.has_value());
  return read ? HepErrc::kMagic : read.error();
}

TEST(HepMessage, RtcpKeepsWhoSaidItAndBetweenWhom) {
  const auto read = read_hep(bytes(message(rtcp())), "");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->kind, AgentMessageKind::kRtcp);
  EXPECT_EQ(read->correlation_id, "janus:7000/12");
  EXPECT_EQ(ns_since_epoch(read->time), 1'763'709'806'250'000'000);
  EXPECT_EQ(read->text, "RTCP type 201 of SSRC 9 seen by edge-1");
  EXPECT_EQ(nlohmann::json::parse(read->detail), nlohmann::json::parse(R"({
    "node": "edge-1", "capture_id": 2001, "source": "192.1.2.1:5060", "destination": "192.1.2.2:5061",
    "transport": "udp", "correlation_id": "janus:7000/12",
    "rtcp": {"ssrc": 9, "type": 201, "report_blocks": [{"source_ssrc": 7}]}})"));
}

TEST(HepMessage, SipWithoutAnIdHasItsCallIdAndNoSecrets) {
  Chunks chunks =
      sip("INVITE sip:b@h SIP/2.0\r\nCALL-ID:  c1@h \r\nProxy-Authorization: Basic YTpi\r\n"
          "Authorization: Digest response=\"0123\"\r\n\r\na=crypto:1 AES inline:c2Vj|2^20\r\nk=clear:a\r\n");
  chunks.erase(17);
  chunks.erase(19);
  const auto read = read_hep(bytes(message(chunks)), "");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->correlation_id, "c1@h");
  EXPECT_EQ(read->text, "SIP INVITE sip:b@h SIP/2.0 seen by agent 2001");
  EXPECT_EQ(
      nlohmann::json::parse(read->detail)["sip"],
      "INVITE sip:b@h SIP/2.0\r\nCALL-ID:  c1@h \r\nProxy-Authorization: Basic xxxx\r\n"
      "Authorization: Digest response=\"xxxx\"\r\n\r\na=crypto:1 AES inline:xxxx|2^20\r\nk=xxxxxxx\r\n");
}

TEST(HepMessage, Ipv6AndStreamsAreRead) {
  Chunks chunks = rtcp();
  chunks.erase(3);
  chunks.erase(4);
  chunks[1] = "\x0a";
  chunks[2] = "\x16";  // Homer's number for TLS
  chunks[5] = "\x20\x01" + std::string(13, '\0') + "\x01";
  chunks[6] = "\x20\x01" + std::string(13, '\0') + "\x02";
  const auto view = parse_hep(bytes(message(chunks)));
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(to_string(view->source), "[2001::1]:5060");
  EXPECT_EQ(view->transport, Transport::kTcp);
}

// Each octet that is no UTF-8 becomes three.
TEST(HepMessage, AnIdThatIsNoTextStaysBounded) {
  Chunks chunks = rtcp();
  chunks[17] = std::string(kMaxCorrelationId, '\xff');
  const auto read = read_hep(bytes(message(chunks)), "");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->correlation_id.size(), kMaxCorrelationId / 3 * 3);
  chunks[17] = "a" + std::string(kMaxCorrelationId - 1, '\xff');
  EXPECT_LE(read_hep(bytes(message(chunks)), "")->correlation_id.size(), kMaxCorrelationId);
}

TEST(HepMessage, VendorsChunksAndUnknownOnesAreSkipped) {
  const std::string vendor("\x00\x02\x00\x01\x00\x07\x09", 7);  // Kamailio's chunk 1, not the generic one
  const std::string later("\x00\x00\x00\x99\x00\x06", 6);
  EXPECT_TRUE(read_hep(bytes(message(rtcp(), vendor + later)), "").has_value());
}

TEST(HepMessage, EveryOtherIsRefusedWithItsReason) {
  const struct {
    HepErrc want;
    std::function<void(Chunks&)> spoil;
  } rows[] = {
      {HepErrc::kChunkSize, [](Chunks& c) { c[7] = "\x13"; }},
      {HepErrc::kChunkSize, [](Chunks& c) { c[9] = ""; }},
      {HepErrc::kMissing, [](Chunks& c) { c.erase(12); }},
      {HepErrc::kMissing, [](Chunks& c) { c.erase(4); }},
      {HepErrc::kMissing, [](Chunks& c) { c.erase(15); }},
      {HepErrc::kFamily, [](Chunks& c) { c[1] = "\x1e"; }},  // another system's AF_INET6
      {HepErrc::kFamily, [](Chunks& c) { c[1] = "\x0a"; }},
      {HepErrc::kFamily, [](Chunks& c) { c[5] = std::string(16, '\1'); }},
      {HepErrc::kProtocol, [](Chunks& c) { c[2] = "\x84"; }},
      {HepErrc::kTime, [](Chunks& c) { c[10] = std::string("\x00\x0f\x42\x40", 4); }},
      {HepErrc::kCompressed, [](Chunks& c) { c[16] = "\x78\x9c"; }},
      {HepErrc::kUnwanted, [](Chunks& c) { c[11] = "\x64"; }},
      {HepErrc::kPayload, [](Chunks& c) { c[15] = ""; }},
      {HepErrc::kPayload, [](Chunks& c) { c[15] = "[1]"; }},
      {HepErrc::kPayload, [](Chunks& c) { c[15] = "{\"a\":"; }},
      {HepErrc::kPayload,
       [](Chunks& c) { c[15] = "{\"a\":" + std::string(40, '[') + std::string(40, ']') + "}"; }},
      {HepErrc::kPayload,
       [](Chunks& c) { c[15] = "{\"a\":\"" + std::string(kMaxAgentPayload, 'x') + "\"}"; }},
      {HepErrc::kPayload, [](Chunks& c) { c = sip("HTTP/1.1 200 OK\r\n\r\n"); }},
      {HepErrc::kCorrelationId, [](Chunks& c) { c.erase(17); }},
      {HepErrc::kCorrelationId, [](Chunks& c) { c[17] = "\x01\x02"; }},
      {HepErrc::kCorrelationId, [](Chunks& c) { c[17] = std::string(kMaxCorrelationId + 1, 'x'); }},
      {HepErrc::kCorrelationId,
       [](Chunks& c) {
         c = sip("SIP/2.0 200 OK\r\nCSeq: 1\r\n\r\n");
         c.erase(17);
       }},
  };
  for (const auto& row : rows) {
    Chunks chunks = rtcp();
    row.spoil(chunks);
    EXPECT_STREQ(to_string(refusal(chunks)), to_string(row.want)) << "row " << &row - rows;
  }
}

TEST(HepMessage, TheFramingIsStrict) {
  const std::string good = message(rtcp());
  const auto refusal_of = [](const std::string& octets) {
    const auto view = parse_hep(bytes(octets));
    return std::string(view ? "taken" : to_string(view.error()));
  };
  EXPECT_EQ(refusal_of("HEP2" + good.substr(4)), "magic");
  EXPECT_EQ(refusal_of(""), "magic");
  EXPECT_EQ(refusal_of("HEP3"), "length");
  EXPECT_EQ(refusal_of(good + "x"), "length");
  EXPECT_EQ(refusal_of(message(rtcp(), "12345")), "chunk_header");
  EXPECT_EQ(refusal_of(message(rtcp(), std::string("\0\0\0\x55\0\x05", 6))), "chunk_length");
  EXPECT_EQ(refusal_of(message(rtcp(), std::string("\0\0\0\x55\0\x07", 6))), "chunk_length");
  EXPECT_EQ(refusal_of(message(rtcp(), std::string("\0\0\0\x0b\0\x07\x05", 7))), "duplicate");
  for (std::size_t cut = 0; cut < good.size(); ++cut)
    EXPECT_NE(refusal_of(good.substr(0, cut)), "taken") << cut;
}

TEST(HepMessage, AKeyThatIsAskedForMustBeThere) {
  Chunks chunks = rtcp();
  EXPECT_EQ(refusal(chunks, "s3cret"), HepErrc::kAuthKey);
  chunks[14] = "s3cre";
  EXPECT_EQ(refusal(chunks, "s3cret"), HepErrc::kAuthKey);
  chunks[14] = "s3cret";
  EXPECT_TRUE(read_hep(bytes(message(chunks)), "s3cret").has_value());
}

TEST(HepErrc, EachHasItsOwnName) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < kHepErrcs; ++i) names.insert(to_string(static_cast<HepErrc>(i)));
  EXPECT_EQ(names.size(), kHepErrcs);
}

}  // namespace
}  // namespace rtcscope::feeds::hep
