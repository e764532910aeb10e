#include "flows/flow_table.hpp"

#include <algorithm>

#include "decoders/stun/message.hpp"
#include "decoders/turn/channel_data.hpp"

namespace rtcscope::flows {

FlowTable::FlowTable(const FlowOptions& options, std::uint64_t hash_seed, FlowSink& sink,
                     PathTallies& tallies)
    : options_(options),
      rtcp_(sink),
      relays_(hash_seed),
      context_{options_, sink, tallies, rtcp_, relays_, {}, {}},
      tallies_(tallies),
      map_(0, SeededKeyHash{hash_seed}) {}

FlowTable::~FlowTable() = default;

std::uint64_t FlowTable::drops(std::uint32_t interface_index) const noexcept {
  return interface_index < capture_drops_.size() ? capture_drops_[interface_index] : 0;
}

void FlowTable::add_capture_drops(std::uint32_t interface_index, std::uint64_t frames) {
  // The index comes from our own capture source; the bound only keeps a mistake there from growing memory.
  if (interface_index >= 4096) return;
  if (interface_index >= capture_drops_.size()) capture_drops_.resize(interface_index + 1, 0);
  capture_drops_[interface_index] += frames;
}

Flow* FlowTable::find(const CanonicalKey& key) {
  const auto found = map_.find(key);
  return found == map_.end() ? nullptr : found->second.get();
}

Flow& FlowTable::create(const Datagram& datagram, const CanonicalKey& key) {
  if (map_.size() >= options_.max_flows) evict_one();
  const std::uint32_t i = datagram.interface_index;
  auto flow = std::make_unique<Flow>(context_, datagram,
                                     i < interface_names_.size() ? interface_names_[i] : "", drops(i));
  Flow& created = *flow;
  map_.emplace(key, std::move(flow));
  created.recency = unproved_.insert(unproved_.end(), &created);
  tallies_.counters.flows_created += 1;
  join_relay(created, datagram);
  return created;
}

void FlowTable::add(const Datagram& datagram) {
  newest_ = std::max(newest_, datagram.time);
  advance(datagram.time);
  const CanonicalKey key = canonical_key(datagram.five_tuple, datagram.encapsulation, datagram.relayed_peer);
  Flow* flow = find(key);
  if (flow == nullptr) {
    // What RFC 7983 does not know opens no state; inside a known flow it is counted.
    switch (datagram.packet_class) {
      case demux::PacketClass::kStun:
      case demux::PacketClass::kDtls:
      case demux::PacketClass::kRtp:
      case demux::PacketClass::kRtcp:
        flow = &create(datagram, key);
        break;
      default:
        return;
    }
  }
  add_to_flow(*flow, datagram);
  if (flow->turn().facts().state == TurnState::kNone &&
      datagram.packet_class != demux::PacketClass::kTurnChannel &&
      datagram.packet_class != demux::PacketClass::kStun) {
    return;
  }
  note_relay(*flow);
  unwrap_turn(*flow, datagram);
}

bool FlowTable::add_meter(const MeterReading& reading) {
  const CanonicalKey key = canonical_key(reading.five_tuple, Encapsulation::kNone, {});
  const UtcTime last = utc_from_ns(static_cast<std::int64_t>(reading.meter.last_ns));
  const Duration silent = reading.time - last;
  Flow* flow = find(key);
  if (flow == nullptr) {
    // The packets that should have made the flow were lost on the way here, or it was evicted.
    if (silent > options_.idle_unproved) return false;
    if (reading.meter.sequential < kLateAttachPackets) return true;
    Datagram first;
    first.time = utc_from_ns(static_cast<std::int64_t>(reading.meter.first_ns));
    first.five_tuple = reading.five_tuple;
    first.direction = reading.direction;
    first.interface_index = reading.interface_index;
    first.path = reading.path;
    flow = &create(first, key);
  }
  const UtcTime heard_before = flow->last_packet();
  const bool kept = flow->add_meter(reading);
  if (flow->last_packet() != heard_before || flow->proved() != flow->listed_as_proved) relist(*flow);
  return kept;
}

void FlowTable::add_to_flow(Flow& flow, const Datagram& datagram) {
  flow.add(datagram);
  relist(flow);
}

/// To the end of its list: it was heard of last.
void FlowTable::relist(Flow& flow) {
  Recency& from = flow.listed_as_proved ? proved_ : unproved_;
  Recency& to = flow.proved() ? proved_ : unproved_;
  flow.listed_as_proved = flow.proved();
  to.splice(to.end(), from, flow.recency);
}

void FlowTable::note_relay(const Flow& flow) {
  const TurnFacts& turn = flow.turn().facts();
  if (turn.state != TurnState::kAllocated) return;
  const FlowId* known = relayed_.find(turn.relayed);
  if (known == nullptr || *known != flow.id()) relayed_.put(turn.relayed, flow.id());
}

// The other leg of a relayed path: one end is what a TURN server seen here relays for a client.
void FlowTable::join_relay(Flow& created, const Datagram& datagram) {
  if (datagram.encapsulation == Encapsulation::kTurn) {
    created.set_turn_client(datagram.turn_client);
    return;
  }
  if (relayed_.size() == 0) return;
  for (const Endpoint* end : {&datagram.five_tuple.source, &datagram.five_tuple.destination}) {
    if (const FlowId* client = relayed_.find(*end)) created.set_turn_client(*client);
  }
}

// What travels through a TURN server on this host: ChannelData (RFC 8656, 12.4) and Send/Data indications
// (RFC 8656, 11) carry a datagram between the client and a peer behind the server.
void FlowTable::unwrap_turn(const Flow& outer, const Datagram& datagram) {
  if (datagram.encapsulation != Encapsulation::kNone) return;
  std::optional<TurnTracker::Inner> inner;
  if (datagram.packet_class == demux::PacketClass::kTurnChannel) {
    const auto channel_data = turn::parse_channel_data(datagram.payload, datagram.wire_bytes);
    if (!channel_data) {
      tallies_.turn.add(channel_data.error().code);
      return;
    }
    inner = outer.turn().inner_of(*channel_data);
  } else if (datagram.packet_class == demux::PacketClass::kStun) {
    const auto message = stun::parse_stun(datagram.payload);
    if (message) inner = TurnTracker::inner_of(*message);
  }
  if (!inner) return;
  Datagram unwrapped = datagram;
  unwrapped.encapsulation = Encapsulation::kTurn;
  unwrapped.relayed_peer = inner->peer;
  unwrapped.turn_client = outer.id();
  unwrapped.payload = inner->data;
  unwrapped.wire_bytes = inner->wire_bytes;
  unwrapped.packet_class = demux::classify(inner->data);
  add(unwrapped);
}

void FlowTable::advance(UtcTime now) {
  const UtcTime boundary = std::chrono::floor<std::chrono::seconds>(now);
  if (boundary <= last_boundary_) return;
  if (last_boundary_ != UtcTime{} && last_boundary_ + options_.report_interval < boundary) {
    // Silence after the last packet's second is an interval of its own: nobody's bitrate is smeared.
    tick(last_boundary_ + options_.report_interval);
  }
  if (last_boundary_ != UtcTime{}) tick(boundary);
  last_boundary_ = boundary;
  newest_ = std::max(newest_, now);
}

// Which pair of each ICE session carries the media: packets tell, whoever nominated what.
void FlowTable::watch_pairs() {
  pairs_.begin();
  for (const Flow* flow : proved_) {
    if (flow->ice_session() == 0) continue;
    if (flow->ice_connected()) pairs_.note_connected(flow->ice_session());
    if (flow->media().packets != 0) pairs_.note_media(flow->ice_session(), flow->id(), flow->media().packets);
  }
  for (Flow* flow : proved_) {
    if (flow->ice_session() == 0) continue;
    if (pairs_.connected(flow->ice_session())) flow->set_session_connected();
    if (flow->media().packets != 0 && pairs_.took_over(flow->ice_session(), flow->id())) {
      flow->note_pair_switch();
    }
  }
}

void FlowTable::tick(UtcTime boundary) {
  watch_pairs();
  for (Flow* flow : proved_) flow->report(boundary, drops(flow->interface_index()));
  expire(boundary);
}

void FlowTable::expire(UtcTime now) {
  expire(unproved_, now - options_.idle_unproved);
  expire(proved_, now - options_.idle_timeout);
}

void FlowTable::expire(Recency& flows, UtcTime silent_since) {
  while (!flows.empty() && flows.front()->last_packet() < silent_since) {
    erase(*flows.front(), FlowEnd::kIdle, flows.front()->last_packet() + options_.idle_timeout);
  }
}

void FlowTable::evict_one() {
  Recency& from = unproved_.empty() ? proved_ : unproved_;
  if (from.empty()) return;
  tallies_.counters.flows_evicted += 1;
  erase(*from.front(), FlowEnd::kEvicted, newest_);
}

void FlowTable::erase(Flow& flow, FlowEnd end, UtcTime at) {
  if (flow.proved()) flow.end(end, at, drops(flow.interface_index()));
  rtcp_.on_flow_end(flow.id(), at);
  (flow.listed_as_proved ? proved_ : unproved_).erase(flow.recency);
  const CanonicalKey key = flow.canonical();
  map_.erase(key);
}

void FlowTable::begin_anew() {
  finish();
  last_boundary_ = newest_ = UtcTime{};
}

void FlowTable::finish() {
  while (!unproved_.empty()) erase(*unproved_.front(), FlowEnd::kCaptureEnd, newest_);
  while (!proved_.empty()) erase(*proved_.front(), FlowEnd::kCaptureEnd, newest_);
}

}  // namespace rtcscope::flows
