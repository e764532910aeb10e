#pragma once
// Time series in columns for a chart: the store sums samples into points, here they get a common axis. Pure.

#include <cstdint>
#include <optional>
#include <vector>

#include "api/entity_json.hpp"
#include "store/queries.hpp"

namespace rtcscope::api {

inline constexpr std::int64_t kMostChosenPoints = 1000;  // when the resolution is ours to choose
inline constexpr std::int64_t kMostPoints = 10'000;      // when it was asked for

/// An evenly spaced axis. Points begin at multiples of the resolution since 1970.
struct Axis {
  std::int64_t resolution_s = 1;
  std::int64_t first_s = 0;
  std::int64_t points = 0;
};

/// The axis from the point of the first sample to that of the last.
Axis axis_of(const store::SampleSpan& span, std::int64_t resolution_s);

/// The resolution that is asked for, or the next coarser one that the level which still has all of it can
/// give.
std::int64_t possible_resolution(const store::SampleSpan& span, std::int64_t asked_s);

/// With the finest resolution of the API description's list that the level can give and that gives at most
/// kMostChosenPoints; else the coarsest.
Axis finest_axis(const store::SampleSpan& span);

/// Epoch seconds at which each point begins.
Json time_column(const Axis& axis);

/// Puts bitrate_bps, loss_ratio, jitter_ms, jitter_mean_ms, frame_rate_fps, received_frame_rate_fps and
/// packets into `json`, each as long as the axis; null is a gap. Points off the axis are left out.
void put_columns(Json& json, const Axis& axis, const std::vector<store::SeriesPoint>& points);

}  // namespace rtcscope::api
