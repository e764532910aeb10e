#pragma once
// What can be asked of the store and what comes back: the lists of docs/api/openapi.yaml as values.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "correlator/model.hpp"
#include "store/health.hpp"

namespace rtcscope::store {

struct PageRequest {
  std::uint32_t limit = 100;  // 1 .. kMaxPage, clamped
  std::string cursor{};       // Page::next of the page before; "" for the first page
};
inline constexpr std::uint32_t kMaxPage = 500;

/// Keyset page: nothing is missed or seen twice because of rows that come or go meanwhile (but see
/// ConferenceSort::kWorst).
template <class T>
struct Page {
  std::vector<T> items;
  std::optional<std::string> next;  // printable ASCII, opaque; absent on the last page
};

/// from <= time < to.
struct TimeRange {
  std::optional<UtcTime> from{}, to{};
};

enum class State : std::uint8_t { kLive, kEnded };

/// kWorst: bad, degraded, good, unknown; among equals live before ended, then newest first. The order
/// changes while calls run, so a row may be missed or seen twice between pages.
enum class ConferenceSort : std::uint8_t { kWorst, kNewest };

struct ConferenceQuery {
  std::optional<State> state{};
  std::optional<std::string> room{};  // exactly
  std::string q{};                    // part of room, server, or a participant's display or user_id; "" any
  TimeRange running{};                // running at or after `from`, begun before `to`
  ConferenceSort sort = ConferenceSort::kWorst;
  PageRequest page{};
};

struct ParticipantQuery {
  std::optional<ConferenceId> conference{};
  std::optional<State> state{};  // live: a session is open
  std::string q{};               // part of display or user_id; "" any
  PageRequest page{};
};

struct SessionQuery {
  std::optional<ConferenceId> conference{};
  std::optional<ParticipantId> participant{};
  std::optional<State> state{};
  PageRequest page{};
};

struct ConnectionQuery {
  std::optional<ConferenceId> conference{};
  std::optional<ParticipantId> participant{};
  std::optional<State> state{};
  PageRequest page{};
};

/// An address of either end of a flow, with any port or a certain one.
struct AddressFilter {
  IpAddress address;
  std::optional<std::uint16_t> port;
};
/// "192.0.2.7", "192.0.2.7:5000", "2001:db8::7", "[2001:db8::7]", "[2001:db8::7]:5000"; nullopt for
/// anything else.
std::optional<AddressFilter> parse_address_filter(std::string_view text);

struct FlowQuery {
  std::optional<ConferenceId> conference{};    // of the connection
  std::optional<ParticipantId> participant{};  // of the connection
  std::optional<ConnectionId> connection{};
  std::optional<HostId> host{};
  std::optional<AddressFilter> address{};
  std::optional<bool> unmatched{};  // true: no connection owns it; false: one does
  std::optional<State> state{};
  PageRequest page{};
};

struct StreamQuery {
  std::optional<ConferenceId> conference{};
  std::optional<ParticipantId> participant{};  // whose connection carries it
  std::optional<ConnectionId> connection{};
  std::optional<FlowId> flow{};
  std::optional<std::string> direction{};  // uplink, downlink, unknown
  std::optional<State> state{};
  PageRequest page{};
};

struct EventQuery {
  std::optional<ConferenceId> conference{};
  std::optional<ParticipantId> participant{};
  std::optional<ConnectionId> connection{};
  std::optional<std::string> kind{};
  bool audit = true;  // false: without those of kind audit
  TimeRange time{};
  PageRequest page{};
};

struct IssueQuery {
  std::optional<ConferenceId> conference{};
  std::optional<ParticipantId> participant{};
  std::optional<ConnectionId> connection{};
  std::optional<std::string> kind{};
  std::optional<State> state{};  // live: it has not ended
  PageRequest page{};
};

struct SampleQuery {
  StreamId stream{};
  TimeRange time{};  // of StreamSample::start
  PageRequest page{};
};

/// A link's confidence below this is an inference from times alone; from here on something proves it.
inline constexpr double kExactConfidence = 0.5;

struct ConferenceRow {
  model::Conference conference;
  Summary summary;
  std::uint64_t participant_count = 0;  // all that ever took part
  std::uint64_t present_count = 0;      // those who have not left
  std::uint64_t connection_count = 0;
  std::uint64_t stream_count = 0;
  /// Of the link between packets and connection, the least of its connections that have packets; absent when
  /// none has.
  std::optional<double> confidence{};
};

struct ParticipantRow {
  model::Participant participant;
  std::optional<model::Ending> left;  // of the last session; absent while one is open
  Summary summary;
  std::uint64_t connection_count = 0;
  std::uint64_t stream_count = 0;
};

struct ConnectionRow {
  model::Connection connection;
  Summary summary;
  std::uint64_t flow_count = 0;
  std::uint64_t stream_count = 0;
  std::optional<double> confidence{};  // of the best link of a flow to it; absent when there is none
};

struct FlowRow {
  model::Flow flow;
  ConferenceId conference;    // of the connection; invalid when there is none
  ParticipantId participant;  // of the connection; invalid when there is none
};

struct StreamRow {
  model::Stream stream;
  Health health;
};

struct EventRow {
  std::uint64_t id = 0;  // the same event always gets the same id
  model::Event event;
};

struct ParticipantWithConnections {
  ParticipantRow participant;
  std::vector<ConnectionRow> connections;  // oldest first
};

struct ConferenceDetail {
  ConferenceRow conference;
  std::vector<ParticipantWithConnections> participants;  // in the order they came
  std::vector<ConnectionRow> connections;                // whose participant is not known, oldest first
};

struct ParticipantDetail {
  ParticipantRow participant;
  std::optional<model::Conference> conference;
  std::vector<model::Session> sessions;    // oldest first
  std::vector<ConnectionRow> connections;  // oldest first
  std::vector<StreamRow> streams;          // oldest first
};

struct SessionDetail {
  model::Session session;
  std::vector<ConnectionRow> connections;  // oldest first
};

struct ConnectionDetail {
  ConnectionRow connection;
  std::vector<FlowRow> flows;      // oldest first
  std::vector<StreamRow> streams;  // oldest first
};

/// The samples of a stream that begin in [start, start + resolution), summed.
struct SeriesPoint {
  UtcTime start{};  // a multiple of the resolution since 1970
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::uint64_t expected = 0;
  std::int64_t lost = 0;
  Duration measured{};                            // sum of end - start: what a bitrate is bytes * 8 over
  std::optional<double> jitter_ms;                // highest
  std::optional<double> jitter_mean_ms;           // by time
  std::optional<double> frame_rate_fps;           // mean by time
  std::optional<double> received_frame_rate_fps;  // mean over the seconds of which the client told
};

/// First and last StreamSample::start of some streams; at a coarser level the start of its point.
struct SampleSpan {
  UtcTime first{};
  UtcTime last{};
  Duration finest = std::chrono::seconds{1};  // level at which all of it is still kept: 1 s, 10 s or 60 s
};

enum class SearchType : std::uint8_t { kConference, kParticipant, kConnection, kFlow, kStream };
const char* to_string(SearchType type) noexcept;  // "conference", ...

struct SearchHit {
  SearchType type{};
  std::uint64_t id = 0;
  std::string matched;  // room, display, user_id, server_handle, address, ufrag, ssrc, id
  std::string title;    // e.g. "alice"
  std::string detail;   // where it is, e.g. "videoroom 1234 on media1"
  UtcTime time{};       // when it began
  ConferenceId conference;
  ParticipantId participant;
  ConnectionId connection;
  bool similar = false;  // nothing has the text itself: the name is one or two letters off
};

/// from <= time < to; `step` divides it into at most a few hundred points.
struct OverviewQuery {
  UtcTime from, to;
  Duration step;
};

struct WordCount {
  std::string word;
  std::uint64_t count = 0;
};

/// What began in one point of time.
struct OverviewPoint {
  UtcTime start;
  std::uint64_t conferences = 0, participants = 0, connections = 0, issues = 0;
};

/// What began in the range. The lists: most first, at most 50 words.
struct Overview {
  std::uint64_t conferences = 0, participants = 0, sessions = 0, connections = 0;
  std::optional<double> conference_mean_s;  // of those that are over
  std::vector<WordCount> health;            // of conferences: bad, degraded, good, unknown
  std::vector<WordCount> issues;            // by kind
  std::vector<WordCount> connection_ends;   // by reason
  std::vector<WordCount> paths;             // of connections that came about: udp, tcp, turn
  std::vector<WordCount> codecs;            // of streams
  std::vector<OverviewPoint> points;        // every one, oldest first
};

struct LiveCounts {
  std::uint64_t conferences = 0;
  std::uint64_t participants = 0;  // of live conferences, who have not left
};

}  // namespace rtcscope::store
