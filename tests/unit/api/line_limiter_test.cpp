#include "api/line_limiter.hpp"

#include <gtest/gtest.h>

namespace rtcscope::api {
namespace {

using namespace std::chrono_literals;

TEST(LineLimiter, WritesSoManyInAWindowAndTellsOfTheRest) {
  LineLimiter limiter(2, 10s);
  const LineLimiter::Clock::time_point start{};
  EXPECT_EQ(limiter.admit("a", start), "a");
  EXPECT_EQ(limiter.admit("b", start + 1s), "b");
  EXPECT_FALSE(limiter.admit("c", start + 2s));
  EXPECT_FALSE(limiter.admit("d", start + 9s));
  EXPECT_EQ(limiter.admit("e", start + 10s), "e (2 more lines were left out)");
  EXPECT_EQ(limiter.admit("f", start + 11s), "f");
  EXPECT_FALSE(limiter.admit("g", start + 12s));
}

}  // namespace
}  // namespace rtcscope::api
