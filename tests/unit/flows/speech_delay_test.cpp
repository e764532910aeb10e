#include "flows/speech_delay.hpp"

#include <gtest/gtest.h>

namespace rtcscope::flows {
namespace {

constexpr double kPacketMs = 20;
constexpr double kSecondMs = 1000;

class SpeechDelayTest : public ::testing::Test {
 protected:
  /// Packets of 20 ms, each of them `late_ms` on its way.
  void come_until(double end_ms, double late_ms = 0) {
    for (; spoken_ms_ < end_ms; spoken_ms_ += kPacketMs) delay_.add(spoken_ms_ + late_ms, spoken_ms_);
  }

  SpeechDelay delay_;
  double spoken_ms_ = 0;
};

// It starts when half of the 80 ms are there that it asks for first, and goes down by 3 ms as long as it
// waits 20 ms more than it then asks for: 38 ms behind. A packet adds 20 ms: 58 ms wait when it has come, 48
// a step later.
TEST_F(SpeechDelayTest, LevelIsTheMeanOfWhatWaitsAtEachStep) {
  come_until(20 * kSecondMs);
  EXPECT_NEAR(delay_.level_ms(), 53, 1);
}

TEST_F(SpeechDelayTest, ConstantWayIsNoDelay) {
  come_until(20 * kSecondMs, 400);
  EXPECT_NEAR(delay_.level_ms(), 53, 1);
}

TEST_F(SpeechDelayTest, LatePacketsMakeItHoldMore) {
  come_until(20 * kSecondMs);
  for (int i = 0; i < 10; ++i) {
    come_until(spoken_ms_ + kSecondMs, 0);
    come_until(spoken_ms_ + 5 * kPacketMs, 200);
  }
  EXPECT_GT(delay_.level_ms(), 120);
}

TEST_F(SpeechDelayTest, IsHeldForThePicturesSake) {
  come_until(5 * kSecondMs);
  delay_.hold(300);
  come_until(40 * kSecondMs);
  EXPECT_NEAR(delay_.level_ms(), 310, 15);
}

}  // namespace
}  // namespace rtcscope::flows
