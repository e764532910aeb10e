// Capture times by the sender's reports.

#include "flows/sender_clock.hpp"

#include <gtest/gtest.h>

namespace rtcscope::flows {
namespace {

constexpr std::uint64_t kNtpSecond = std::uint64_t{1} << 32;
constexpr std::uint64_t kStart = 4'000'000'000 * kNtpSecond;

TEST(SenderClock, OneReportIsNoLine) {
  SenderClock clock;
  clock.add(kStart, 90'000);
  clock.add(kStart, 90'000);
  EXPECT_FALSE(clock.captured_ms(90'000));
}

TEST(SenderClock, TwoReportsTellWhatLiesBetweenAndAfter) {
  SenderClock clock;
  clock.add(kStart, 0xffff'f000);
  clock.add(kStart + kNtpSecond, 0xffff'f000 + 90'000);  // the timestamp wraps
  ASSERT_TRUE(clock.captured_ms(0xffff'f000 + 135'000));
  EXPECT_NEAR(*clock.captured_ms(0xffff'f000 + 135'000), 4e12 + 1500, 0.01);
  EXPECT_NEAR(*clock.captured_ms(0xffff'f000 + 45'000), 4e12 + 500, 0.01);
}

TEST(SenderClock, AReportThatIsOffMovesTheLineByItsShare) {
  SenderClock clock;
  for (unsigned i = 0; i < 19; ++i) clock.add(kStart + i * kNtpSecond, i * 90'000);
  clock.add(kStart + 19 * kNtpSecond + kNtpSecond / 10, 19 * 90'000);  // 100 ms late
  const double off = *clock.captured_ms(19 * 90'000) - (4e12 + 19'000);
  EXPECT_GT(off, 10);
  EXPECT_LT(off, 30);
}

TEST(SenderClock, OldReportsAreForgotten) {
  SenderClock clock;
  for (unsigned i = 0; i < 10; ++i) clock.add(kStart + i * kNtpSecond, i * 90'000);
  for (unsigned i = 10; i < 30; ++i) clock.add(kStart + i * kNtpSecond, i * 90'000 + 9000);
  EXPECT_NEAR(*clock.captured_ms(29 * 90'000 + 9000), 4e12 + 29'000, 0.01);
}

TEST(SenderClock, TheThirdReportThatGoesBackStartsAnew) {
  SenderClock clock;
  for (unsigned i = 0; i < 3; ++i) clock.add(kStart + i * kNtpSecond, 10'000'000 + i * 90'000);
  for (unsigned i = 3; i < 5; ++i) clock.add(kStart + i * kNtpSecond, i * 90'000);
  EXPECT_NEAR(*clock.captured_ms(10'000'000), 4e12, 0.01);
  for (unsigned i = 5; i < 7; ++i) clock.add(kStart + i * kNtpSecond, i * 90'000);
  EXPECT_NEAR(*clock.captured_ms(6 * 90'000), 4e12 + 6000, 0.01);
}

}  // namespace
}  // namespace rtcscope::flows
