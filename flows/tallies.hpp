#pragma once
// Counters of the packet path with the error enums of the protocols it decodes.

#include <vector>

#include "decoders/dtls/record.hpp"
#include "decoders/link/frame.hpp"
#include "decoders/rtp/rtp_packet.hpp"
#include "decoders/stun/message.hpp"
#include "decoders/turn/channel_data.hpp"
#include "flows/counters.hpp"
#include "flows/fragment_table.hpp"
#include "flows/rtcp_reader.hpp"
#include "flows/tcp_framing.hpp"

namespace rtcscope::flows {

struct PathTallies {
  PathCounters counters;
  ErrorCounts<link::LinkErrc> link;
  ErrorCounts<stun::StunErrc> stun;
  ErrorCounts<turn::TurnErrc> turn;
  ErrorCounts<dtls::DtlsErrc> dtls;
  ErrorCounts<rtp::RtpErrc> rtp;

  /// Every refusal that happened at least once, by protocol and reason.
  [[nodiscard]] std::vector<RefusalCount> refusals(const TcpCounters& tcp, const RtcpCounters& rtcp,
                                                   const FragmentCounters& fragments) const;
};

}  // namespace rtcscope::flows
