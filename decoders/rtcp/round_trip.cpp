#include "decoders/rtcp/round_trip.hpp"

namespace rtcscope::rtcp {

std::optional<Duration> round_trip(std::uint32_t arrival, std::uint32_t lsr, std::uint32_t dlsr) noexcept {
  if (lsr == 0) return std::nullopt;
  // Unsigned first: the compact time may have wrapped between the SR and its report.
  const std::uint32_t difference = arrival - lsr - dlsr;
  if (static_cast<std::int32_t>(difference) < 0) return std::nullopt;
  return compact_duration(difference);
}

std::optional<Duration> tap_round_trip(UtcTime sr_seen, UtcTime report_seen, std::uint32_t dlsr) noexcept {
  const Duration difference = report_seen - sr_seen - compact_duration(dlsr);
  if (difference < Duration::zero()) return std::nullopt;
  return difference;
}

}  // namespace rtcscope::rtcp
