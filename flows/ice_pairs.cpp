#include "flows/ice_pairs.hpp"

#include <algorithm>

namespace rtcscope::flows {

void IcePairs::begin() {
  round_ += 1;
  std::erase_if(sessions_, [&](const auto& entry) {
    const Session& session = entry.second;
    return std::max({session.current_round, session.best_round, session.connected}) + kForgetAfter < round_;
  });
}

void IcePairs::note_media(std::uint64_t id, FlowId flow, std::uint64_t packets) {
  Session& session = sessions_[id];
  if (!session.current.valid()) session.current = flow;
  if (session.current == flow) session.current_round = round_;
  if (session.best_round == round_ && session.best_packets >= packets) return;
  session.best = flow;
  session.best_packets = packets;
  session.best_round = round_;
}

bool IcePairs::connected(std::uint64_t session) const {
  const auto found = sessions_.find(session);
  return found != sessions_.end() && found->second.connected == round_;
}

bool IcePairs::took_over(std::uint64_t id, FlowId flow) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return false;
  Session& session = found->second;
  // While both have media, the switch is under way.
  if (session.current_round == round_ || session.best != flow || session.best_round != round_) return false;
  session.current = flow;
  session.current_round = round_;
  return true;
}

}  // namespace rtcscope::flows
