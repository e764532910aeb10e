#pragma once
// Quantiles of durations in fixed memory: buckets that grow by a sixteenth of an octave.

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace rtcscope::flows {

/// From 1 us to 67 s; what is below or above counts in the first or last bucket. The values of a bucket are
/// taken to lie evenly in it, so a quantile is off by a bucket at most, 6 %, and by far less where values
/// spread.
class LogHistogram {
 public:
  void add(Duration value) noexcept {
    const std::size_t bucket = bucket_of(value);
    counts_[bucket] += 1;
    octaves_[bucket / kParts] += 1;
    total_ += 1;
  }
  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }

  /// The value that a part `q` (0..1) of all do not exceed; nullopt without any.
  [[nodiscard]] std::optional<Duration> quantile(double q) const noexcept {
    if (total_ == 0) return std::nullopt;
    // Less than the total, so both searches end.
    const auto rank = static_cast<std::uint64_t>(q * static_cast<double>(total_ - 1));
    std::uint64_t before = 0;
    std::size_t octave = 0;
    while (before + octaves_[octave] <= rank) before += octaves_[octave++];
    std::size_t i = octave * kParts;
    while (before + counts_[i] <= rank) before += counts_[i++];
    return within(i, (static_cast<double>(rank - before) + 0.5) / counts_[i]);
  }

 private:
  static constexpr std::size_t kParts = 16;
  static constexpr std::size_t kOctaves = 26;
  static constexpr std::size_t kBuckets = kParts * kOctaves;

  static std::size_t bucket_of(Duration value) noexcept {
    const auto us = static_cast<std::uint64_t>(std::max<std::int64_t>(value.count() / 1000, 1));
    const auto octave = static_cast<std::size_t>(std::bit_width(us) - 1);
    if (octave >= kOctaves) return kBuckets - 1;
    // The four bits below the leading one; below 16 us an octave has fewer values than parts.
    const std::uint64_t part = octave >= 4 ? (us >> (octave - 4)) & 15 : (us << (4 - octave)) & 15;
    return octave * kParts + static_cast<std::size_t>(part);
  }
  /// `part`: 0 at the bucket's lower edge, 1 at its upper.
  static Duration within(std::size_t bucket, double part) noexcept {
    const double octave = static_cast<double>(std::uint64_t{1} << (bucket / kParts));
    const double us = octave * (1 + (static_cast<double>(bucket % kParts) + part) / kParts);
    return Duration{static_cast<std::int64_t>(us * 1000)};
  }

  std::array<std::uint32_t, kBuckets> counts_{};
  std::array<std::uint64_t, kOctaves> octaves_{};  // sums of counts_, for a quick way to a quantile
  std::uint64_t total_ = 0;
};

}  // namespace rtcscope::flows
