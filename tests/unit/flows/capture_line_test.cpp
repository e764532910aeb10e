// The line of capture times over arrivals, as a receiver fits it.

#include "flows/capture_line.hpp"

#include <gtest/gtest.h>

namespace rtcscope::flows {
namespace {

constexpr std::int64_t kStep = 6000;  // ticks, 15 frames a second
constexpr double kStepMs = 6000 / 90.0;

class Line {
 public:
  void frames(int count, double late_ms) {
    for (int i = 0; i < count; ++i, ++number_)
      line_.add(static_cast<double>(number_) * kStepMs + late_ms, number_ * kStep);
  }
  /// How long after the quickest way the next frame is expected.
  [[nodiscard]] double expected_late_ms() const {
    return line_.due_ms(number_ * kStep) - static_cast<double>(number_) * kStepMs;
  }

 private:
  CaptureLine line_;
  std::int64_t number_ = 1;
};

TEST(CaptureLine, ExpectsFramesWhereTheMeanOneCame) {
  Line line;
  for (int i = 0; i < 300; ++i) line.frames(1, i % 2 == 0 ? 0 : 20);
  EXPECT_NEAR(line.expected_late_ms(), 10, 1.5);
}

TEST(CaptureLine, TheSecondFrameIsExpectedAtOnce) {
  Line line;
  line.frames(1, 5);
  EXPECT_DOUBLE_EQ(line.expected_late_ms(), 5);
}

TEST(CaptureLine, AChangeThatLastsMovesIt) {
  Line line;
  line.frames(150, 0);
  line.frames(10, 800);
  EXPECT_LT(line.expected_late_ms(), 400);
  line.frames(300, 800);
  EXPECT_NEAR(line.expected_late_ms(), 800, 40);
}

TEST(CaptureLine, WhatIsFarOffALongCalmStreamIsLeftOut) {
  Line line;
  for (int i = 0; i < 600; ++i) line.frames(1, i % 2 == 0 ? 0 : 2);
  const double before = line.expected_late_ms();
  line.frames(8, 900);
  EXPECT_NEAR(line.expected_late_ms(), before, 1);
}

TEST(CaptureLine, ATimestampOfAnotherClockStartsAnew) {
  CaptureLine line;
  for (int i = 0; i < 100; ++i) line.add(i * kStepMs, i * kStep);
  line.add(100 * kStepMs, 50'000'000);
  EXPECT_NEAR(line.due_ms(50'000'000 + kStep), 101 * kStepMs, 0.1);
}

}  // namespace
}  // namespace rtcscope::flows
