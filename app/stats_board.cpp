#include "app/stats_board.hpp"

#include <algorithm>
#include <optional>

#include "app/host.hpp"
#include "app/version.hpp"

namespace rtcscope::app {
namespace {

api::DecodeStats decode_stats(const flows::PathCounters& c) {
  api::DecodeStats stats;
  stats.frames = c.frames + c.rtp_metered;
  stats.datagrams = c.datagrams + c.rtp_metered;
  stats.tcp_segments = c.tcp_segments;
  stats.stun = c.stun;
  stats.dtls = c.dtls;
  stats.rtp = c.rtp + c.rtp_metered;
  stats.rtcp = c.rtcp;
  stats.turn_channel = c.turn_channel;
  stats.other = c.other;
  stats.ssrc_zero = c.ssrc_zero;
  stats.seen_elsewhere = c.seen_elsewhere;
  return stats;
}

/// What correlators had to give up, beside what decoders would not read.
std::vector<api::RefusalStats> evictions(const std::vector<const correlator::Correlator*>& correlators) {
  using Counts = correlator::CorrelatorCounts;
  std::vector<api::RefusalStats> refusals;
  const auto add = [&](const char* code, std::uint64_t Counts::*member) {
    std::uint64_t sum = 0;
    for (const correlator::Correlator* correlator : correlators) sum += correlator->counts().*member;
    if (sum != 0) refusals.push_back({"correlator", code, sum});
  };
  add("facts_refused", &Counts::facts_refused);
  add("connections_evicted", &Counts::connections_evicted);
  add("sessions_evicted", &Counts::sessions_evicted);
  add("flows_evicted", &Counts::flows_evicted);
  add("streams_evicted", &Counts::streams_evicted);
  add("issues_refused", &Counts::issues_refused);
  return refusals;
}

}  // namespace

StatsBoard::StatsBoard(std::string mode, UtcTime started_at) {
  stats_.version = version();
  stats_.mode = std::move(mode);
  stats_.started_at = started_at;
}

void StatsBoard::on_change(const model::Change& change) {
  const auto* flow = std::get_if<model::Flow>(&change);
  if (flow == nullptr) return;
  const bool unmatched = !flow->ended && flow->rtp_packets != 0 && !flow->connection.valid();
  if (unmatched) {
    unmatched_.insert(flow->id);
  } else {
    unmatched_.erase(flow->id);
  }
}

void StatsBoard::set_capture(PacketSource& source) {
  std::vector<api::InterfaceStats> interfaces;
  const std::vector<CaptureCounters> counters = source.counters();
  for (std::size_t i = 0; i < counters.size(); ++i) {
    const CaptureCounters& c = counters[i];
    interfaces.push_back(
        {source.interfaces()[i].name, c.packets, c.bytes, c.truncated, c.kernel_drops, c.interface_drops});
  }
  const std::lock_guard lock(mutex_);
  stats_.source = source.description();
  stats_.capture.interfaces = std::move(interfaces);
}

void StatsBoard::set_tap(const LiveCapture& capture) {
  api::TapStats stats;
  stats.kind = to_string(capture.choice);
  stats.note = capture.note;
  if (capture.tap != nullptr) {
    const TapStatus status = capture.tap->status();
    stats.attached_by = status.attached_by;
    stats.streams = status.streams;
    stats.max_streams = status.max_streams;
    stats.forgotten = status.forgotten;
    stats.attach_failures = status.attach_failures;
    stats.clock_steps = status.clock_steps;
    for (const TapLoss& loss : status.losses)
      stats.losses.push_back({loss.interface, loss.reason, loss.count});
    for (const TapPass& pass : status.passes) stats.left_alone.push_back({pass.reason, pass.count});
  }
  const std::lock_guard lock(mutex_);
  stats_.capture.tap = std::move(stats);
}

void StatsBoard::set_capture_error(const std::string& error) {
  const std::lock_guard lock(mutex_);
  stats_.capture.error = error;
}

void StatsBoard::set_pipeline(const Pipeline& pipeline) {
  const flows::PathTallies& tallies = pipeline.packets().tallies();
  const flows::PathCounters& c = tallies.counters;
  std::vector<api::RefusalStats> refusals;
  for (const flows::RefusalCount& r : pipeline.packets().refusals()) {
    refusals.push_back({r.protocol, r.reason, r.count});
  }
  if (const std::uint64_t again = pipeline.packets().table().key_counters().duplicates; again != 0) {
    refusals.push_back({"keys", "duplicate", again});
  }
  const std::lock_guard lock(mutex_);
  stats_.decode = decode_stats(c);
  packet_refusals_ = std::move(refusals);
  if (c.frames != 0) stats_.clock = pipeline.packets().newest_packet();
  stats_.flows.active = pipeline.packets().table().flows();
  stats_.flows.capacity = flows::FlowOptions{}.max_flows;
  stats_.flows.created = c.flows_created;
  stats_.flows.evicted = c.flows_evicted;
  stats_.flows.unmatched = unmatched_.size();
  stats_.flows.streams_active = pipeline.packets().table().streams();
  stats_.flows.streams_created = c.streams_created;
  stats_.flows.streams_evicted = c.streams_evicted;
  stats_.flows.streams_refused = c.streams_refused;
  stats_.flows.identities_refused = c.identities_refused;
}

void StatsBoard::set_correlators(const std::vector<const correlator::Correlator*>& correlators) {
  std::vector<api::RefusalStats> refusals = evictions(correlators);
  std::vector<api::FeedClockStats> clocks;
  for (const correlator::Correlator* correlator : correlators) {
    for (const correlator::FeedClock& clock : correlator->feed_clocks()) {
      clocks.push_back({clock.server, clock.offset_ms, clock.connections, clock.measured_at});
    }
  }
  const std::lock_guard lock(mutex_);
  correlator_refusals_ = std::move(refusals);
  stats_.feed.clocks = std::move(clocks);
}

void StatsBoard::set_bus(api::BusStats bus, std::vector<api::RefusalStats> refusals) {
  std::optional<UtcTime> newest;
  for (const api::ProbeStats& probe : bus.probes) newest = std::max(newest, probe.clock);
  const std::lock_guard lock(mutex_);
  stats_.source = "reports of probes over " + bus.address;
  stats_.clock = newest;
  stats_.bus = std::move(bus);
  packet_refusals_ = std::move(refusals);
}

void StatsBoard::set_keys(const LiveKeys& keys) {
  std::vector<api::RefusalStats> refusals;
  const auto add = [&](const char* code, std::uint64_t count) {
    if (count != 0) refusals.push_back({"keys", code, count});
  };
  const KeyProbeCounters c = keys.counters();
  add("not_read_in_time", c.dropped);
  add("unreadable", c.unreadable);
  add("unsupported_length", c.bad_length);
  add("unsupported_policy", c.unsupported_policy);
  add("policies_over_bound", c.lists_cut);
  add("memory_not_locked", keys.not_locked());
  const std::lock_guard lock(mutex_);
  key_refusals_ = std::move(refusals);
}

void StatsBoard::count_feed(std::uint64_t events, std::uint64_t refused, UtcTime last_event) {
  const std::lock_guard lock(mutex_);
  stats_.feed.events += events;
  stats_.feed.refused += refused;
  stats_.feed.last_event_at = last_event;
}

void StatsBoard::count_feed_refused(std::uint64_t refused) {
  const std::lock_guard lock(mutex_);
  stats_.feed.refused += refused;
}

void StatsBoard::set_finished() {
  const std::lock_guard lock(mutex_);
  stats_.finished = true;
}

api::Stats StatsBoard::stats() const {
  api::Stats stats;
  {
    const std::lock_guard lock(mutex_);
    stats = stats_;
    for (const auto* refusals : {&packet_refusals_, &correlator_refusals_, &key_refusals_}) {
      stats.refusals.insert(stats.refusals.end(), refusals->begin(), refusals->end());
    }
  }
  stats.now = utc_now();
  stats.uptime_s = std::chrono::duration<double>(stats.now - stats.started_at).count();
  ask_others(stats);
  return stats;
}

std::vector<api::ReadinessCheck> StatsBoard::readiness() const {
  const std::lock_guard lock(mutex_);
  if (stats_.bus.enabled) {
    const std::string& fault = stats_.bus.last_error;
    return {{"bus", stats_.bus.connected, true, stats_.bus.connected ? stats_.bus.address : fault}};
  }
  const bool capturing = stats_.capture.error.empty();
  return {{"capture", capturing, true, capturing ? stats_.source : stats_.capture.error}};
}

}  // namespace rtcscope::app
