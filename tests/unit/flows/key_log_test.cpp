// A key log's master secrets open the SRTCP of the handshakes they belong to: tests/data/dtls-key-log has two
// that OpenSSL's s_client and s_server had with each other, and what both said that they export.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "capture/open.hpp"
#include "flows/packet_path.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/no_flow_sink.hpp"
#include "tests/support/srtp_sender.hpp"

namespace rtcscope::flows {
namespace {

using rtcscope::testing::Octets;
using rtcscope::testing::SrtpSender;
using rtcscope::testing::Writer;

struct Handshake {
  const char* name;
  srtp::Profile profile;
  std::uint16_t client_port;
  const char* exported;  // s_client -keymatexport EXTRACTOR-dtls_srtp
};

constexpr Handshake kHandshakes[] = {
    {"sha256", srtp::Profile::kAes128CmSha1_80, 36333,
     "af43d055f2fa23c76020424fa82e295daf82f8a8be3f20f73ffdedfe75d37cb5e3c1b425038d8c8cb5797f6ce2ead4e333291d1"
     "9d385075a7af062a1"},
    {"sha384", srtp::Profile::kAeadAes256Gcm, 40123,
     "5264ef92c2b3e0a1681c7461f8cbb29285febe83d4f8f3032855035fd542402908f1ce36bc7b1dca4f7f52594bc0ccaa47d366c"
     "2771cbfedb4b93f5114f260c88f78e2d0b0852b73657fb2378162de039b9ec3cc51266933"}};

const std::filesystem::path kFolder = std::filesystem::path(RTCSCOPE_TEST_DATA) / "dtls-key-log";

std::vector<srtp::LoggedSecret> logged_secrets() {
  std::vector<srtp::LoggedSecret> secrets;
  std::ifstream file(kFolder / "keys.log");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    std::string random;
    std::string master;
    if (!(words >> name >> random >> master) || name != "CLIENT_RANDOM") continue;
    const Octets octets = rtcscope::testing::hex(random);
    srtp::LoggedSecret secret{{}, srtp::KeyingMaterial{Bytes(rtcscope::testing::hex(master))}};
    std::copy(octets.begin(), octets.end(), secret.client_random.begin());
    secrets.push_back(std::move(secret));
  }
  return secrets;
}

class KeyLogTest : public ::testing::TestWithParam<Handshake> {
 protected:
  void replay_handshake() {
    auto source = open_capture_file((kFolder / (std::string(GetParam().name) + ".pcap")).string());
    ASSERT_TRUE(source);
    while (!(*source)->finished()) {
      const auto batch = (*source)->next_batch(Duration{0});
      ASSERT_TRUE(batch);
      for (const PacketRecord& record : *batch) {
        if (record.time - begin_ > std::chrono::seconds{1} && begin_ != UtcTime{}) return;  // the alerts
        if (begin_ == UtcTime{}) begin_ = record.time;
        path_.add(record);
      }
    }
  }

  /// A report of one side.
  void report(srtp::Writer writer) {
    const bool client = writer == srtp::Writer::kDtlsClient;
    SrtpSender sender(GetParam().profile, writer, rtcscope::testing::hex(GetParam().exported));
    const Endpoint from = testing::endpoint("127.0.0.1", GetParam().client_port);
    const Endpoint to = testing::endpoint("127.0.0.1", 44330);
    const Octets packet = sender.protect_rtcp(Writer{}.u8(0x80).u8(201).u16(1).u32(99).octets);
    const Octets frame = client ? testing::udp_frame(from, to, packet) : testing::udp_frame(to, from, packet);
    PacketRecord record;
    record.time = begin_ + std::chrono::seconds{1};
    record.bytes = frame;
    record.wire_length = static_cast<std::uint32_t>(frame.size());
    path_.add(record);
  }

  [[nodiscard]] const RtcpCounters& counters() const { return path_.table().rtcp_counters(); }

  testing::NoFlowSink sink_;
  PacketPath path_{FlowOptions{}, 1, sink_};
  UtcTime begin_{};
};

TEST_P(KeyLogTest, OpensWhatBothSidesReport) {
  for (srtp::LoggedSecret& secret : logged_secrets()) path_.add_logged(std::move(secret));
  replay_handshake();
  report(srtp::Writer::kDtlsClient);
  report(srtp::Writer::kDtlsServer);
  EXPECT_EQ(counters().opened, 2U);
  EXPECT_EQ(counters().opaque, 0U);
}

TEST_P(KeyLogTest, OfOtherHandshakesOpensNothing) {
  for (srtp::LoggedSecret& secret : logged_secrets()) {
    secret.client_random[0] ^= std::byte{1};
    path_.add_logged(std::move(secret));
  }
  replay_handshake();
  report(srtp::Writer::kDtlsClient);
  EXPECT_EQ(counters().opened, 0U);
}

INSTANTIATE_TEST_SUITE_P(Suites, KeyLogTest, ::testing::ValuesIn(kHandshakes),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(KeyLog, AProfileThatNobodyCanOpenGivesNothing) {
  srtp::HandshakeFacts handshake;
  handshake.srtp_profile = 0x0005;  // NULL_HMAC_SHA1_80
  const srtp::KeyingMaterial master{Bytes(Octets(srtp::LoggedSecret::kOctets, std::byte{7}))};
  EXPECT_TRUE(srtp::export_keying_material(master, handshake).empty());
}

}  // namespace
}  // namespace rtcscope::flows
