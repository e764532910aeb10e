#pragma once
// The flow table's key: the same value whichever side sent the packet.

#include <cstdint>

#include "flows/report.hpp"

namespace rtcscope::flows {

struct CanonicalKey {
  Endpoint low;  // the smaller of the two endpoints
  Endpoint high;
  Endpoint relayed_peer;
  Transport transport = Transport::kUdp;
  Encapsulation encapsulation = Encapsulation::kNone;

  friend bool operator==(const CanonicalKey&, const CanonicalKey&) = default;
};

CanonicalKey canonical_key(const FiveTuple& five_tuple, Encapsulation encapsulation,
                           const Endpoint& relayed_peer) noexcept;

/// Seeded: who sends packets chooses addresses and ports, and must not choose collisions.
struct SeededKeyHash {
  std::uint64_t seed = 0;
  std::size_t operator()(const CanonicalKey& key) const noexcept;
};

}  // namespace rtcscope::flows
