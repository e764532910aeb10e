#include "correlator/packet_side.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "correlator/linker.hpp"

namespace rtcscope::correlator {
namespace {

/// False: it was there.
template <class Value>
bool insert_in_order(std::vector<Value>& list, Value value) {
  const auto place = std::lower_bound(list.begin(), list.end(), value);
  if (place != list.end() && *place == value) return false;
  list.insert(place, value);
  return true;
}

HeldSample held_sample(const flows::StreamReport& report) {
  return {report.start,          report.end,           report.interval,
          report.jitter,         report.capture_drops, report.interval_freezes,
          report.received_behind};
}

/// The states of those that still are there, by id, each once.
template <class Id, class States>
auto take_changed(std::vector<Id>& changed, States& states) {
  std::sort(changed.begin(), changed.end());
  std::vector<typename States::mapped_type*> list;
  list.reserve(changed.size());
  for (const Id id : changed) {
    const auto found = states.find(id);
    // Gone, or gone and come again, which is twice in the list.
    if (found == states.end() || !std::exchange(found->second.to_tell, false)) continue;
    list.push_back(&found->second);
  }
  changed.clear();
  return list;
}

}  // namespace

FlowState& PacketSide::take(const flows::FlowSnapshot& flow) {
  FlowState& state = flows_[flow.id];
  const bool told = !state.tokens.empty() && same_tokens(state.snapshot, flow);
  state.snapshot = flow;
  const bool beyond = flow.turn_client.valid() && flow.key.encapsulation != flows::Encapsulation::kTurn;
  if (beyond) beyond_relay_[flow.turn_client].insert(flow.id);
  for (const Token token : told ? std::vector<Token>{} : tokens_of(flow)) {
    if (insert_in_order(state.tokens, token)) tokens_.add(token, flow.id);
  }
  for (const flows::StreamFacts& facts : flow.streams) {
    const auto found = streams_.find(facts.id);
    if (found == streams_.end()) continue;
    StreamState& stream = found->second;
    if (stream.mid == facts.mid && stream.rid == facts.rid) continue;
    stream.mid = facts.mid;
    stream.rid = facts.rid;
    touch(stream);
  }
  mark(state);
  return state;
}

void PacketSide::take(const flows::StreamReport& report) {
  const auto [place, is_new] = streams_.try_emplace(report.stream);
  StreamState& stream = place->second;
  if (is_new) {
    stream.flow = &flows_[report.flow];
    insert_in_order(stream.flow->streams, report.stream);
  }
  stream.last = report;
  stream.capture_drops += report.capture_drops;
  stream.recent.push_back({report.start, report.end, report.interval.bytes, report.interval.expected,
                           report.interval.lost, report.interval.packets, report.capture_drops});
  const auto old = [&](const RecentReport& r) { return r.start + bounds_.recent_window < report.end; };
  const auto keep = std::find_if_not(stream.recent.begin(), stream.recent.end() - 1, old);
  stream.recent.erase(stream.recent.begin(), keep);
  stream.held.push_back(held_sample(report));
  const auto remote = stream.flow->remote.find({report.ssrc, report.sender});
  const bool settled = stream.reported && stream.reported->settled;
  if (remote != stream.flow->remote.end() && remote->second.reports != 0 && !settled) {
    take_reported(stream, remote->second);
    stream.reported->settled = true;
  }
  touch(stream);
}

// RFC 3550, 6.4.1: a report block tells of all up to its highest sequence number. The tap's counts were taken
// up to a second before the block came, or after it.
void PacketSide::take_reported(StreamState& stream, const flows::RemoteReport& remote) {
  const flows::StreamReport& tap = stream.last;
  const auto beyond = static_cast<std::int16_t>(tap.highest_sequence - remote.highest_sequence);
  const auto expected = static_cast<std::int64_t>(tap.total.expected);
  double share = 0;  // of the interval that the block does not tell of
  if (beyond > 0 && tap.interval.expected != 0) {
    share = std::min(1.0, static_cast<double>(beyond) / static_cast<double>(tap.interval.expected));
  }
  ReportedPart part;
  part.reports = remote.reports;
  part.expected = static_cast<std::uint64_t>(std::max<std::int64_t>(0, expected - beyond));
  part.lost = tap.total.lost - std::llround(share * static_cast<double>(tap.interval.lost));
  stream.reported = part;
}

void PacketSide::take(const flows::RemoteReport& report) {
  const auto flow = flows_.find(report.flow);
  if (flow == flows_.end()) return;
  flow->second.remote[{report.ssrc, report.media_sender}] = report;
  for (const StreamId id : flow->second.streams) {
    StreamState& stream = streams_.at(id);
    if (stream.last.ssrc != report.ssrc || stream.last.sender != report.media_sender) continue;
    if (report.reports != (stream.reported ? stream.reported->reports : 0)) take_reported(stream, report);
    touch(stream);
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

const StreamState* PacketSide::find(StreamId id) const {
  const auto found = streams_.find(id);
  return found == streams_.end() ? nullptr : &found->second;
}

bool PacketSide::is_relay_leg(const FlowState& flow) const {
  const flows::FlowSnapshot& inner = flow.snapshot;
  if (inner.key.encapsulation != flows::Encapsulation::kTurn) return false;
  const auto legs = beyond_relay_.find(inner.turn_client);
  if (legs == beyond_relay_.end()) return false;
  return std::any_of(legs->second.begin(), legs->second.end(), [&](FlowId id) {
    const flows::FlowSnapshot& leg = flows_.at(id).snapshot;
    const bool same_peer = leg.key.a == inner.key.relayed_peer || leg.key.b == inner.key.relayed_peer;
    return same_peer && leg.rtp_packets.packets != decltype(leg.rtp_packets.packets){};
  });
}

void PacketSide::touch(StreamState& stream) {
  if (!std::exchange(stream.to_tell, true)) changed_streams_.push_back(stream.last.stream);
}

void PacketSide::mark(FlowState& flow) {
  // One whose streams were reported first is told with its first snapshot.
  const FlowId own = flow.snapshot.id;
  if (own.valid() && !std::exchange(flow.to_tell, true)) changed_flows_.push_back(own);
}

void PacketSide::touch(FlowState& flow) {
  mark(flow);
  for (const StreamId id : flow.streams) touch(streams_.at(id));
}

void PacketSide::touch_all() {
  for (auto& [id, flow] : flows_) touch(flow);
}

std::vector<FlowState*> PacketSide::take_changed_flows() {
  return take_changed(changed_flows_, flows_);
}

std::vector<StreamState*> PacketSide::take_changed_streams() {
  return take_changed(changed_streams_, streams_);
}

std::vector<FlowId> PacketSide::oldest() const {
  using Rank = std::tuple<bool, UtcTime, FlowId>;
  std::vector<Rank> ranks;
  ranks.reserve(flows_.size());
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
  for (const StreamId stream : found->second.streams) streams_.erase(stream);
  const auto legs = beyond_relay_.find(found->second.snapshot.turn_client);
  if (legs != beyond_relay_.end() && legs->second.erase(id) != 0 && legs->second.empty()) {
    beyond_relay_.erase(legs);
  }
  flows_.erase(found);
}

}  // namespace rtcscope::correlator
