#pragma once
// The correlator's inside (internal to correlator).

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/stable_hash.hpp"
#include "correlator/correlator.hpp"
#include "correlator/feed_side.hpp"
#include "correlator/issues/engine.hpp"
#include "correlator/packet_side.hpp"

namespace rtcscope::correlator {

/// How often the tables are searched for what ended long ago.
inline constexpr Duration kForgetInterval = std::chrono::seconds{30};
/// A feed's clock may be ahead by that to say how late it is.
inline constexpr Duration kAhead = std::chrono::minutes{10};

inline HostId host_id(const std::string& name) {
  return {StableHash{}.add("host").add(name).value()};
}

class Correlator::Impl {
 public:
  Impl(const HostIdentity& host, const CorrelatorOptions& options, std::uint64_t hash_seed,
       model::ChangeSink& changes)
      : options_(options),
        changes_(changes),
        tokens_(hash_seed),
        feed_(host_id(host.name), {options.max_connections, options.max_sessions, options.cascade_rooms},
              tokens_),
        packets_({options.max_flows, options.max_streams, options.recent_window}, tokens_),
        issues_(host_id(host.name), options.issues) {
    host_.id = host_id(host.name);
    host_.name = host.name;
  }

  void take(const flows::FlowSnapshot& flow) {
    counts_.flow_snapshots += 1;
    mark_to_link(packets_.take(flow));
    see(flow.first_packet);
    see(flow.last_packet);
  }

  void take(const flows::StreamReport& report) {
    counts_.stream_reports += 1;
    packets_.take(report);
    see(report.end);
  }

  void take(const flows::RemoteReport& report) { packets_.take(report); }

  void take(const flows::FlowEvent& event) {
    see(event.time);
    if (event.kind == flows::FlowEventKind::kIcePairSwitched) packets_.count_pair_switch(event.flow);
    held_.push_back(event);
    if (held_.size() <= options_.max_held_events) return;
    ready_events_.push_back(entity(held_.front()));
    held_.pop_front();
  }

  void take(const feeds::Fact& fact) {
    counts_.facts += 1;
    // Not by a feed's clock that is far ahead of the packets', or by what was said before they were set back.
    if (newest_ == UtcTime{} || fact.origin.time <= newest_ + kAhead) see(fact.origin.time);
    feed_.take(fact);
  }

  void advance(UtcTime now) {
    relink();
    look(now);
    emit(now, false);
    while (packets_.full()) evict_flows();
    if (forget_due(now)) forget(now);
  }

  void clock_went_back(UtcTime now);

  void finish(UtcTime now) {
    finished_ = std::max(now, newest_);
    feed_.finish({*finished_, "observation ended", model::Source::kObserver});
    relink();
    look(*finished_);
    issues_.end_all(*finished_);
    packets_.touch_all();
    emit(*finished_, true);
  }

  std::vector<FeedClock> feed_clocks() const { return issues_.clocks().all(); }
  Snapshot snapshot() const;
  CorrelatorCounts counts() const {
    CorrelatorCounts counts = counts_;
    counts.facts_refused = feed_.facts_refused();
    counts.connections_evicted = feed_.connections_evicted();
    counts.sessions_evicted = feed_.rooms().evicted();
    counts.issues_refused = issues_.refused();
    return counts;
  }

 private:
  void see(UtcTime time) {
    if (host_.first_seen == UtcTime{} || time < host_.first_seen) host_.first_seen = time;
    newest_ = std::max(newest_, time);
  }

  void mark_to_link(FlowState& flow) {
    if (!std::exchange(flow.to_link, true)) to_link_.push_back(flow.snapshot.id);
  }
  void relink();
  void relink(FlowState& flow);
  bool has_rival(const FlowState& flow);
  void evict_flows();
  void drop(FlowId id);
  void forget(UtcTime now);
  /// What is wrong now, about once a second.
  void look(UtcTime now);
  void conclude(UtcTime now, const std::vector<ConnectionView>& views);
  void emit(UtcTime now, bool last);
  [[nodiscard]] bool forget_due(UtcTime now) const { return now - forgot_at_ >= kForgetInterval; }
  /// What is to go is told first.
  [[nodiscard]] bool states_due(UtcTime now) const {
    return now - states_told_ >= options_.tell_every || packets_.full() || forget_due(now);
  }
  void emit_states(bool last);
  void emit_host(UtcTime now);
  void emit_connections();
  void emit_samples(StreamState& stream, bool last);
  void emit_events(UtcTime now, bool last);

  [[nodiscard]] const Handle* handle_of(const FlowState* flow) const {
    return flow == nullptr ? nullptr : feed_.find(flow->link.connection);
  }
  /// Its connection was evicted while packets still came: what was told last has the names, this has none.
  [[nodiscard]] bool is_orphan(const FlowState& flow) const {
    return flow.link.connection.valid() && feed_.find(flow.link.connection) == nullptr;
  }
  [[nodiscard]] const model::Session* owner_of(const Handle* handle) const {
    return handle == nullptr ? nullptr : feed_.rooms().session(handle->presence);
  }
  /// Its participant is known.
  [[nodiscard]] bool is_named(const flows::FlowEvent& event) const;
  [[nodiscard]] model::Connection entity(const Handle& handle) const;
  [[nodiscard]] model::Stream entity(const StreamState& stream) const;
  [[nodiscard]] model::Event entity(const flows::FlowEvent& event) const;

  CorrelatorOptions options_;
  model::ChangeSink& changes_;
  model::Host host_;
  UtcTime host_told_{};
  UtcTime states_told_{};
  std::string media_server_told_;
  TokenIndex tokens_;
  FeedSide feed_;
  PacketSide packets_;
  std::vector<FlowId> to_link_;
  std::map<ConnectionId, std::set<FlowId>> linked_;
  std::set<ConnectionId> changed_connections_;
  std::map<ConnectionId, model::Connection> told_;
  IssueEngine issues_;
  UtcTime looked_at_{};
  std::deque<flows::FlowEvent> held_;
  std::vector<model::Event> ready_events_;
  UtcTime newest_{};
  UtcTime forgot_at_{};
  std::optional<UtcTime> finished_;
  CorrelatorCounts counts_;
};

}  // namespace rtcscope::correlator
