#pragma once
// What became of a delivery, and the bounds on one.

#include <array>
#include <cstddef>
#include <cstdint>

namespace rtcscope::feeds {

/// Why a delivery, or one event of it, was refused.
enum class EventErrc : std::uint8_t {
  kTooLarge,       // over kMaxDeliveryBytes
  kTooDeep,        // nested deeper than kMaxDepth
  kNotJson,        // no JSON text
  kTooManyEvents,  // an array over kMaxEvents; the rest of it
  kNotObject,      // an event, or its `event` member, is no object
  kBadEnvelope,    // emitter, type, timestamp, session_id, handle_id or opaque_id: missing or wrong type
  kBadMember,      // a member that the event needs is missing or has the wrong type
  kBadSdp,         // the session description cannot be read
  kBadCandidate,   // a candidate or selected pair cannot be read
};
inline constexpr std::size_t kEventErrcs = 9;
const char* to_string(EventErrc code) noexcept;

inline constexpr std::size_t kMaxDeliveryBytes = 4 * 1024 * 1024;
inline constexpr std::size_t kMaxDepth = 24;
inline constexpr std::size_t kMaxEvents = 1000;  // Janus groups up to 100
inline constexpr std::size_t kMaxOtherJsonBytes = 4096;

struct DeliveryCounts {
  std::uint64_t facts = 0;                           // handed to the sink
  std::uint64_t unknown = 0;                         // of them: OtherEvent, kept as it came
  std::array<std::uint64_t, kEventErrcs> refused{};  // by EventErrc

  [[nodiscard]] std::uint64_t refused_total() const noexcept;
  DeliveryCounts& operator+=(const DeliveryCounts& more) noexcept;
};

}  // namespace rtcscope::feeds
