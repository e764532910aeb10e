#pragma once
// Round-trip times from SR and RR, or from XR RRTR and DLRR (RFC 3550, 6.4.1; RFC 3611, 4.5).
//
// Compact time: the middle 32 bits of an NTP timestamp, 1/65536 s, wrapping each 18.2 hours.

#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace rtcscope::rtcp {

/// Compact time of an NTP timestamp in 32.32 fixed point: what LSR and LRR carry.
constexpr std::uint32_t compact_ntp(std::uint64_t ntp_timestamp) noexcept {
  return static_cast<std::uint32_t>(ntp_timestamp >> 16);
}

/// A compact interval (DLSR, DLRR) as a duration; cut to whole nanoseconds.
constexpr Duration compact_duration(std::uint32_t compact) noexcept {
  return Duration{static_cast<std::int64_t>(compact) * 1'000'000'000 / 65536};
}

/// Round trip as the sender of the SR reckons it: A - LSR - DLSR, where `arrival` is the compact time A of
/// the report's arrival on the clock that wrote the SR. nullopt when `lsr` is 0 (no SR had come) or when the
/// difference is negative: clocks or a delay that cannot be. RFC 3550, 6.4.1. W3C: roundTripTime.
std::optional<Duration> round_trip(std::uint32_t arrival, std::uint32_t lsr, std::uint32_t dlsr) noexcept;

/// Round trip between the tap and the far end: b - a - DLSR, where `sr_seen` (a) is when the SR that LSR
/// names passed the tap towards the far end and `report_seen` (b) is when its report block came back. One
/// clock, the tap's. nullopt when negative. RFC 3550, 6.4.1, read at the tap. No W3C equal.
std::optional<Duration> tap_round_trip(UtcTime sr_seen, UtcTime report_seen, std::uint32_t dlsr) noexcept;

}  // namespace rtcscope::rtcp
