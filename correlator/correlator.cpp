#include "correlator/correlator.hpp"

#include <algorithm>
#include <deque>

#include "base/stable_hash.hpp"
#include "correlator/entities.hpp"
#include "correlator/feed_side.hpp"
#include "correlator/linker.hpp"
#include "correlator/packet_side.hpp"
#include "correlator/timeline.hpp"

namespace rtcscope::correlator {
namespace {

/// How often the tables are searched for what ended long ago.
constexpr Duration kForgetInterval = std::chrono::seconds{30};
/// last_seen of a host is told this often at most.
constexpr Duration kHostInterval = std::chrono::seconds{10};

HostId host_id(const std::string& name) {
  return {StableHash{}.add("host").add(name).value()};
}

}  // namespace

class Correlator::Impl {
 public:
  Impl(const HostIdentity& host, CorrelatorOptions options, model::ChangeSink& changes)
      : options_(options),
        changes_(changes),
        feed_(host_id(host.name), {options.max_connections, options.max_sessions}, tokens_),
        packets_({options.max_flows, options.max_streams, options.recent_window}, tokens_) {
    host_.id = host_id(host.name);
    host_.name = host.name;
  }

  void take(const flows::FlowSnapshot& flow) {
    counts_.flow_snapshots += 1;
    packets_.take(flow);
    to_link_.insert(flow.id);
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
    held_.push_back(event);
    if (held_.size() <= options_.max_held_events) return;
    ready_events_.push_back(entity(held_.front()));
    held_.pop_front();
  }

  void take(const feeds::Fact& fact) {
    counts_.facts += 1;
    see(fact.origin.time);
    feed_.take(fact);
  }

  void advance(UtcTime now) {
    while (packets_.full()) evict_flows();
    relink();
    emit(now, false);
    if (now - forgot_at_ >= kForgetInterval) forget(now);
  }

  void finish(UtcTime now) {
    finished_ = std::max(now, newest_);
    feed_.finish({*finished_, "observation ended", model::Source::kObserver});
    relink();
    for (const auto& [id, flow] : packets_.flows()) packets_.touch(flow);
    emit(*finished_, true);
  }

  Snapshot snapshot() const;
  CorrelatorCounts counts() const {
    CorrelatorCounts counts = counts_;
    counts.facts_refused = feed_.facts_refused();
    counts.connections_evicted = feed_.connections_evicted();
    counts.sessions_evicted = feed_.rooms().evicted();
    return counts;
  }

 private:
  void see(UtcTime time) {
    if (host_.first_seen == UtcTime{} || time < host_.first_seen) host_.first_seen = time;
    newest_ = std::max(newest_, time);
  }

  void relink();
  void relink(FlowState& flow);
  void evict_flows();
  void drop(FlowId id);
  void forget(UtcTime now);
  void emit(UtcTime now, bool last);
  void emit_host(UtcTime now);
  void emit_connections();
  void emit_samples(StreamState& stream, bool last);
  void emit_events(UtcTime now, bool last);

  [[nodiscard]] const Handle* handle_of(const FlowState* flow) const {
    return flow == nullptr ? nullptr : feed_.find(flow->link.connection);
  }
  /// Its connection was evicted while packets still came: what was told last has the names, this has none.
  [[nodiscard]] bool is_orphan(const FlowState* flow) const {
    return flow != nullptr && flow->link.connection.valid() && feed_.find(flow->link.connection) == nullptr;
  }
  [[nodiscard]] const model::Session* owner_of(const Handle* handle) const {
    return handle == nullptr ? nullptr : feed_.rooms().session(handle->presence);
  }
  [[nodiscard]] model::Connection entity(const Handle& handle) const;
  [[nodiscard]] model::Stream entity(const StreamState& stream) const;
  [[nodiscard]] model::Event entity(const flows::FlowEvent& event) const;

  CorrelatorOptions options_;
  model::ChangeSink& changes_;
  model::Host host_;
  UtcTime host_told_{};
  std::string media_server_told_;
  TokenIndex tokens_;
  FeedSide feed_;
  PacketSide packets_;
  std::set<FlowId> to_link_;
  std::map<ConnectionId, std::set<FlowId>> linked_;
  std::set<ConnectionId> changed_connections_;
  std::map<ConnectionId, model::Connection> told_;
  std::deque<flows::FlowEvent> held_;
  std::vector<model::Event> ready_events_;
  std::vector<model::Change> farewells_;  // last states of what was evicted
  UtcTime newest_{};
  UtcTime forgot_at_{};
  std::optional<UtcTime> finished_;
  CorrelatorCounts counts_;
};

void Correlator::Impl::relink() {
  for (const ConnectionId id : feed_.take_changed()) {
    changed_connections_.insert(id);
    const Handle* handle = feed_.find(id);
    if (handle == nullptr) continue;
    for (const Token token : handle->tokens()) {
      const TokenIndex::Posting* posting = tokens_.find(token);
      if (posting != nullptr && !posting->common())
        to_link_.insert(posting->flows.begin(), posting->flows.end());
    }
    // Names and clocks of what hangs on the handle may be new, too.
    const auto linked = linked_.find(id);
    if (linked == linked_.end()) continue;
    for (const FlowId flow : linked->second) {
      to_link_.insert(flow);
      if (const FlowState* state = packets_.find(flow)) packets_.touch(*state);
    }
  }
  for (const FlowId id : std::exchange(to_link_, {})) {
    if (FlowState* flow = packets_.find(id)) relink(*flow);
  }
}

void Correlator::Impl::relink(FlowState& flow) {
  std::set<ConnectionId> ids;
  for (const Token token : flow.tokens) {
    const TokenIndex::Posting* posting = tokens_.find(token);
    if (posting != nullptr && !posting->common()) {
      ids.insert(posting->connections.begin(), posting->connections.end());
    }
  }
  std::vector<const Handle*> candidates;
  for (const ConnectionId id : ids) {
    if (const Handle* handle = feed_.find(id)) candidates.push_back(handle);
  }
  const ConnectionId before = flow.link.connection;
  if (before.valid() && feed_.find(before) == nullptr) return;  // evicted: what was proved stays true
  const std::optional<flows::Side> server_before = flow.server();
  flow.link = choose(flow, candidates);
  const ConnectionId after = flow.link.connection;
  if (after.valid()) changed_connections_.insert(after);
  if (before == after && server_before == flow.server()) return;
  if (before.valid() && before != after) {
    linked_[before].erase(flow.snapshot.id);
    changed_connections_.insert(before);
  }
  if (after.valid()) {
    linked_[after].insert(flow.snapshot.id);
    counts_.relinked += flow.was_linked && before != after ? 1 : 0;
    flow.was_linked = true;
  }
  packets_.touch(flow);
}

void Correlator::Impl::evict_flows() {
  for (const FlowId id : packets_.oldest()) {
    const FlowState& flow = *packets_.find(id);
    farewells_.emplace_back(flow_entity(host_.id, flow));
    for (const StreamId stream : flow.streams) {
      StreamState& state = *packets_.find(stream);
      farewells_.emplace_back(entity(state));
      counts_.streams_evicted += 1;
    }
    counts_.flows_evicted += 1;
    drop(id);
  }
}

void Correlator::Impl::drop(FlowId id) {
  const auto linked = linked_.find(packets_.find(id)->link.connection);
  if (linked != linked_.end()) linked->second.erase(id);
  packets_.erase(id);
}

// After emit(): what goes has been told in its last state.
void Correlator::Impl::forget(UtcTime now) {
  forgot_at_ = now;
  for (const FlowId id : packets_.ended_before(now - options_.linger)) drop(id);
  feed_.forget_ended_before(now - options_.linger);
}

model::Connection Correlator::Impl::entity(const Handle& handle) const {
  std::vector<const FlowState*> flows;
  const auto linked = linked_.find(handle.id);
  if (linked != linked_.end()) {
    for (const FlowId id : linked->second) flows.push_back(packets_.find(id));
  }
  model::Connection connection = connection_entity(handle, owner_of(&handle), flows);
  if (finished_ && !connection.ended) {
    connection.ended = model::Ending{*finished_, "observation ended", model::Source::kObserver};
  }
  return connection;
}

model::Stream Correlator::Impl::entity(const StreamState& stream) const {
  const FlowState* flow = packets_.find(stream.last.flow);
  const Handle* handle = handle_of(flow);
  return stream_entity(stream, flow, handle, owner_of(handle));
}

model::Event Correlator::Impl::entity(const flows::FlowEvent& event) const {
  const FlowState* flow = packets_.find(event.flow);
  const Handle* handle = handle_of(flow);
  std::optional<bool> from_server;
  if (flow != nullptr && flow->server()) from_server = event.side == *flow->server();
  const TimelineText line = describe(event, from_server);
  model::Event entity;
  entity.time = event.time;
  entity.host = host_.id;
  entity.source = model::Source::kPackets;
  entity.kind = line.kind;
  entity.text = line.text;
  entity.detail = line.detail;
  entity.stream = event.stream;
  if (handle != nullptr) entity.connection = handle->id;
  if (const model::Session* owner = owner_of(handle)) {
    entity.session = owner->id;
    entity.conference = owner->conference;
    entity.participant = owner->participant;
  }
  return entity;
}

void Correlator::Impl::emit(UtcTime now, bool last) {
  emit_host(now);
  feed_.rooms().flush(changes_);
  emit_connections();
  for (const model::Change& change : std::exchange(farewells_, {})) changes_.on_change(change);
  for (const FlowId id : packets_.take_changed_flows()) {
    if (const FlowState* flow = packets_.find(id)) changes_.on_change(flow_entity(host_.id, *flow));
  }
  const std::set<StreamId> streams = packets_.take_changed_streams();
  for (const StreamId id : streams) {
    const StreamState* stream = packets_.find(id);
    if (stream == nullptr || is_orphan(packets_.find(stream->last.flow))) continue;
    changes_.on_change(entity(*stream));
  }
  for (const StreamId id : streams) {
    if (StreamState* stream = packets_.find(id)) emit_samples(*stream, last);
  }
  emit_events(now, last);
}

void Correlator::Impl::emit_host(UtcTime now) {
  if (host_.first_seen == UtcTime{}) return;
  const bool news = feed_.media_server() != media_server_told_ || host_told_ == UtcTime{};
  if (!news && now - host_told_ < kHostInterval && !finished_) return;
  host_.last_seen = newest_;
  host_.media_server = media_server_told_ = feed_.media_server();
  host_told_ = now;
  changes_.on_change(host_);
}

// A connection's flows change every second, what is said of it rarely.
void Correlator::Impl::emit_connections() {
  for (const ConnectionId id : std::exchange(changed_connections_, {})) {
    const Handle* handle = feed_.find(id);
    if (handle == nullptr) {
      told_.erase(id);
      linked_.erase(id);
      continue;
    }
    const bool has_flows = linked_.count(id) != 0 && !linked_.at(id).empty();
    if (!handle->negotiated && !has_flows) continue;
    model::Connection connection = entity(*handle);
    const auto told = told_.find(id);
    if (told != told_.end() && told->second == connection) continue;
    changes_.on_change(connection);
    told_[id] = std::move(connection);
  }
}

void Correlator::Impl::emit_samples(StreamState& stream, bool last) {
  const FlowState* flow = packets_.find(stream.last.flow);
  const StreamFormat format = stream_format(stream, flow, handle_of(flow));
  const bool wait = !format.clock_rate_hz && !stream.last.final && !last;
  if (wait && stream.held.size() < options_.sample_hold) return;
  for (const flows::StreamReport& report : stream.held) changes_.on_change(sample_entity(report, format));
  stream.held.clear();
}

void Correlator::Impl::emit_events(UtcTime now, bool last) {
  std::vector<model::Event> events = feed_.take_events();
  for (model::Event& event : std::exchange(ready_events_, {})) events.push_back(std::move(event));
  std::deque<flows::FlowEvent> waiting;
  for (const flows::FlowEvent& held : held_) {
    model::Event event = entity(held);
    const bool named = event.participant.valid();
    if (named || last || now - held.time >= options_.event_hold) {
      events.push_back(std::move(event));
    } else {
      waiting.push_back(held);
    }
  }
  held_ = std::move(waiting);
  std::stable_sort(events.begin(), events.end(),
                   [](const model::Event& x, const model::Event& y) { return x.time < y.time; });
  for (const model::Event& event : events) changes_.on_change(event);
}

Snapshot Correlator::Impl::snapshot() const {
  Snapshot snapshot;
  snapshot.host = host_;
  snapshot.host.last_seen = newest_;
  snapshot.host.media_server = feed_.media_server();
  const RoomBook& rooms = feed_.rooms();
  for (const auto& [id, conference] : rooms.conferences()) snapshot.conferences.push_back(conference);
  for (const auto& [id, participant] : rooms.participants()) snapshot.participants.push_back(participant);
  for (const auto& [id, session] : rooms.sessions()) snapshot.sessions.push_back(session);
  for (const auto& [id, handle] : feed_.handles()) {
    const auto linked = linked_.find(id);
    const bool has_flows = linked != linked_.end() && !linked->second.empty();
    if (handle.negotiated || has_flows) snapshot.connections.push_back(entity(handle));
  }
  for (const auto& [id, flow] : packets_.flows()) snapshot.flows.push_back(flow_entity(host_.id, flow));
  for (const auto& [id, stream] : packets_.streams()) snapshot.streams.push_back(entity(stream));
  const auto sort = [](auto& list, auto time) {
    std::sort(list.begin(), list.end(), [time](const auto& x, const auto& y) {
      return std::make_pair(x.*time, x.id) < std::make_pair(y.*time, y.id);
    });
  };
  sort(snapshot.conferences, &model::Conference::started_at);
  sort(snapshot.participants, &model::Participant::first_seen);
  sort(snapshot.sessions, &model::Session::joined_at);
  sort(snapshot.connections, &model::Connection::started_at);
  sort(snapshot.flows, &model::Flow::first_packet);
  sort(snapshot.streams, &model::Stream::first_packet);
  return snapshot;
}

Correlator::Correlator(HostIdentity host, CorrelatorOptions options, model::ChangeSink& changes)
    : impl_(std::make_unique<Impl>(host, options, changes)) {}
Correlator::~Correlator() = default;

void Correlator::on_flow(const flows::FlowSnapshot& flow) {
  impl_->take(flow);
}
void Correlator::on_stream_report(const flows::StreamReport& report) {
  impl_->take(report);
}
void Correlator::on_flow_event(const flows::FlowEvent& event) {
  impl_->take(event);
}
void Correlator::on_remote_report(const flows::RemoteReport& report) {
  impl_->take(report);
}
void Correlator::on_fact(const feeds::Fact& fact) {
  impl_->take(fact);
}
void Correlator::advance(UtcTime now) {
  impl_->advance(now);
}
void Correlator::finish(UtcTime now) {
  impl_->finish(now);
}
Snapshot Correlator::snapshot() const {
  return impl_->snapshot();
}
CorrelatorCounts Correlator::counts() const {
  return impl_->counts();
}

}  // namespace rtcscope::correlator
