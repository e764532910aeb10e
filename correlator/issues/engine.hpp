#pragma once
// Looks at every connection once a second and says what is wrong. docs/metrics.md defines each kind.

#include <deque>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "correlator/entities.hpp"
#include "correlator/feed_clocks.hpp"
#include "correlator/issues/book.hpp"

namespace rtcscope::correlator {

/// A stream of a connection as the rules see it.
struct StreamView {
  const StreamState* stream;
  const FlowState* flow;
  StreamFormat format;
  bool uplink = false;
};

struct ConnectionView {
  const Handle* handle;
  std::optional<model::Ending> ended;
  ConferenceId conference;
  ParticipantId participant;
  std::string who;  // a display name, else the user's or the handle's id
  std::vector<const FlowState*> flows;
  std::vector<StreamView> streams;  // whose side is known
};

/// Packets of a span of time that a receiver misses, and those that it should have.
struct LossWindow {
  double lost = 0;
  double expected = 0;

  [[nodiscard]] double ratio() const noexcept { return expected > 0 ? lost / expected : 0; }
  LossWindow& operator+=(const LossWindow& more) noexcept {
    lost += more.lost;
    expected += more.expected;
    return *this;
  }
  friend LossWindow operator-(const LossWindow& a, const LossWindow& b) noexcept {
    return {a.lost - b.lost, a.expected - b.expected};
  }
};

class IssueEngine {
 public:
  IssueEngine(HostId host, const IssueOptions& options)
      : host_(host), options_(options), book_(host, options) {}

  /// `views`: every connection that is not over, and each once after its end. Called about once a second.
  void look(UtcTime now, std::span<const ConnectionView> views);
  /// Somebody came into a room.
  void joined(const RoomBook& rooms, SessionId presence);
  /// The connection was seen to be over: there is nothing more to look at.
  [[nodiscard]] bool over(ConnectionId connection) const;
  /// All issues that are open end.
  void end_all(UtcTime now) { book_.end_all(now); }
  /// Drops what is remembered of connections that nobody knows any more.
  void forget(ConnectionId connection) { memories_.erase(connection); }

  [[nodiscard]] std::vector<model::Issue> take_changed() { return book_.take_changed(); }
  [[nodiscard]] std::uint64_t refused() const noexcept { return book_.refused(); }
  [[nodiscard]] const FeedClocks& clocks() const noexcept { return clocks_; }

 private:
  struct Counted {
    std::int64_t lost = 0;
    std::uint64_t expected = 0;
  };
  /// What the receiver said, beside what had passed the tap by then.
  struct RemoteMark {
    UtcTime time{};
    std::int64_t remote_lost = 0;
    Counted at_tap;
  };
  struct RelayMark {
    UtcTime time{};
    LossWindow total;
  };
  struct FreezeMark {
    UtcTime time{};
    std::uint64_t freezes = 0;
    Duration frozen{};  // a freeze that lasts included
  };
  struct Silence {
    std::uint64_t packets = 0;
    std::uint64_t heard = 0;
    UtcTime since{};
  };
  struct Memory {
    std::uint64_t client_packets = 0;
    UtcTime client_heard{};
    bool was_up = false;
    bool closed = false;
    std::map<StreamId, Counted> seen;
    std::map<StreamId, std::deque<RemoteMark>> remote;
    std::map<StreamId, std::deque<RelayMark>> relayed;
    std::map<StreamId, std::deque<FreezeMark>> frozen;
    std::map<StreamId, Silence> silence;
    LossWindow up, down, server;  // of all streams so far
    double best_video_bps = 0;
    std::map<StreamId, UtcTime> last_sent;
    bool skew_measured = false;
  };
  /// By server, room and name: user ids are often new with each join.
  struct Rejoins {
    std::deque<UtcTime> times;
    SessionId newest;
    bool was_bad = false;  // once; what never was is no finding
    Finding finding;
  };

  /// Somebody's picture of a participant froze.
  struct Freeze {
    std::string viewer;
    UtcTime at{};
  };

  class Rules;

  void look_at_host(UtcTime now);
  void look_at_clocks(UtcTime now);
  void look_at_rejoins(UtcTime now);
  void forget_freezes(UtcTime now);
  /// Who saw the participant's picture freeze of late, with their names.
  [[nodiscard]] std::map<ParticipantId, std::string> froze_at(ParticipantId source) const;

  HostId host_;
  IssueOptions options_;
  IssueBook book_;
  UtcTime looked_{};
  std::map<ConnectionId, Memory> memories_;
  std::map<std::string, Rejoins> rejoins_;
  FeedClocks clocks_;
  std::map<ParticipantId, std::map<ParticipantId, Freeze>>
      freezes_;                      // by whose picture and who saw it, of late
  std::uint64_t capture_drops_ = 0;  // since the last look
  std::uint64_t capture_drops_total_ = 0;
};

}  // namespace rtcscope::correlator
