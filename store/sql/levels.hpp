#pragma once
// The levels that samples are kept at: as they came (1 s), and added up to 10 s and 60 s.

#include <array>
#include <cstdint>
#include <limits>

#include "base/time.hpp"
#include "correlator/model.hpp"

namespace rtcscope::store::sql {

struct Level {
  const char* table;
  std::int64_t resolution_s;

  [[nodiscard]] constexpr std::int64_t resolution_ns() const noexcept { return resolution_s * 1'000'000'000; }
};

inline constexpr std::array kLevels{Level{"samples", 1}, Level{"samples_10s", 10}, Level{"samples_60s", 60}};
inline constexpr std::int64_t kMinuteNs = 60'000'000'000;

/// The largest multiple of `resolution` that is not later, also before 1970; the first time of all if there
/// is none.
constexpr std::int64_t round_down(std::int64_t time, std::int64_t resolution) noexcept {
  constexpr std::int64_t kFirst = std::numeric_limits<std::int64_t>::min();
  const std::int64_t past = (time % resolution + resolution) % resolution;
  return time < kFirst + past ? kFirst : time - past;
}

/// Times that no sum of hours can carry past what 64 bits hold. Others are not added up.
constexpr bool can_be_added_up(std::int64_t time) noexcept {
  constexpr std::int64_t kMost = 9'000'000'000'000'000'000;
  return time >= -kMost && time <= kMost;
}

/// What a sample of 1 s measured, in ns. A time that is absurd measures nothing.
inline constexpr const char* kSampleTimeSql =
    "CASE WHEN end_ns <= start_ns OR start_ns > 9000000000000000000 THEN 0 "
    "WHEN end_ns <= start_ns + 3600000000000 THEN end_ns - start_ns ELSE 0 END";

/// How much later than a second that sample starts which tells of the frames that the client had in it.
inline constexpr std::int64_t kReceivedBehindNs = Duration{model::StreamSample::kReceivedBehind}.count();

}  // namespace rtcscope::store::sql
