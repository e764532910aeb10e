// STUN as Janus, libnice, aiortc, browsers and others sent it.

#include <gtest/gtest.h>

#include "decoders/demux/demux.hpp"
#include "decoders/stun/message.hpp"
#include "tests/support/capture_packets.hpp"
#include "tests/support/recordings.hpp"

namespace rtcscope::stun {
namespace {

struct Tally {
  int refused = 0;
  int with_fingerprint = 0;
  int wrong_fingerprint = 0;
  int checks = 0;            // Binding requests with USERNAME
  int without_priority = 0;  // of them
  int answers = 0;           // Binding successes
  int without_address = 0;   // of them
};

void count(const MessageView& m, Tally& tally) {
  if (m.find(AttributeType::kFingerprint) != nullptr) {
    tally.with_fingerprint += 1;
    tally.wrong_fingerprint += m.fingerprint_valid() ? 0 : 1;
  }
  if (m.method != Method::kBinding) return;
  if (m.message_class == MessageClass::kRequest && m.username()) {
    tally.checks += 1;
    tally.without_priority += m.priority() ? 0 : 1;
  }
  if (m.message_class == MessageClass::kSuccess) {
    tally.answers += 1;
    tally.without_address += m.xor_mapped_address() ? 0 : 1;
  }
}

void read(const std::string& path, Tally& tally) {
  testing::for_each_datagram(path, [&](const link::DatagramView& view) {
    if (demux::classify(view.payload) != demux::PacketClass::kStun) return;
    const auto message = parse_stun(view.payload);
    if (message) {
      count(*message, tally);
    } else {
      tally.refused += 1;
    }
  });
}

Tally of_sample_call() {
  Tally tally;
  read(RTCSCOPE_TEST_DATA "/sample-call/call.pcap", tally);
  return tally;
}

TEST(SampleCallStun, NoMessageIsRefused) {
  EXPECT_EQ(of_sample_call().refused, 0);
}

TEST(SampleCallStun, EveryFingerprintIsRight) {
  const Tally tally = of_sample_call();
  EXPECT_GT(tally.with_fingerprint, 0);
  EXPECT_EQ(tally.wrong_fingerprint, 0);
}

// RFC 8445, 7.1.1: a check has PRIORITY; RFC 8489, 6.3.3: an answer has XOR-MAPPED-ADDRESS.
TEST(SampleCallStun, ChecksAndAnswersHaveWhatTheyMustHave) {
  const Tally tally = of_sample_call();
  EXPECT_GT(tally.checks, 0);
  EXPECT_GT(tally.answers, 0);
  EXPECT_EQ(tally.without_priority + tally.without_address, 0);
}

TEST(RecordedCallStun, EveryFingerprintIsRight) {
  const auto files = testing::recordings(testing::kCalls, "call.pcap");
  if (files.empty()) GTEST_SKIP() << testing::kCalls << " names no folder of recorded calls";
  for (const auto& file : files) {
    Tally tally;
    read(file, tally);
    EXPECT_EQ(tally.refused + tally.wrong_fingerprint, 0) << file;
  }
}

// Not every sender in the wild counts right; a checksum that we counted wrong would fail for all.
TEST(PublicCaptureStun, HardlyAFingerprintIsWrong) {
  auto files = testing::recordings(testing::kPublicCaptures, ".pcap");
  const auto more = testing::recordings(testing::kPublicCaptures, ".pcapng");
  files.insert(files.end(), more.begin(), more.end());
  if (files.empty()) GTEST_SKIP() << testing::kPublicCaptures << " names no folder of captures";
  Tally tally;
  for (const auto& file : files) read(file, tally);
  EXPECT_GT(tally.with_fingerprint, 0);
  EXPECT_LT(tally.wrong_fingerprint * 100, tally.with_fingerprint);
}

}  // namespace
}  // namespace rtcscope::stun
