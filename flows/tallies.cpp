#include "flows/tallies.hpp"

namespace rtcscope::flows {
namespace {

template <class Errc>
void append(std::vector<RefusalCount>& out, const char* protocol, const ErrorCounts<Errc>& counts) {
  for (std::size_t i = 0; i < counts.counts().size(); ++i) {
    if (counts.counts()[i] == 0) continue;
    out.push_back({protocol, to_string(static_cast<Errc>(i)), counts.counts()[i]});
  }
}

void append(std::vector<RefusalCount>& out, const char* protocol, const char* reason, std::uint64_t count) {
  if (count != 0) out.push_back({protocol, reason, count});
}

}  // namespace

std::vector<RefusalCount> PathTallies::refusals(const TcpCounters& tcp, const RtcpCounters& opened,
                                                const FragmentCounters& fragments) const {
  std::vector<RefusalCount> out;
  append(out, "link", link);
  append(out, "ip_fragment", "malformed", fragments.malformed);
  append(out, "ip_fragment", "overlapping", fragments.overlapping);
  append(out, "ip_fragment", "too_long", fragments.too_long);
  append(out, "ip_fragment", "too_many_pieces", fragments.too_many_pieces);
  append(out, "ip_fragment", "expired", fragments.expired);
  append(out, "ip_fragment", "evicted", fragments.evicted);
  append(out, "stun", stun);
  append(out, "turn", turn);
  append(out, "dtls", dtls);
  append(out, "rtp", rtp);
  append(out, "rtcp", opened.malformed);
  append(out, "rtcp", "too_many_ssrcs", opened.streams_refused);
  append(out, "rtcp", "no_key_fits", opened.no_key_fits);
  append(out, "rtcp", "key_trial_put_off", opened.trials_put_off);
  append(out, "tcp", "cut_by_snap_length", counters.tcp_cut);
  append(out, "tcp", "framing_lost", tcp.gaps);
  append(out, "tcp", "skipped_while_framing_was_lost", tcp.segments_skipped);
  append(out, "tcp", "too_many_connections", tcp.connections_evicted);
  return out;
}

}  // namespace rtcscope::flows
