#include "correlator/correlator.hpp"

#include <algorithm>

#include "correlator/correlator_impl.hpp"
#include "correlator/entities.hpp"
#include "correlator/linker.hpp"
#include "correlator/timeline.hpp"

namespace rtcscope::correlator {
namespace {

/// last_seen of a host is told this often at most.
constexpr Duration kHostInterval = std::chrono::seconds{10};

}  // namespace

void Correlator::Impl::relink() {
  for (const ConnectionId id : feed_.take_changed()) {
    changed_connections_.insert(id);
    const Handle* handle = feed_.find(id);
    if (handle == nullptr) continue;
    for (const Token token : handle->tokens()) {
      const TokenIndex::Posting* posting = tokens_.find(token);
      if (posting == nullptr || posting->common()) continue;
      for (const FlowId flow : posting->flows) mark_to_link(*packets_.find(flow));
    }
    // Names and clocks of what hangs on the handle may be new, too.
    const auto linked = linked_.find(id);
    if (linked == linked_.end()) continue;
    for (const FlowId flow : linked->second) {
      FlowState& state = *packets_.find(flow);
      mark_to_link(state);
      packets_.touch(state);
    }
  }
  while (!to_link_.empty()) {
    std::vector<FlowId> ids = std::exchange(to_link_, {});
    std::sort(ids.begin(), ids.end());
    for (const FlowId id : ids) {
      FlowState* flow = packets_.find(id);
      if (flow != nullptr && std::exchange(flow->to_link, false)) relink(*flow);
    }
  }
}

// Two flows that came up together, and one connection that did: which of them is its, times do not say. A
// rival that was linked by times before us loses its link, too.
bool Correlator::Impl::has_rival(const FlowState& flow) {
  const Handle& handle = *feed_.find(flow.link.connection);
  bool found = false;
  for (const Token token : handle.tokens()) {
    const TokenIndex::Posting* posting = tokens_.find(token);
    if (posting == nullptr) continue;
    for (const FlowId id : posting->flows) {
      FlowState* other = packets_.find(id);
      if (other == nullptr || id == flow.snapshot.id || !came_up_with(*other, handle)) continue;
      if (other->link.connection.valid() && !is_inferred(other->link)) continue;
      if (is_inferred(other->link)) mark_to_link(*other);
      found = true;
    }
  }
  return found;
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
  if (is_inferred(flow.link) && has_rival(flow)) flow.link = Link{};
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

// After emit(), as forget(): there is nothing left to say of what goes but the samples that wait.
void Correlator::Impl::evict_flows() {
  for (const FlowId id : packets_.oldest()) {
    for (const StreamId stream : packets_.find(id)->streams) {
      emit_samples(*packets_.find(stream), true);
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

// What waits for a time that does not come would wait for hours.
void Correlator::Impl::clock_went_back(UtcTime now) {
  relink();
  model::Event event;
  event.time = newest_;
  event.host = host_.id;
  event.source = model::Source::kObserver;
  event.kind = "clock_set_back";
  event.text = "the clock of the packets was set back by " +
               std::to_string(std::chrono::duration_cast<std::chrono::seconds>(newest_ - now).count()) +
               " s: what goes on is measured anew";
  ready_events_.push_back(std::move(event));
  issues_.end_all(newest_);
  emit(newest_, true);
  newest_ = now;
  looked_at_ = forgot_at_ = host_told_ = states_told_ = UtcTime{};
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
  const Handle* handle = handle_of(stream.flow);
  model::Stream entity = stream_entity(stream, handle, owner_of(handle));
  entity.relay_leg = packets_.is_relay_leg(*stream.flow);
  // Where the feed does not say, the packets may: whose stream it is a copy of.
  const StreamState* source =
      entity.source_participant.valid() ? nullptr : packets_.find(entity.relay.source_stream);
  const model::Session* owner = source == nullptr ? nullptr : owner_of(handle_of(source->flow));
  if (owner != nullptr) entity.source_participant = owner->participant;
  return entity;
}

model::Event Correlator::Impl::entity(const flows::FlowEvent& event) const {
  const FlowState* flow = packets_.find(event.flow);
  const Handle* handle = handle_of(flow);
  std::optional<bool> from_server;
  if (flow != nullptr && flow->server()) from_server = event.side == *flow->server();
  TimelineText line = describe(event, from_server);
  model::Event entity;
  entity.time = event.time;
  entity.host = host_.id;
  entity.source = model::Source::kPackets;
  entity.kind = std::move(line.kind);
  entity.text = std::move(line.text);
  entity.detail = std::move(line.detail);
  entity.stream = event.stream;
  if (handle != nullptr) entity.connection = handle->id;
  if (const model::Session* owner = owner_of(handle)) {
    entity.session = owner->id;
    entity.conference = owner->conference;
    entity.participant = owner->participant;
  }
  return entity;
}

bool Correlator::Impl::is_named(const flows::FlowEvent& event) const {
  const model::Session* owner = owner_of(handle_of(packets_.find(event.flow)));
  return owner != nullptr && owner->participant.valid();
}

void Correlator::Impl::emit(UtcTime now, bool last) {
  emit_host(now);
  feed_.rooms().flush(changes_);
  if (last || states_due(now)) {
    states_told_ = now;
    emit_states(last);
  }
  emit_events(now, last);
  for (const model::Issue& issue : issues_.take_changed()) changes_.on_change(issue);
}

void Correlator::Impl::emit_states(bool last) {
  emit_connections();
  for (const FlowState* flow : packets_.take_changed_flows())
    changes_.on_change(flow_entity(host_.id, *flow, handle_of(flow)));
  const std::vector<StreamState*> streams = packets_.take_changed_streams();
  for (const StreamState* stream : streams) {
    if (!is_orphan(*stream->flow)) changes_.on_change(entity(*stream));
  }
  for (StreamState* stream : streams) emit_samples(*stream, last);
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
      issues_.forget(id);
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
  const StreamFormat format = stream_format(stream, handle_of(stream.flow));
  const bool wait = !format.clock_rate_hz && !stream.last.final && !last;
  if (wait && stream.held.size() < options_.sample_hold) return;
  for (const HeldSample& held : stream.held) changes_.on_change(sample_entity(stream, held, format));
  stream.held.clear();
  if (stream.last.final) stream.held.shrink_to_fit();
}

void Correlator::Impl::emit_events(UtcTime now, bool last) {
  std::vector<model::Event> events = feed_.take_events();
  for (model::Event& event : std::exchange(ready_events_, {})) events.push_back(std::move(event));
  std::erase_if(held_, [&](const flows::FlowEvent& held) {
    const bool due = last || now - held.time >= options_.event_hold || is_named(held);
    if (due) events.push_back(entity(held));
    return due;
  });
  std::stable_sort(events.begin(), events.end(),
                   [](const model::Event& x, const model::Event& y) { return x.time < y.time; });
  for (model::Event& event : events) changes_.on_change(std::move(event));
}

Correlator::Correlator(HostIdentity host, CorrelatorOptions options, std::uint64_t hash_seed,
                       model::ChangeSink& changes)
    : impl_(std::make_unique<Impl>(host, options, hash_seed, changes)) {}
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
void Correlator::clock_went_back(UtcTime now) {
  impl_->clock_went_back(now);
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
std::vector<FeedClock> Correlator::feed_clocks() const {
  return impl_->feed_clocks();
}

}  // namespace rtcscope::correlator
