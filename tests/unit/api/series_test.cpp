#include "api/series.hpp"

#include <gtest/gtest.h>

namespace rtcscope::api {
namespace {

using namespace std::chrono_literals;

constexpr UtcTime at(double seconds) {
  return utc_from_ns(static_cast<std::int64_t>(seconds * 1e9));
}

TEST(Axis, GoesFromThePointOfTheFirstSampleToThatOfTheLast) {
  const Axis axis = axis_of({at(1007.5), at(1020.0)}, 5);
  EXPECT_EQ(axis.first_s, 1005);
  EXPECT_EQ(axis.points, 4);
  EXPECT_EQ(time_column(axis).dump(), "[1005,1010,1015,1020]");
  EXPECT_EQ(axis_of({at(7), at(7)}, 1).points, 1);
}

TEST(Axis, TheFinestThatKeepsToAThousandPoints) {
  EXPECT_EQ(finest_axis({at(0), at(999)}).resolution_s, 1);
  EXPECT_EQ(finest_axis({at(0), at(1000)}).resolution_s, 2);
  EXPECT_EQ(finest_axis({at(0), at(86'400)}).resolution_s, 300);
  EXPECT_EQ(finest_axis({at(0), at(86'400.0 * 365)}).resolution_s, 86'400);
  EXPECT_EQ(finest_axis({at(0), at(86'400.0 * 4000)}).resolution_s, 86'400);
}

TEST(Axis, IsNoFinerThanWhatIsStillKept) {
  const store::SampleSpan tens{at(0), at(999), std::chrono::seconds{10}};
  EXPECT_EQ(finest_axis(tens).resolution_s, 10);
  EXPECT_EQ(possible_resolution(tens, 1), 10);
  EXPECT_EQ(possible_resolution(tens, 10), 10);
  EXPECT_EQ(possible_resolution(tens, 25), 30);
  const store::SampleSpan minutes{at(0), at(86'400.0 * 4), std::chrono::seconds{60}};
  EXPECT_EQ(finest_axis(minutes).resolution_s, 900);
  EXPECT_EQ(possible_resolution(minutes, 45), 60);
  EXPECT_EQ(possible_resolution(minutes, 300), 300);
}

TEST(Columns, GapsAreNull) {
  store::SeriesPoint first;
  first.start = at(1000);
  first.packets = 50;
  first.bytes = 1000;
  first.expected = 60;
  first.lost = 10;
  first.measured = 500ms;
  first.jitter_ms = 1.23456;
  first.received_frame_rate_fps = 24.9996;
  store::SeriesPoint third;  // nothing was expected, measured or known
  third.start = at(1002);
  Json json;
  put_columns(json, {1, 1000, 3}, {first, third});
  EXPECT_EQ(json.at("packets").dump(), "[50,null,0]");
  EXPECT_EQ(json.at("bitrate_bps").dump(), "[16000.0,null,null]");
  EXPECT_EQ(json.at("loss_ratio").dump(), "[0.166667,null,null]");
  EXPECT_EQ(json.at("jitter_ms").dump(), "[1.235,null,null]");
  EXPECT_EQ(json.at("received_frame_rate_fps").dump(), "[25.0,null,null]");
}

TEST(Columns, LossOfLatePacketsIsNotBelowZero) {
  store::SeriesPoint late;
  late.start = at(5);
  late.expected = 10;
  late.lost = -2;
  Json json;
  put_columns(json, {1, 5, 1}, {late});
  EXPECT_EQ(json.at("loss_ratio").dump(), "[0.0]");
}

TEST(Columns, PointsOffTheAxisAreLeftOut) {
  store::SeriesPoint before, after;
  before.start = at(9);
  after.start = at(12);
  Json json;
  put_columns(json, {1, 10, 2}, {before, after});
  EXPECT_EQ(json.at("packets").dump(), "[null,null]");
  put_columns(json, {1, 0, 0}, {before});
  EXPECT_EQ(json.at("packets").dump(), "[]");
}

}  // namespace
}  // namespace rtcscope::api
