// Frames by the second in which the receiver had them.

#include "flows/received_frames.hpp"

#include <gtest/gtest.h>

namespace rtcscope::flows {
namespace {

using namespace std::chrono_literals;

const UtcTime kStart = utc_from_ns(1'795'225'174'000'000'000);

/// 15 frames in each second that begins at kStart + `first` .. `last`.
void add_seconds(ReceivedFrames& received, int first, int last) {
  for (int second = first; second <= last; ++second) {
    for (int i = 0; i < 15; ++i) received.add(kStart + second * 1s + i * 66ms);
  }
}

TEST(ReceivedFrames, ASecondIsToldThreeSecondsLater) {
  ReceivedFrames received;
  add_seconds(received, 0, 2);
  EXPECT_EQ(received.behind(kStart + 2s), std::nullopt);  // before the first frame
  EXPECT_EQ(received.behind(kStart + 3s), 15U);
  EXPECT_EQ(received.behind(kStart + 5s + 999ms), 15U);
}

TEST(ReceivedFrames, ASecondInWhichNothingWasWholeHasNone) {
  ReceivedFrames received;
  add_seconds(received, 0, 0);
  add_seconds(received, 3, 3);
  EXPECT_EQ(received.behind(kStart + 4s), 0U);
  EXPECT_EQ(received.behind(kStart + 5s), 0U);
  EXPECT_EQ(received.behind(kStart + 6s), 15U);
}

TEST(ReceivedFrames, OfASilentReceiverNothingIsKnown) {
  ReceivedFrames received;
  add_seconds(received, 0, 0);
  received.doubt(kStart + 800ms);
  received.doubt(kStart + 1100ms);
  EXPECT_EQ(received.behind(kStart + 3s), std::nullopt);
  EXPECT_EQ(received.behind(kStart + 4s), std::nullopt);
  EXPECT_EQ(received.behind(kStart + 5s), std::nullopt);  // nothing was sent then that it could tell of
  received.hear();
  EXPECT_EQ(received.behind(kStart + 4s), std::nullopt);
  EXPECT_EQ(received.behind(kStart + 5s), 0U);
}

TEST(ReceivedFrames, OldSecondsMakeRoom) {
  ReceivedFrames received;
  add_seconds(received, 0, 40);
  EXPECT_EQ(received.behind(kStart + 43s), 15U);
  EXPECT_EQ(received.behind(kStart + 38s), 15U);
}

}  // namespace
}  // namespace rtcscope::flows
