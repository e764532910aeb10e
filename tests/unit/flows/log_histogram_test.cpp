// Quantiles in fixed memory.

#include "flows/log_histogram.hpp"

#include <gtest/gtest.h>

namespace rtcscope::flows {
namespace {

using namespace std::chrono_literals;

TEST(LogHistogram, WithoutValuesThereIsNone) {
  EXPECT_FALSE(LogHistogram{}.quantile(0.5));
}

TEST(LogHistogram, OneValueIsOffByThreePercentAtMost) {
  for (Duration value = 20us; value < 60s; value = value * 5 / 4) {
    LogHistogram histogram;
    histogram.add(value);
    EXPECT_NEAR(to_milliseconds(*histogram.quantile(0.5)) / to_milliseconds(value), 1, 0.032);
  }
}

TEST(LogHistogram, AQuantileOfValuesThatSpreadIsNear) {
  LogHistogram histogram;
  for (Duration value = 270ms; value <= 330ms; value += 100us) histogram.add(value);
  EXPECT_NEAR(to_milliseconds(*histogram.quantile(0.5)), 300, 1);
  EXPECT_NEAR(to_milliseconds(*histogram.quantile(0.9)), 324, 2);
}

TEST(LogHistogram, TheFirstAndTheLastBucketHoldWhatIsBeyond) {
  LogHistogram histogram;
  histogram.add(-1s);
  histogram.add(1000s);
  EXPECT_NEAR(to_milliseconds(*histogram.quantile(0)), 0.001, 0.0001);
  EXPECT_NEAR(to_milliseconds(*histogram.quantile(1)), 66'000, 2'000);
}

}  // namespace
}  // namespace rtcscope::flows
