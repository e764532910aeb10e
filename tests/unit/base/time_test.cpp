// base/time.hpp: RFC 3339 and epoch seconds.

#include "base/time.hpp"

#include <gtest/gtest.h>

#include "tests/support/named_case.hpp"

namespace rtcscope {
namespace {

TEST(Rfc3339, HasMillisecondsAndZ) {
  EXPECT_EQ(to_rfc3339(utc_from_ns(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(to_rfc3339(utc_from_ns(1'795'241'454'123'999'999)), "2026-11-21T06:10:54.123Z");
  EXPECT_EQ(to_rfc3339(utc_from_ns(951'782'400'000'000'000)), "2000-02-29T00:00:00.000Z");
}

TEST(Rfc3339, ReachesBeyond2038) {
  EXPECT_EQ(to_rfc3339(utc_from_ns(4'294'967'296'000'000'000)), "2106-02-07T06:28:16.000Z");
}

struct TimeCase : testing::NamedCase {
  const char* text;
  std::optional<std::int64_t> want_ns;
};

class ParseTime : public ::testing::TestWithParam<TimeCase> {};

TEST_P(ParseTime, IsReadOrRefused) {
  const auto time = parse_time(GetParam().text);
  EXPECT_EQ(time ? std::optional{ns_since_epoch(*time)} : std::nullopt, GetParam().want_ns);
}

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;

const TimeCase kDates[] = {
    {{"Zulu"}, "2026-11-21T06:10:54Z", 1'795'241'454 * kSecond},
    {{"LowerCase"}, "2026-11-21t06:10:54z", 1'795'241'454 * kSecond},
    {{"BlankBetween"}, "2026-11-21 06:10:54Z", 1'795'241'454 * kSecond},
    {{"Milliseconds"}, "2026-11-21T06:10:54.123Z", 1'795'241'454 * kSecond + 123'000'000},
    {{"Nanoseconds"}, "1970-01-01T00:00:00.000000001Z", 1},
    {{"DigitsPastTheNinth"}, "1970-01-01T00:00:00.0000000019Z", 1},
    {{"EastOfGreenwich"}, "1970-01-02T02:30:00+02:30", kDay},
    {{"WestOfGreenwich"}, "1970-01-01T19:00:00-05:00", kDay},
    {{"LeapDay"}, "1972-02-29T00:00:00Z", 789 * kDay},
    {{"LeapSecond"}, "1970-01-01T23:59:60Z", kDay},
    {{"LastYear"}, "2261-12-31T23:59:59Z", 9'214'646'399 * kSecond},
    {{"NoLeapDay"}, "2026-02-29T00:00:00Z", std::nullopt},
    {{"NoLeapDayIn2100"}, "2100-02-29T00:00:00Z", std::nullopt},
    {{"MonthZero"}, "2026-00-01T00:00:00Z", std::nullopt},
    {{"MonthThirteen"}, "2026-13-01T00:00:00Z", std::nullopt},
    {{"DayZero"}, "2026-01-00T00:00:00Z", std::nullopt},
    {{"DayThirtyOne"}, "2026-04-31T00:00:00Z", std::nullopt},
    {{"HourTwentyFour"}, "2026-01-01T24:00:00Z", std::nullopt},
    {{"MinuteSixty"}, "2026-01-01T00:60:00Z", std::nullopt},
    {{"SecondSixtyOne"}, "2026-01-01T00:00:61Z", std::nullopt},
    {{"OffsetHour"}, "2026-01-01T00:00:00+24:00", std::nullopt},
    {{"OffsetMinute"}, "2026-01-01T00:00:00+00:60", std::nullopt},
    {{"WithoutOffset"}, "2026-01-01T00:00:00", std::nullopt},
    {{"OffsetWithoutColon"}, "2026-01-01T00:00:00+0200", std::nullopt},
    {{"FractionWithoutDigits"}, "2026-01-01T00:00:00.Z", std::nullopt},
    {{"OnlyADate"}, "2026-01-01", std::nullopt},
    {{"YearBefore1970"}, "1969-12-31T23:59:59Z", std::nullopt},
    {{"YearAfter2261"}, "2262-01-01T00:00:00Z", std::nullopt},
    {{"YearOfFiveDigits"}, "12026-01-01T00:00:00Z", std::nullopt},
    {{"Tail"}, "2026-01-01T00:00:00Zx", std::nullopt},
};
INSTANTIATE_TEST_SUITE_P(Date, ParseTime, ::testing::ValuesIn(kDates), testing::CaseName());

const TimeCase kEpochs[] = {
    {{"Zero"}, "0", 0},
    {{"Seconds"}, "1795241454", 1'795'241'454 * kSecond},
    {{"Fraction"}, "1795241454.5", 1'795'241'454 * kSecond + 500'000'000},
    {{"NineDigits"}, "1.000000001", kSecond + 1},
    {{"Largest"}, "9000000000", 9'000'000'000 * kSecond},
    {{"TooLarge"}, "9000000001", std::nullopt},
    // Milliseconds since 1970 are a common mistake: not silently the year 58859.
    {{"Milliseconds"}, "1795241454123", std::nullopt},
    {{"Over64Bits"}, "99999999999999999999", std::nullopt},
    {{"Negative"}, "-1", std::nullopt},
    {{"Plus"}, "+1", std::nullopt},
    {{"Exponent"}, "1e9", std::nullopt},
    {{"OnlyAPoint"}, ".", std::nullopt},
    {{"PointAtTheEnd"}, "1.", std::nullopt},
    {{"Blank"}, " 1", std::nullopt},
    {{"Nothing"}, "", std::nullopt},
    {{"Word"}, "now", std::nullopt},
};
INSTANTIATE_TEST_SUITE_P(Epoch, ParseTime, ::testing::ValuesIn(kEpochs), testing::CaseName());

// Every hour of four hundred years, one a week: what is written is read as the same.
TEST(TimeRoundTrip, OfWhatIsWritten) {
  for (std::int64_t ns = 0; ns < 9'000'000'000 * kSecond; ns += 169 * 3600 * kSecond + 1'000'000) {
    const UtcTime time = utc_from_ns(ns);
    ASSERT_EQ(parse_time(to_rfc3339(time)), time) << to_rfc3339(time);
  }
}

}  // namespace
}  // namespace rtcscope
