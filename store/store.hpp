#pragma once
// Where the picture is kept: entities by id, samples and events by time. Behind this interface stands
// SQLite (store/sqlite_store.hpp); every error says what was tried and what to do.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "correlator/model.hpp"
#include "store/queries.hpp"
#include "store/store_error.hpp"

namespace rtcscope::store {

namespace client {
class Reports;
}

/// The read side. All calls may come from any thread, also while the writer writes; each sees one
/// consistent state. A list fails with kBadCursor when the cursor is not one of that list.
class StoreReader {
 public:
  virtual ~StoreReader() = default;

  /// Newest first (by start, then id), except where said.
  virtual StoreResult<Page<ConferenceRow>> conferences(const ConferenceQuery& query) const = 0;
  virtual StoreResult<Page<ParticipantRow>> participants(const ParticipantQuery& query) const = 0;
  virtual StoreResult<Page<model::Session>> sessions(const SessionQuery& query) const = 0;
  virtual StoreResult<Page<ConnectionRow>> connections(const ConnectionQuery& query) const = 0;
  virtual StoreResult<Page<FlowRow>> flows(const FlowQuery& query) const = 0;
  virtual StoreResult<Page<StreamRow>> streams(const StreamQuery& query) const = 0;
  virtual StoreResult<Page<EventRow>> events(const EventQuery& query) const = 0;
  virtual StoreResult<Page<model::Issue>> issues(const IssueQuery& query) const = 0;
  /// By the time they were first seen, newest first like the others.
  virtual StoreResult<Page<model::Host>> hosts(const PageRequest& page) const = 0;
  /// Those of 1 s, oldest first. A stream that does not exist has none: ask stream() for the difference.
  virtual StoreResult<Page<model::StreamSample>> samples(const SampleQuery& query) const = 0;

  /// Absent: there is no such thing.
  virtual StoreResult<std::optional<ConferenceDetail>> conference(ConferenceId id) const = 0;
  virtual StoreResult<std::optional<ParticipantDetail>> participant(ParticipantId id) const = 0;
  virtual StoreResult<std::optional<SessionDetail>> session(SessionId id) const = 0;
  virtual StoreResult<std::optional<ConnectionDetail>> connection(ConnectionId id) const = 0;
  virtual StoreResult<std::optional<FlowRow>> flow(FlowId id) const = 0;
  virtual StoreResult<std::optional<StreamRow>> stream(StreamId id) const = 0;

  /// Absent: none of the streams has a sample that begins in the range.
  virtual StoreResult<std::optional<SampleSpan>> sample_span(std::span<const StreamId> streams,
                                                             const TimeRange& time) const = 0;
  /// Points with data only, oldest first. `resolution` is at least 1 s; a multiple of 10 s or 60 s is read
  /// from that level of the samples, where the points at both ends are whole.
  virtual StoreResult<std::vector<SeriesPoint>> series(StreamId stream, const TimeRange& time,
                                                       Duration resolution) const = 0;

  /// At most `limit` hits of each type, newest first within a type. `text` is taken as a name's part, an
  /// address, an ufrag, an SSRC, a server's handle and an identifier, as far as it can be one.
  virtual StoreResult<std::vector<SearchHit>> search(const std::string& text, std::uint32_t limit) const = 0;

  /// What began in a range of time, counted.
  virtual StoreResult<Overview> overview(const OverviewQuery& query) const = 0;
  /// Another, larger number after each change of what the questions above tell; nothing else does it count.
  virtual std::uint64_t version() const noexcept = 0;
  virtual StoreResult<LiveCounts> live_counts() const = 0;
  /// Whether the store answers; for readiness.
  virtual StoreResult<Done> check() const = 0;
};

/// What one call of Store::roll_up() did.
struct RolledUp {
  std::uint64_t minutes = 0;  // of streams
  bool more = false;          // call again: there is more that is due
};

/// What began or ended earlier goes. A level of samples is never kept for longer than what it is about.
struct Cutoffs {
  /// One for all.
  Cutoffs(UtcTime time) noexcept : all(time), samples_1s(time), samples_10s(time) {}  // NOLINT: a time is one
  Cutoffs(UtcTime everything, UtcTime seconds, UtcTime tens) noexcept
      : all(everything), samples_1s(std::max(everything, seconds)), samples_10s(std::max(everything, tens)) {}

  UtcTime all, samples_1s, samples_10s;
};

/// What one call of Store::expire() did.
struct Expired {
  std::uint64_t rows = 0;
  bool more = false;  // call again: there is more to delete
};

/// The write side: all its calls come from one thread, but for client_reports().
class Store : public StoreReader {
 public:
  /// What clients say of themselves; it may be used from any thread, and lives as long as the store.
  virtual client::Reports& client_reports() noexcept = 0;

  /// Writes all changes or none of them. An entity replaces the state with the same id; a sample that has
  /// the stream and start of an earlier one, and an event equal to an earlier one, are the same one again
  /// (a batch may be repeated). kRejected: one of the changes itself is refused, e.g. for an id of 0.
  virtual StoreResult<Done> apply(std::span<const model::Change> changes) = 0;

  /// Adds samples up to 10 s and 60 s in those minutes before `before` that have new ones, at most about
  /// `limit` minutes of streams. Until then series() reads such minutes from the samples themselves.
  virtual StoreResult<RolledUp> roll_up(UtcTime before, std::uint32_t limit) = 0;

  /// Deletes what ended before the cutoffs: entities, samples and events, at most about `limit` rows. Samples
  /// that were not yet added up are, before they go.
  virtual StoreResult<Expired> expire(const Cutoffs& cutoffs, std::uint32_t limit) = 0;

  /// Gives what a run that broke off left without an end an Ending (observer, "observation stopped") at
  /// its last sign of life. Call before the first apply() of a run.
  virtual StoreResult<Done> end_unfinished() = 0;
};

}  // namespace rtcscope::store
