#pragma once
// From what is found wrong each second to issues with a beginning and an end.

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "correlator/issues/options.hpp"
#include "correlator/model.hpp"

namespace rtcscope::correlator {

/// One look at one thing of one subject.
struct Finding {
  enum class State { kFine, kBetween, kBad };

  const char* kind = nullptr;
  std::string subject;  // what tells it from others of its kind, e.g. a connection's id and "uplink"
  State state = State::kFine;
  UtcTime since{};   // how long it has been bad already, where that is known; else the time of the look
  double value = 0;  // the figure now, in the kind's unit
  double part = 0;   // sums of the subject so far (lost and expected packets): their growth gives the
  double whole = 0;  // ratio over the whole issue
  double window_part = 0, window_whole = 0;  // what of them lies in the window that was looked at
  std::string who;
  std::string what;                            // e.g. "uplink", "audio"
  std::string role;                            // of the connection; "" where there is none
  std::map<ParticipantId, std::string> froze;  // who else saw its medium freeze of late, with their names
  ConferenceId conference;
  ParticipantId participant;
  ConnectionId connection;
  StreamId stream;
  std::vector<model::Evidence> evidence;
};

/// What an issue has come to, for its sentence.
struct IssueTotals {
  Duration lasted{};
  double worst = 0;
  double mean = 0;
  double ratio = 0;  // of part to whole
  double part = 0;
  std::size_t froze = 0;  // participants who saw freezes of it
};

/// "bob's uplink lost 3.1 % for 42 s; three others saw freezes".
std::string sentence(const Finding& finding, const IssueTotals& totals);

class IssueBook {
 public:
  static constexpr std::size_t kMaxWatched = 100'000;
  static constexpr std::size_t kMaxFroze = 256;
  /// Names of them in the evidence.
  static constexpr std::size_t kMaxNames = 8;

  IssueBook(HostId host, const IssueOptions& options) : host_(host), options_(options) {}

  /// Bad is what the rule's `raise` says, except where the finding says so itself.
  void take(UtcTime now, const Finding& finding);
  /// The connection is over: so is what was wrong with it, and nothing of it is watched any more.
  void end_connection(ConnectionId connection, UtcTime time);
  void end_all(UtcTime time);

  /// Issues that began, ended, or grew since the last call.
  [[nodiscard]] std::vector<model::Issue> take_changed() { return std::exchange(changed_, {}); }
  /// Findings that there was no room to watch.
  [[nodiscard]] std::uint64_t refused() const noexcept { return refused_; }

 private:
  struct Watch {
    Finding last_bad;
    UtcTime since{};
    UtcTime bad_at{};
    std::optional<UtcTime> better_since;
    UtcTime told_at{};
    double part_before = 0, whole_before = 0;
    double worst = 0, sum = 0;
    std::map<ParticipantId, std::string> froze;  // since it began; at most kMaxFroze
    std::uint64_t looks = 0;
    bool open = false;
    model::Issue issue;
  };
  using Key = std::pair<std::string, std::string>;  // kind, subject

  void begin(Watch& watch, UtcTime now, const Finding& finding);
  void grow(Watch& watch, UtcTime now, const Finding& finding, const IssueRule& rule);
  void tell(Watch& watch, UtcTime now);
  void end(Watch& watch, UtcTime time);

  HostId host_;
  IssueOptions options_;
  std::map<Key, Watch> watched_;  // what is bad, or was a moment ago
  std::vector<model::Issue> changed_;
  std::uint64_t refused_ = 0;
};

}  // namespace rtcscope::correlator
