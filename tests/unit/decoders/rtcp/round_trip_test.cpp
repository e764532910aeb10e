#include "decoders/rtcp/round_trip.hpp"

#include <gtest/gtest.h>

namespace rtcscope::rtcp {
namespace {

using namespace std::chrono_literals;

// RFC 3550, 6.4.1, figure 2.
TEST(RoundTrip, ExampleOfTheRfc) {
  EXPECT_EQ(compact_ntp(0xb44db70520000000U), 0xb7052000U);
  EXPECT_EQ(round_trip(0xb7108000, 0xb7052000, 0x00054000), 6125ms);
}

TEST(RoundTrip, SurvivesTheWrapOfCompactTime) {
  EXPECT_EQ(round_trip(0x00008000, 0xffff8000, 0x00004000), 750ms);
}

TEST(RoundTrip, AbsentWithoutAReportAndWhenNegative) {
  EXPECT_EQ(round_trip(0xb7108000, 0, 0), std::nullopt);
  EXPECT_EQ(round_trip(0xb7052000, 0xb7052000, 1), std::nullopt);
  EXPECT_EQ(round_trip(0xb7052000, 0xb7052000, 0), 0ns);
}

TEST(RoundTrip, LongestDelayDoesNotOverflow) {
  EXPECT_EQ(compact_duration(0xffffffff), Duration{65535'999'984'741});
}

TEST(TapRoundTrip, TakesTheDelayFromTheTapsOwnClock) {
  const UtcTime sent = utc_from_ns(1'000'000'000);
  EXPECT_EQ(tap_round_trip(sent, sent + 5530ms, 0x00058000), 30ms);
  EXPECT_EQ(tap_round_trip(sent, sent + 5499ms, 0x00058000), std::nullopt);
}

}  // namespace
}  // namespace rtcscope::rtcp
