// Round trips that transport-wide feedback bounds.

#include "flows/feedback_round_trip.hpp"

#include <gtest/gtest.h>

namespace rtcscope::flows {
namespace {

using namespace std::chrono_literals;

const UtcTime kStart = utc_from_ns(1'795'225'174'000'000'000);

/// Nine, one a second; the next of each, so long after it, begins with a packet that came.
FeedbackRoundTrip of_nine(Duration last, Duration next, Duration apart) {
  FeedbackRoundTrip round_trip;
  for (int i = 0; i < 9; ++i) {
    round_trip.add(kStart + i * 1s, last, next, 7);
    round_trip.settle(kStart + i * 1s + apart, 7, true);
  }
  return round_trip;
}

TEST(FeedbackRoundTrip, LiesBetweenTheLastPacketToldOfAndTheNextThatCame) {
  FeedbackRoundTrip round_trip;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(round_trip.median(), std::nullopt) << i;
    round_trip.add(kStart + i * 1s, 82ms, 78ms, 7);
    round_trip.settle(kStart + i * 1s + 100ms, 7, true);
  }
  ASSERT_TRUE(round_trip.median());
  EXPECT_NEAR(to_milliseconds(*round_trip.median()), 80, 3);
}

// The packet behind the last one bounds nothing if it did not come: the feedback may have left long after.
TEST(FeedbackRoundTrip, WhatDidNotComeBoundsNothing) {
  FeedbackRoundTrip round_trip;
  for (int i = 0; i < 9; ++i) {
    round_trip.add(kStart + i * 1s, 82ms, 78ms, 7);
    const UtcTime later = kStart + i * 1s + 100ms;
    if (i % 3 == 0) round_trip.settle(later, 7, false);
    if (i % 3 == 1) round_trip.settle(later, 8, true);
  }
  EXPECT_EQ(round_trip.median(), std::nullopt);
}

// What does not fit into one message goes on in another, at once: its packets came before both left.
TEST(FeedbackRoundTrip, FeedbackInTwoMessagesBoundsNothing) {
  EXPECT_EQ(of_nine(182ms, 178ms, 1ms).median(), std::nullopt);
}

TEST(FeedbackRoundTrip, PacketsFarApartSayTooLittle) {
  EXPECT_EQ(of_nine(100ms, 80ms, 100ms).median(), std::nullopt);
}

TEST(FeedbackRoundTrip, WhereAllThatWasSentIsToldTheTimeSinceIsTheMost) {
  FeedbackRoundTrip round_trip;
  for (int i = 0; i < 3; ++i) round_trip.add(kStart + i * 1s, 2ms);
  for (int i = 3; i < 9; ++i) round_trip.add(kStart + i * 1s, 30ms);  // held back for its timer
  ASSERT_TRUE(round_trip.median());
  EXPECT_NEAR(to_milliseconds(*round_trip.median()), 1, 0.1);
}

TEST(FeedbackRoundTrip, OneInASecondCounts) {
  FeedbackRoundTrip round_trip;
  for (int i = 0; i < 20; ++i) {
    round_trip.add(kStart + i * 100ms, i == 0 || i == 10 ? 4ms : 2ms);
  }
  EXPECT_EQ(round_trip.median(), std::nullopt);  // two seconds
  round_trip.add(kStart + 2s, 4ms);
  EXPECT_NEAR(to_milliseconds(*round_trip.median()), 2, 0.2);
}

}  // namespace
}  // namespace rtcscope::flows
