// Frames of real captures, of several link layers and tunnels.

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "capture/open.hpp"
#include "decoders/link/frame.hpp"
#include "tests/support/recordings.hpp"

namespace rtcscope::link {
namespace {

/// What parse_frame() said of each frame of a file.
std::map<std::string, int> outcomes(const std::string& path) {
  std::map<std::string, int> all;
  auto source = open_capture_file(path);
  if (!source) return {{source.error().message, 1}};
  while (!(*source)->finished()) {
    const auto batch = (*source)->next_batch(Duration::zero());
    if (!batch) {
      all[batch.error().message] += 1;
      break;
    }
    for (const PacketRecord& record : *batch) {
      const auto view = parse_frame(record.link_type, record.bytes, record.wire_length);
      all[view ? to_string(view->five_tuple.transport) : to_string(view.error().code)] += 1;
    }
  }
  return all;
}

TEST(SampleCallFrames, AreUdpAndWhole) {
  const auto all = outcomes(RTCSCOPE_TEST_DATA "/sample-call/call.pcap");
  EXPECT_EQ(all, (std::map<std::string, int>{{"udp", 2310}}));
}

// Our own lab sends nothing malformed, and nothing is cut in a header.
TEST(RecordedCallFrames, NoneIsMalformed) {
  const auto files = testing::recordings(testing::kCalls, "call.pcap");
  if (files.empty()) GTEST_SKIP() << testing::kCalls << " names no folder of recorded calls";
  const std::set<std::string> fine{"udp", "tcp", "not_ip", "not_udp_or_tcp"};
  for (const auto& file : files) {
    for (const auto& [what, count] : outcomes(file)) EXPECT_EQ(fine.count(what), 1U) << file << ": " << what;
  }
}

}  // namespace
}  // namespace rtcscope::link
