#pragma once
// Bounds of the flow table. Every state a packet can create is counted against one of them.

#include <chrono>
#include <cstddef>

#include "base/time.hpp"

namespace rtcscope::flows {

struct FlowOptions {
  std::size_t max_flows = 65'536;     // five-tuples, proved WebRTC or not
  std::size_t max_streams = 262'144;  // SSRCs over all flows
  std::size_t max_streams_per_flow = 256;
  std::size_t max_usernames_per_flow = 16;
  std::size_t max_fingerprints_per_flow = 8;
  /// A five-tuple that did not prove to be WebRTC (RFC 7983 ranges alone do not) is forgotten sooner.
  Duration idle_unproved = std::chrono::seconds{10};
  /// RFC 7675: consent ends after 30 s without an answer; twice that, and the flow is over.
  Duration idle_timeout = std::chrono::seconds{60};
  /// A stream that is silent this long gets no more reports of nothing until packets come again.
  Duration stream_pause = std::chrono::seconds{5};
  Duration report_interval = std::chrono::seconds{1};
};

/// RTP-looking packets of one SSRC in sequence that prove a flow whose set-up was not seen.
inline constexpr std::uint32_t kLateAttachPackets = 8;

}  // namespace rtcscope::flows
