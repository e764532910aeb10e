#pragma once
// What the packet path refused, dropped or evicted: plain counters, summed by whoever shows them.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace rtcscope::flows {

/// Counts of one error enum. Enumerators must be below 64 (each protocol's enum is asserted small).
template <class Errc>
class ErrorCounts {
 public:
  void add(Errc code) noexcept { counts_[static_cast<std::size_t>(code) % counts_.size()] += 1; }
  [[nodiscard]] const std::array<std::uint64_t, 64>& counts() const noexcept { return counts_; }

 private:
  std::array<std::uint64_t, 64> counts_{};
};

/// One line for people and for the metrics: protocol "stun", reason "bad_length".
struct RefusalCount {
  std::string protocol;
  std::string reason;
  std::uint64_t count = 0;
};

struct PathCounters {
  std::uint64_t frames = 0;
  std::uint64_t frame_bytes = 0;
  std::uint64_t datagrams = 0;  // UDP datagrams that reached the demultiplexer
  std::uint64_t tcp_segments = 0;
  std::uint64_t tcp_cut = 0;  // segments that the snap length cut: nothing on them can be framed
  std::uint64_t stun = 0, dtls = 0, rtp = 0, rtcp = 0, turn_channel = 0;
  std::uint64_t other = 0;           // no WebRTC protocol by RFC 7983
  std::uint64_t ssrc_zero = 0;       // bandwidth probes before any media; never a stream
  std::uint64_t rtp_metered = 0;     // RTP packets that the tap counted: not among frames, datagrams and rtp
  std::uint64_t seen_elsewhere = 0;  // copies of a flow's packets on a second interface, not counted twice
  std::uint64_t flows_created = 0;
  std::uint64_t flows_evicted = 0;  // the table was full: the least proved, longest silent one went
  std::uint64_t streams_created = 0;
  std::uint64_t streams_evicted = 0;
  std::uint64_t streams_refused = 0;     // packets of SSRCs that found no room
  std::uint64_t identities_refused = 0;  // usernames, fingerprints, rival hellos over a flow's bound
};

}  // namespace rtcscope::flows
