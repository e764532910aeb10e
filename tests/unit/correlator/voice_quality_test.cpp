#include "correlator/voice_quality.hpp"

#include <gtest/gtest.h>

namespace rtcscope::correlator {
namespace {

TEST(VoiceQuality, FollowsTheFullbandEModel) {
  struct Case {
    double loss_ratio, delay_ms, rating, opinion;
  };
  // By hand: 148 - (10.2 + 121.8 * p / (p + 4.3)) - Id.
  const Case cases[] = {
      {0, 0, 137.8, 4.41},     // 137.8 / 1.48 = 93.1
      {0, 100, 137.8, 4.41},   // no impairment up to 100 ms
      {0.03, 0, 87.75, 3.06},  // 121.8 * 3 / 7.3 = 50.05
      {1, 0, 21.02, 1.11},     // everything lost
      {0, 400, 102.18, 3.55},  // Idd(400 ms) = 24.1 on the narrowband scale
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.loss_ratio * 1000 + c.delay_ms);
    const double rating = transmission_rating({c.loss_ratio, c.delay_ms});
    EXPECT_NEAR(rating, c.rating, 1.0);
    EXPECT_NEAR(mean_opinion(rating), c.opinion, 0.06);
  }
}

TEST(VoiceQuality, IsMonotone) {
  double before = 5;
  for (double loss = 0; loss <= 1; loss += 0.01) {
    const double opinion = mean_opinion(transmission_rating({loss, 0}));
    EXPECT_LE(opinion, before);
    EXPECT_GE(opinion, 1);
    before = opinion;
  }
}

}  // namespace
}  // namespace rtcscope::correlator
