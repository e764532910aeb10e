#pragma once
// Joins what packets show with what the media server's feed says: conference, participant, session,
// connection, flow, stream. Both inputs are kept as growing sets of facts and every link is a function
// of those sets, so the order in which packets and events arrive does not change the result.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "correlator/feed_clocks.hpp"
#include "correlator/intake.hpp"
#include "correlator/issues/options.hpp"
#include "correlator/model.hpp"

namespace rtcscope::correlator {

/// The media host whose packets and events come in.
struct HostIdentity {
  std::string name;
};

/// Bounds of what is kept. When one is reached, the oldest entry that ended goes (the oldest of all when
/// none ended), and is counted: the consumer of changes still has its last state.
struct CorrelatorOptions {
  std::size_t max_connections = 20'000;
  std::size_t max_sessions = 20'000;
  std::size_t max_flows = 80'000;
  std::size_t max_streams = 300'000;
  std::size_t max_held_events = 50'000;
  /// Events of packets wait this long for the link that names their conference and participant.
  Duration event_hold = std::chrono::seconds{5};
  /// Samples wait for the RTP clock (which jitter needs) up to this many reports.
  std::size_t sample_hold = 5;
  /// States of connections, flows and streams, and samples, are told so often; 0: with each advance().
  Duration tell_every{};
  /// What ended this long ago is forgotten: no fact or packet about it is expected any more.
  Duration linger = std::chrono::minutes{10};
  /// Window of the recent_... figures of a stream.
  Duration recent_window = std::chrono::seconds{10};
  /// Rooms of one name and plugin in several media servers are one conference while somebody is in any.
  bool cascade_rooms = false;
  IssueOptions issues;
};

struct CorrelatorCounts {
  std::uint64_t facts = 0;
  std::uint64_t flow_snapshots = 0;
  std::uint64_t stream_reports = 0;
  std::uint64_t relinked = 0;  // flows whose connection changed to another one after a first link
  std::uint64_t connections_evicted = 0;
  std::uint64_t sessions_evicted = 0;
  std::uint64_t flows_evicted = 0;
  std::uint64_t streams_evicted = 0;
  std::uint64_t issues_refused = 0;  // too many at once to watch
  std::uint64_t facts_refused = 0;   // about nobody known, or a handle's own lists were full
};

/// Every entity that is known, each list in order of first appearance and id.
struct Snapshot {
  model::Host host;
  std::vector<model::Conference> conferences;
  std::vector<model::Participant> participants;
  std::vector<model::Session> sessions;
  std::vector<model::Connection> connections;
  std::vector<model::Flow> flows;
  std::vector<model::Stream> streams;
};

/// Pure: no I/O, threads, clock or log. All calls come from one thread.
class Correlator final : public Intake {
 public:
  /// `hash_seed` must not be known to clients; results do not depend on it. `changes` outlives the
  /// correlator. It is called from advance() and finish() only: entities that
  /// changed (parents before children: host, conference, participant, session, connection, flow,
  /// stream), then samples, then events, then issues.
  Correlator(HostIdentity host, CorrelatorOptions options, std::uint64_t hash_seed,
             model::ChangeSink& changes);
  ~Correlator() override;
  Correlator(const Correlator&) = delete;
  Correlator& operator=(const Correlator&) = delete;

  void on_flow(const flows::FlowSnapshot& flow) override;
  void on_stream_report(const flows::StreamReport& report) override;
  void on_flow_event(const flows::FlowEvent& event) override;
  void on_remote_report(const flows::RemoteReport& report) override;
  void on_fact(const feeds::Fact& fact) override;

  /// Emits what changed since the last call.
  void advance(UtcTime now) override;
  void clock_went_back(UtcTime now) override;
  /// What is still open gets an Ending of Source::kObserver at `now`, and everything held back is emitted.
  void finish(UtcTime now) override;

  /// The state after all input so far; a flow's link is as of the last advance() or finish().
  [[nodiscard]] Snapshot snapshot() const;
  [[nodiscard]] CorrelatorCounts counts() const;
  /// The feeds' clocks as far as they are measured.
  [[nodiscard]] std::vector<FeedClock> feed_clocks() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rtcscope::correlator
