// Real calls with the secrets that the server exported: each finds its flow by itself, and no SRTCP packet
// stays closed. What the packets say is compared in tests/unit/decoders/srtp/recorded_call_test.cpp.

#include <algorithm>
#include <deque>
#include <numeric>

#include "flows/packet_path.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/no_flow_sink.hpp"
#include "tests/support/srtp_sender.hpp"
#include "tests/unit/decoders/recorded_call.hpp"

namespace rtcscope::flows {
namespace {

using nlohmann::json;
using rtcscope::testing::json_lines;
using rtcscope::testing::recorded_calls_with;

struct RecordedSecret {
  UtcTime time{};
  std::vector<std::byte> octets;
};

/// What a key is taken as: what both ends export, or what an SRTP library is given for each direction.
enum class Form { kExported, kOneWriterEach };

/// Both writers' keys, each with its salt behind it.
std::deque<RecordedSecret> halves_of(const RecordedSecret& secret) {
  const srtp::Profile profile = *srtp::srtcp_profile_of_length(secret.octets.size());
  return {{secret.time, testing::half_of(profile, secret.octets, srtp::Writer::kDtlsServer)},
          {secret.time, testing::half_of(profile, secret.octets, srtp::Writer::kDtlsClient)}};
}

/// In the order of the handshakes.
std::deque<RecordedSecret> secrets_of(const std::filesystem::path& folder, Form form) {
  std::deque<RecordedSecret> secrets;
  for (const json& line : json_lines(folder / "keys.jsonl")) {
    const auto octets = rtcscope::testing::hex(line.value("material", ""));
    const auto ns = static_cast<std::int64_t>(line["t_ms"].get<double>() * 1e6);
    if (line.value("label", "") != "EXTRACTOR-dtls_srtp") continue;
    const RecordedSecret secret{utc_from_ns(ns), octets};
    const auto parts = form == Form::kExported ? std::deque{secret} : halves_of(secret);
    secrets.insert(secrets.end(), parts.begin(), parts.end());
  }
  std::stable_sort(secrets.begin(), secrets.end(),
                   [](const RecordedSecret& a, const RecordedSecret& b) { return a.time < b.time; });
  return secrets;
}

enum class When { kBefore, kAsTheyCame };

void expect_all_opened(const std::filesystem::path& folder, When when, Form form) {
  SCOPED_TRACE(folder.filename().string());
  testing::NoFlowSink sink;
  PacketPath path(FlowOptions{}, 1, sink);
  std::deque<RecordedSecret> secrets = secrets_of(folder, form);
  const auto add_until = [&](UtcTime time) {
    for (; !secrets.empty() && (when == When::kBefore || secrets.front().time <= time); secrets.pop_front()) {
      path.add_key(srtp::KeyingMaterial{Bytes(secrets.front().octets)});
    }
  };
  auto source = open_capture_file((folder / "call.pcap").string());
  ASSERT_TRUE(source);
  while (!(*source)->finished()) {
    const auto batch = (*source)->next_batch(Duration{0});
    ASSERT_TRUE(batch);
    for (const PacketRecord& record : *batch) {
      add_until(record.time);
      path.add(record);
    }
  }
  const RtcpCounters& counters = path.table().rtcp_counters();
  EXPECT_EQ(counters.opened, json_lines(folder / "rtcp.jsonl").size());
  EXPECT_EQ(counters.opaque, 0U);
  EXPECT_EQ(counters.replayed, 0U);
  const auto& malformed = counters.malformed.counts();
  EXPECT_EQ(std::accumulate(malformed.begin(), malformed.end(), std::uint64_t{0}), 0U);
}

TEST(RecordedCall, EverySecretFindsItsFlowAndNoSrtcpStaysClosed) {
  const auto folders = recorded_calls_with("rtcp.jsonl");
  if (folders.empty()) GTEST_SKIP() << "RTCSCOPE_CALLS names no folder with recorded calls";
  for (const auto& folder : folders) expect_all_opened(folder, When::kBefore, Form::kExported);
}

TEST(RecordedCall, SecretsThatComeWithTheirHandshakesOpenEverySrtcpPacket) {
  const auto folders = recorded_calls_with("rtcp.jsonl");
  if (folders.empty()) GTEST_SKIP() << "RTCSCOPE_CALLS names no folder with recorded calls";
  for (const auto& folder : folders) expect_all_opened(folder, When::kAsTheyCame, Form::kExported);
}

TEST(RecordedCall, KeysOfOneDirectionEachOpenEverySrtcpPacket) {
  const auto folders = recorded_calls_with("rtcp.jsonl");
  if (folders.empty()) GTEST_SKIP() << "RTCSCOPE_CALLS names no folder with recorded calls";
  for (const auto& folder : folders) {
    for (const When when : {When::kBefore, When::kAsTheyCame}) {
      expect_all_opened(folder, when, Form::kOneWriterEach);
    }
  }
}

}  // namespace
}  // namespace rtcscope::flows
