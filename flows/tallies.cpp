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

}  // namespace

std::vector<RefusalCount> PathTallies::refusals() const {
  std::vector<RefusalCount> out;
  append(out, "link", link);
  append(out, "stun", stun);
  append(out, "turn", turn);
  append(out, "dtls", dtls);
  append(out, "rtp", rtp);
  return out;
}

}  // namespace rtcscope::flows
