#include "api/series.hpp"

#include <algorithm>
#include <cmath>

namespace rtcscope::api {
namespace {

constexpr std::int64_t kResolutions[] = {1, 2, 5, 10, 30, 60, 300, 900, 3600, 21'600, 86'400};

std::int64_t seconds(UtcTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

// Rounded: a chart shows no more digits, and a long series is half as long without them.
Json bitrate(const store::SeriesPoint& point) {
  if (point.measured <= Duration::zero()) return nullptr;
  const double measured_s = std::chrono::duration<double>(point.measured).count();
  return std::round(static_cast<double>(point.bytes) * 8 / measured_s);
}

Json loss(const store::SeriesPoint& point) {
  if (point.expected == 0) return nullptr;
  const double ratio = static_cast<double>(point.lost) / static_cast<double>(point.expected);
  return std::round(std::clamp(ratio, 0.0, 1.0) * 1e6) / 1e6;
}

Json thousandths(const std::optional<double>& value) {
  return value ? Json(std::round(*value * 1e3) / 1e3) : Json(nullptr);
}

}  // namespace

Axis axis_of(const store::SampleSpan& span, std::int64_t resolution_s) {
  const std::int64_t first = seconds(span.first) / resolution_s;
  const std::int64_t last = seconds(span.last) / resolution_s;
  return {resolution_s, first * resolution_s, last - first + 1};
}

std::int64_t possible_resolution(const store::SampleSpan& span, std::int64_t asked_s) {
  const std::int64_t level_s = std::chrono::duration_cast<std::chrono::seconds>(span.finest).count();
  return (asked_s + level_s - 1) / level_s * level_s;
}

Axis finest_axis(const store::SampleSpan& span) {
  Axis axis;
  for (const std::int64_t resolution_s : kResolutions) {
    if (possible_resolution(span, resolution_s) != resolution_s) continue;
    axis = axis_of(span, resolution_s);
    if (axis.points <= kMostChosenPoints) break;
  }
  return axis;
}

Json time_column(const Axis& axis) {
  Json column = Json::array();
  for (std::int64_t i = 0; i < axis.points; ++i) column.push_back(axis.first_s + i * axis.resolution_s);
  return column;
}

void put_columns(Json& json, const Axis& axis, const std::vector<store::SeriesPoint>& points) {
  const Json gaps = Json::array_t(static_cast<std::size_t>(axis.points));
  Json bitrates = gaps, losses = gaps, jitters = gaps, mean_jitters = gaps, frame_rates = gaps,
       received_frame_rates = gaps, packets = gaps;
  for (const store::SeriesPoint& point : points) {
    const std::int64_t offset_s = seconds(point.start) - axis.first_s;
    if (offset_s < 0 || offset_s / axis.resolution_s >= axis.points) continue;
    const auto i = static_cast<std::size_t>(offset_s / axis.resolution_s);
    bitrates[i] = bitrate(point);
    losses[i] = loss(point);
    jitters[i] = thousandths(point.jitter_ms);
    mean_jitters[i] = thousandths(point.jitter_mean_ms);
    frame_rates[i] = thousandths(point.frame_rate_fps);
    received_frame_rates[i] = thousandths(point.received_frame_rate_fps);
    packets[i] = point.packets;
  }
  json["bitrate_bps"] = std::move(bitrates);
  json["loss_ratio"] = std::move(losses);
  json["jitter_ms"] = std::move(jitters);
  json["jitter_mean_ms"] = std::move(mean_jitters);
  json["frame_rate_fps"] = std::move(frame_rates);
  json["received_frame_rate_fps"] = std::move(received_frame_rates);
  json["packets"] = std::move(packets);
}

}  // namespace rtcscope::api
