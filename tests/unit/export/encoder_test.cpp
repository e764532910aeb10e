// Octets as the HEP3 specification (revision 37) draws them, written by hand, not by a decoder of ours.
#include "export/hep/encoder.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace rtcscope::export_hep {
namespace {

using Octets = std::vector<std::uint8_t>;

Octets octets_of(const std::vector<std::byte>& bytes) {
  Octets out;
  for (const std::byte byte : bytes) out.push_back(std::to_integer<std::uint8_t>(byte));
  return out;
}

Endpoint endpoint(const char* address, std::uint16_t port) {
  return {*parse_ip_address(address), port};
}

HepMessage ipv4_report() {
  HepMessage message;
  message.source = endpoint("192.0.2.1", 50000);
  message.destination = endpoint("198.51.100.7", 10020);
  message.transport = Transport::kUdp;
  message.time = utc_from_ns(1'763'710'254'123'456'789);
  message.payload_type = PayloadType::kRtpReport;
  message.capture_id = 2001;
  message.auth_key = "myHep";
  message.correlation_id = "janus:7/12";
  message.node_name = "node-1";
  message.payload = "{}";
  return message;
}

TEST(HepEncoder, Ipv4ReportWithKeyIsByteExact) {
  const Octets want = {
      'H', 'E', 'P',  '3',  0x00, 0x8c,                               // 140 octets with this header
      0,   0,   0x00, 0x01, 0,    7,    2,                            // IP family: 2 = IPv4
      0,   0,   0x00, 0x02, 0,    7,    17,                           // IP protocol: UDP
      0,   0,   0x00, 0x03, 0,    10,   192,  0,    2,    1,          // IPv4 source
      0,   0,   0x00, 0x04, 0,    10,   198,  51,   100,  7,          // IPv4 destination
      0,   0,   0x00, 0x07, 0,    8,    0xc3, 0x50,                   // source port 50000
      0,   0,   0x00, 0x08, 0,    8,    0x27, 0x24,                   // destination port 10020
      0,   0,   0x00, 0x09, 0,    10,   0x69, 0x20, 0x15, 0x2e,       // seconds 1763710254
      0,   0,   0x00, 0x0a, 0,    10,   0x00, 0x01, 0xe2, 0x40,       // microseconds 123456
      0,   0,   0x00, 0x0b, 0,    7,    35,                           // payload type: RTP report
      0,   0,   0x00, 0x0c, 0,    10,   0,    0,    0x07, 0xd1,       // capture id 2001
      0,   0,   0x00, 0x0e, 0,    11,   'm',  'y',  'H',  'e',  'p',  // auth key
      0,   0,   0x00, 0x11, 0,    16,   'j',  'a',  'n',  'u',  's', ':',
      '7', '/', '1',  '2',                                                 // correlation id
      0,   0,   0x00, 0x13, 0,    12,   'n',  'o',  'd',  'e',  '-', '1',  // node name
      0,   0,   0x00, 0x0f, 0,    8,    '{',  '}',                         // payload, last
  };
  const auto message = encode(ipv4_report());
  ASSERT_TRUE(message);
  EXPECT_EQ(octets_of(*message), want);
}

TEST(HepEncoder, Ipv6LogLineWithoutKeyIsByteExact) {
  HepMessage message;
  message.source = endpoint("2001:db8::1", 443);
  message.destination = endpoint("2001:db8::ff:2", 65535);
  message.transport = Transport::kTcp;
  message.time = utc_from_ns(4'294'967'295'000'000'999);
  message.payload_type = PayloadType::kLog;
  message.capture_id = 0xfedcba98;
  message.correlation_id = "x";
  message.node_name = "n";
  message.payload = "y";
  const Octets want = {
      'H', 'E', 'P', '3', 0x00, 0x8a,                               // 138 octets
      0, 0, 0x00, 0x01, 0, 7, 10,                                   // IP family: 10 = IPv6
      0, 0, 0x00, 0x02, 0, 7, 6,                                    // IP protocol: TCP
      0, 0, 0x00, 0x05, 0, 22, 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0,  // IPv6 source
      0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0x00, 0x06, 0, 22, 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0,
      0,                                                              // IPv6 destination
      0, 0, 0, 0, 0, 0xff, 0, 2, 0, 0, 0x00, 0x07, 0, 8, 0x01, 0xbb,  // source
                                                                      // port 443
      0, 0, 0x00, 0x08, 0, 8, 0xff, 0xff,                             // destination port 65535
      0, 0, 0x00, 0x09, 0, 10, 0xff, 0xff, 0xff, 0xff,                // the last second there is
      0, 0, 0x00, 0x0a, 0, 10, 0, 0, 0, 0,                            // 999 ns round down to 0 us
      0, 0, 0x00, 0x0b, 0, 7, 100,                                    // payload type: log
      0, 0, 0x00, 0x0c, 0, 10, 0xfe, 0xdc, 0xba, 0x98,                // capture id
      0, 0, 0x00, 0x11, 0, 7, 'x',                                    // correlation id
      0, 0, 0x00, 0x13, 0, 7, 'n',                                    // node name
      0, 0, 0x00, 0x0f, 0, 7, 'y',                                    // payload
  };
  const auto octets = encode(message);
  ASSERT_TRUE(octets);
  EXPECT_EQ(octets_of(*octets), want);
}

struct RefusalCase {
  const char* name;
  std::function<void(HepMessage&)> spoil;
  EncodeErrc want;
};

const std::string kLong(kMaxNameBytes + 1, 'a');
const std::string kHuge(kMaxMessageBytes, 'a');

const RefusalCase kRefusals[] = {
    {"no_source", [](HepMessage& m) { m.source = {}; }, EncodeErrc::kAddress},
    {"mixed_families", [](HepMessage& m) { m.source = endpoint("::1", 1); }, EncodeErrc::kAddress},
    {"before_1970", [](HepMessage& m) { m.time = utc_from_ns(-1); }, EncodeErrc::kTime},
    {"after_2106", [](HepMessage& m) { m.time = utc_from_ns(4'294'967'296'000'000'000); }, EncodeErrc::kTime},
    {"key_with_quote", [](HepMessage& m) { m.auth_key = "a\"b"; }, EncodeErrc::kAuthKey},
    {"key_too_long", [](HepMessage& m) { m.auth_key = kLong; }, EncodeErrc::kAuthKey},
    {"no_correlation", [](HepMessage& m) { m.correlation_id = ""; }, EncodeErrc::kCorrelationId},
    {"correlation_quote", [](HepMessage& m) { m.correlation_id = "a\"b"; }, EncodeErrc::kCorrelationId},
    {"correlation_zero_octet", [](HepMessage& m) { m.correlation_id = std::string_view("a\0b", 3); },
     EncodeErrc::kCorrelationId},
    {"correlation_not_utf8", [](HepMessage& m) { m.correlation_id = "a\xff"; }, EncodeErrc::kCorrelationId},
    {"correlation_too_long", [](HepMessage& m) { m.correlation_id = kLong; }, EncodeErrc::kCorrelationId},
    {"no_node", [](HepMessage& m) { m.node_name = ""; }, EncodeErrc::kNodeName},
    {"node_with_blank", [](HepMessage& m) { m.node_name = "a b"; }, EncodeErrc::kNodeName},
    {"no_payload", [](HepMessage& m) { m.payload = ""; }, EncodeErrc::kPayloadEmpty},
    {"huge_payload", [](HepMessage& m) { m.payload = kHuge; }, EncodeErrc::kTooBig},
};

TEST(HepEncoder, RefusesWhatCollectorsWouldDropOrBreakOn) {
  for (const RefusalCase& row : kRefusals) {
    HepMessage message = ipv4_report();
    row.spoil(message);
    const auto octets = encode(message);
    ASSERT_FALSE(octets) << row.name;
    EXPECT_EQ(octets.error(), row.want) << row.name << ": " << to_string(octets.error());
  }
}

TEST(HepEncoder, TakesExactlyTheLargestMessage) {
  HepMessage message = ipv4_report();
  const std::size_t overhead = encode(message)->size() - message.payload.size();
  const std::string fits(kMaxMessageBytes - overhead, 'p');
  message.payload = fits;
  const auto largest = encode(message);
  ASSERT_TRUE(largest);
  ASSERT_EQ(largest->size(), 65507U);
  EXPECT_EQ(std::to_integer<int>((*largest)[4]), 0xff);  // 65507 = 0xffe3
  EXPECT_EQ(std::to_integer<int>((*largest)[5]), 0xe3);
  const std::string too_big = fits + 'p';
  message.payload = too_big;
  EXPECT_EQ(encode(message).error(), EncodeErrc::kTooBig);
}

TEST(HepEncoder, MakesNamesSafe) {
  EXPECT_EQ(safe_node_name("media 1/\"eu\""), "media_1__eu_");
  EXPECT_EQ(safe_node_name(""), "rtcscope");
  EXPECT_EQ(safe_node_name(kLong).size(), kMaxNameBytes);
  EXPECT_EQ(safe_correlation_id("a\"b\\c\x01\xff"), "a_b_c\xef\xbf\xbd");
  EXPECT_TRUE(valid_auth_key(""));
  EXPECT_FALSE(valid_auth_key("two words"));
}

}  // namespace
}  // namespace rtcscope::export_hep
