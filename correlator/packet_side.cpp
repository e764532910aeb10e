#include "correlator/packet_side.hpp"

#include <algorithm>
#include <tuple>

#include "correlator/linker.hpp"

namespace rtcscope::correlator {

void PacketSide::take(const flows::FlowSnapshot& flow) {
  FlowState& state = flows_[flow.id];
  state.snapshot = flow;
  const bool beyond = flow.turn_client.valid() && flow.key.encapsulation != flows::Encapsulation::kTurn;
  if (beyond) beyond_relay_[flow.turn_client].insert(flow.id);
  std::set<Token> tokens = tokens_of(flow);
  for (const Token token : tokens) {
    if (state.tokens.count(token) == 0) tokens_.add(token, flow.id);
  }
  state.tokens.merge(tokens);
  for (const flows::StreamFacts& facts : flow.streams) {
    const auto stream = streams_.find(facts.id);
    if (stream == streams_.end()) continue;
    StreamState& known = stream->second;
    if (known.facts.mid != facts.mid || known.facts.rid != facts.rid) changed_streams_.insert(facts.id);
    known.facts = facts;
  }
  changed_flows_.insert(flow.id);
}

void PacketSide::take(const flows::StreamReport& report) {
  const auto [place, is_new] = streams_.try_emplace(report.stream);
  StreamState& stream = place->second;
  if (is_new) flows_[report.flow].streams.insert(report.stream);
  stream.last = report;
  stream.capture_drops += report.capture_drops;
  stream.recent.push_back({report.start, report.end, report.interval.bytes, report.interval.expected,
                           report.interval.lost, report.interval.packets, report.capture_drops});
  while (stream.recent.front().start + bounds_.recent_window < report.end && stream.recent.size() > 1) {
    stream.recent.pop_front();
  }
  stream.held.push_back(report);
  changed_streams_.insert(report.stream);
}

void PacketSide::take(const flows::RemoteReport& report) {
  const auto flow = flows_.find(report.flow);
  if (flow == flows_.end()) return;
  flow->second.remote[{report.ssrc, report.media_sender}] = report;
  for (const StreamId id : flow->second.streams) {
    const flows::StreamReport& stream = streams_.at(id).last;
    if (stream.ssrc == report.ssrc && stream.sender == report.media_sender) changed_streams_.insert(id);
  }
}

void PacketSide::count_pair_switch(FlowId id) {
  const auto flow = flows_.find(id);
  if (flow != flows_.end()) flow->second.pair_switches += 1;
}

FlowState* PacketSide::find(FlowId id) {
  const auto found = flows_.find(id);
  return found == flows_.end() ? nullptr : &found->second;
}

const FlowState* PacketSide::find(FlowId id) const {
  const auto found = flows_.find(id);
  return found == flows_.end() ? nullptr : &found->second;
}

StreamState* PacketSide::find(StreamId id) {
  const auto found = streams_.find(id);
  return found == streams_.end() ? nullptr : &found->second;
}

bool PacketSide::is_relay_leg(const FlowState& flow) const {
  const flows::FlowSnapshot& inner = flow.snapshot;
  const auto legs = beyond_relay_.find(inner.turn_client);
  if (inner.key.encapsulation != flows::Encapsulation::kTurn || legs == beyond_relay_.end()) return false;
  return std::any_of(legs->second.begin(), legs->second.end(), [&](FlowId id) {
    const flows::FlowSnapshot& leg = flows_.at(id).snapshot;
    const bool same_peer = leg.key.a == inner.key.relayed_peer || leg.key.b == inner.key.relayed_peer;
    return same_peer && leg.rtp_packets.packets != decltype(leg.rtp_packets.packets){};
  });
}

void PacketSide::touch(const FlowState& flow) {
  changed_flows_.insert(flow.snapshot.id);
  changed_streams_.insert(flow.streams.begin(), flow.streams.end());
}

std::vector<FlowId> PacketSide::oldest() const {
  using Rank = std::tuple<bool, UtcTime, FlowId>;
  std::vector<Rank> ranks;
  for (const auto& [id, flow] : flows_) {
    ranks.emplace_back(flow.snapshot.end == flows::FlowEnd::kNone, flow.snapshot.last_packet, id);
  }
  const std::size_t count = std::min(ranks.size(), std::max<std::size_t>(1, ranks.size() / 16));
  std::partial_sort(ranks.begin(), ranks.begin() + static_cast<std::ptrdiff_t>(count), ranks.end());
  std::vector<FlowId> ids;
  for (std::size_t i = 0; i < count; ++i) ids.push_back(std::get<FlowId>(ranks[i]));
  return ids;
}

std::vector<FlowId> PacketSide::ended_before(UtcTime time) const {
  std::vector<FlowId> ids;
  for (const auto& [id, flow] : flows_) {
    if (flow.snapshot.end != flows::FlowEnd::kNone && flow.snapshot.last_packet < time) ids.push_back(id);
  }
  return ids;
}

void PacketSide::erase(FlowId id) {
  const auto found = flows_.find(id);
  if (found == flows_.end()) return;
  for (const Token token : found->second.tokens) tokens_.remove(token, id);
  for (const StreamId stream : found->second.streams) {
    streams_.erase(stream);
    changed_streams_.erase(stream);
  }
  changed_flows_.erase(id);
  const auto legs = beyond_relay_.find(found->second.snapshot.turn_client);
  if (legs != beyond_relay_.end() && legs->second.erase(id) != 0 && legs->second.empty()) {
    beyond_relay_.erase(legs);
  }
  flows_.erase(found);
}

}  // namespace rtcscope::correlator
