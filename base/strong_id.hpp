#pragma once
// Ids that cannot be mixed up: FlowId is not StreamId although both are 64 bits wide.

#include <compare>
#include <cstdint>
#include <functional>

namespace rtcscope {

template <class Tag>
struct StrongId {
  std::uint64_t value = 0;

  constexpr auto operator<=>(const StrongId&) const = default;
  [[nodiscard]] constexpr bool valid() const noexcept { return value != 0; }
};

/// One five-tuple (and encapsulation) for one stretch of use.
using FlowId = StrongId<struct FlowIdTag>;
/// One SSRC in one direction of one flow.
using StreamId = StrongId<struct StreamIdTag>;

using HostId = StrongId<struct HostIdTag>;
using ConferenceId = StrongId<struct ConferenceIdTag>;
using ParticipantId = StrongId<struct ParticipantIdTag>;
using SessionId = StrongId<struct SessionIdTag>;
using ConnectionId = StrongId<struct ConnectionIdTag>;

}  // namespace rtcscope

template <class Tag>
struct std::hash<rtcscope::StrongId<Tag>> {
  std::size_t operator()(rtcscope::StrongId<Tag> id) const noexcept {
    return std::hash<std::uint64_t>{}(id.value);
  }
};
