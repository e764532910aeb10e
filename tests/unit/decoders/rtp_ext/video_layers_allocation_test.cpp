// decoders/rtp/video_layers_allocation.hpp.

#include <gtest/gtest.h>

#include "decoders/rtp/video_layers_allocation.hpp"
#include "tests/support/hex.hpp"

namespace rtcscope::rtp {
namespace {

using testing::hex;

TEST(VideoLayersAllocation, NothingIsSent) {
  const auto a = parse_video_layers_allocation(hex("00"));
  ASSERT_TRUE(a.has_value());
  EXPECT_EQ(a->stream_count, 0);
  EXPECT_TRUE(a->layers().empty());
}

// Stream 1 of two, each with spatial layer 0; one and two temporal layers; 150, then 300 and 600 kbit/s;
// sizes.
TEST(VideoLayersAllocation, SimulcastWithSizes) {
  const auto a = parse_video_layers_allocation(hex("51 10 9601 ac02 d804 013f 00b3 0f 027f 0167 1e"));
  ASSERT_TRUE(a.has_value());
  EXPECT_EQ(a->stream, 1);
  EXPECT_EQ(a->stream_count, 2);
  ASSERT_EQ(a->layers().size(), 2u);
  EXPECT_EQ(a->layers()[0].target_kbps, 150u);
  EXPECT_EQ(a->layers()[0].width, 320u);
  EXPECT_EQ(a->layers()[0].height, 180u);
  EXPECT_EQ(a->layers()[0].frames_per_second, 15);
  EXPECT_EQ(a->layers()[1].stream, 1);
  EXPECT_EQ(a->layers()[1].temporal_layers, 2);
  EXPECT_EQ(a->layers()[1].target_kbps, 600u) << "with the layers below";
  EXPECT_EQ(a->layers()[1].width, 640u);
}

// Streams with bitmaps of their own: the first has two spatial layers, the second none.
TEST(VideoLayersAllocation, ABitmapForEachStream) {
  const auto a = parse_video_layers_allocation(hex("10 30 00 64 c801"));
  ASSERT_TRUE(a.has_value());
  ASSERT_EQ(a->layers().size(), 2u);
  EXPECT_EQ(a->layers()[1].spatial_id, 1);
  EXPECT_EQ(a->layers()[1].target_kbps, 200u);
  EXPECT_EQ(a->layers()[1].width, 0u) << "no sizes were told";
}

TEST(VideoLayersAllocation, FaultsAreNamed) {
  const auto code = [](const char* octets) {
    return std::string(to_string(parse_video_layers_allocation(hex(octets)).error().code));
  };
  EXPECT_EQ(code(""), "truncated");
  EXPECT_EQ(code("01 00"), "truncated");
  EXPECT_EQ(code("01 00 ffffffffff01"), "bad_bitrate");
  EXPECT_EQ(code("01 00 64 0000"), "trailing_octets");
}

}  // namespace
}  // namespace rtcscope::rtp
