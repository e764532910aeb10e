// How long a receiver holds frames against jitter.

#include "flows/jitter_estimate.hpp"

#include <gtest/gtest.h>

namespace rtcscope::flows {
namespace {

class Receiver {
 public:
  void frames(int count, double variation_ms, double bytes, double step_ms = 1000 / 30.0) {
    for (int i = 0; i < count; ++i) estimate_.add(variation_ms, bytes, now_ms_ += step_ms);
  }
  void jitter(int count, double variation_ms) {
    for (int i = 0; i < count; ++i) frames(1, i % 2 == 0 ? variation_ms : -variation_ms, 1000);
  }
  [[nodiscard]] double delay_ms() { return estimate_.delay_ms(); }

 private:
  JitterEstimate estimate_;
  double now_ms_ = 0;
};

TEST(JitterEstimate, ACalmStreamIsHeldForTheSystemAlone) {
  Receiver receiver;
  receiver.frames(300, 0, 1000);
  EXPECT_NEAR(receiver.delay_ms(), 11, 1);
}

TEST(JitterEstimate, NoiseIsHeldByItsDeviation) {
  Receiver receiver;
  receiver.jitter(600, 30);
  EXPECT_NEAR(receiver.delay_ms(), 2.33 * 30 - 30 + 10, 6);
}

TEST(JitterEstimate, OneLateFrameCountsAsAFewDeviations) {
  Receiver calm, disturbed;
  calm.frames(600, 0, 1000);
  disturbed.frames(599, 0, 1000);
  disturbed.frames(1, 800, 1000);
  EXPECT_NEAR(disturbed.delay_ms(), calm.delay_ms(), 1);
}

TEST(JitterEstimate, FramesThatTakeLongForTheirSizeAreWaitedFor) {
  Receiver receiver;
  for (int i = 0; i < 200; ++i) {
    // At 250 octets a ms.
    receiver.frames(1, 1, 1250);
    receiver.frames(1, 10, 3750);
    receiver.frames(1, 1, 4000);
    receiver.frames(1, -12, 1000);
  }
  // Up to the 6 ms that the largest frame takes longer than the mean one; the filter learns slowly.
  EXPECT_GT(receiver.delay_ms(), 12.5);
  EXPECT_LT(receiver.delay_ms(), 11 + (4000 - 2500) / 250.0);
}

TEST(JitterEstimate, SlowStreamsAreNotHeld) {
  Receiver receiver;
  receiver.frames(60, 0, 1000, 250);
  EXPECT_DOUBLE_EQ(receiver.delay_ms(), 0);
}

}  // namespace
}  // namespace rtcscope::flows
