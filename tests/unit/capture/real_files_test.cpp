// Captures that other tools wrote.

#include <gtest/gtest.h>

#include "capture/open.hpp"
#include "tests/support/recordings.hpp"

namespace rtcscope {
namespace {

struct Tally {
  std::uint64_t packets = 0;
  std::uint64_t octets = 0;
  std::string fault;
};

Tally tally_of(const std::string& path) {
  Tally tally;
  auto source = open_capture_file(path);
  if (!source) return {0, 0, source.error().message};
  while (!(*source)->finished()) {
    const auto batch = (*source)->next_batch(Duration::zero());
    if (!batch) {
      tally.fault = batch.error().message;
      break;
    }
    for (const PacketRecord& record : *batch) tally.octets += record.wire_length;
    tally.packets += batch->size();
  }
  return tally;
}

TEST(SampleCallFile, IsReadToItsEnd) {
  const Tally tally = tally_of(RTCSCOPE_TEST_DATA "/sample-call/call.pcap");
  EXPECT_EQ(tally.fault, "");
  EXPECT_EQ(tally.packets, 2310U);
}

TEST(PublicCaptureFiles, AreReadToTheirEnd) {
  auto files = testing::recordings(testing::kPublicCaptures, ".pcap");
  const auto more = testing::recordings(testing::kPublicCaptures, ".pcapng");
  files.insert(files.end(), more.begin(), more.end());
  if (files.empty()) GTEST_SKIP() << testing::kPublicCaptures << " names no folder of captures";
  for (const auto& file : files) {
    const Tally tally = tally_of(file);
    EXPECT_EQ(tally.fault, "") << file;
    EXPECT_GT(tally.packets, 0U) << file;
  }
}

TEST(RecordedCallFiles, AreReadToTheirEnd) {
  auto files = testing::recordings(testing::kCalls, ".pcap");
  if (files.empty()) GTEST_SKIP() << testing::kCalls << " names no folder of recorded calls";
  const auto more = testing::recordings(testing::kCalls, ".pcapng");
  files.insert(files.end(), more.begin(), more.end());
  for (const auto& file : files) EXPECT_EQ(tally_of(file).fault, "") << file;
}

}  // namespace
}  // namespace rtcscope
