#pragma once
// Messages of other agents as events of the conference that their correlation id names.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

#include "base/fifo_map.hpp"
#include "correlator/model.hpp"
#include "feeds/agent_message.hpp"

namespace rtcscope::correlator {

struct AgentJoinCounts {
  std::uint64_t attached = 0;   // became events
  std::uint64_t unmatched = 0;  // named nothing that is known, also not later, or several
  std::size_t waiting = 0;
};

/// Pure: time comes in. For one thread.
class AgentJoin {
 public:
  struct Bounds {
    std::size_t max_names = 65'536;  // correlation ids; the oldest are forgotten
    std::size_t max_waiting = 4'096;
    Duration wait = std::chrono::seconds{60};  // for what a message names to become known
  };

  explicit AgentJoin(Bounds bounds);

  /// Learns what a conference and a connection are called: the Call-ID of a SIP call, the opaque_id of a
  /// handle, "janus:SESSION/HANDLE", and "connection:ID" and "conference:ID" with our own ids. A name that
  /// several connections of a conference have is the conference's; one of several conferences names none.
  void learn(const model::Change& change);
  /// Becomes an event as soon as what it names is known.
  void take(feeds::AgentMessage message, UtcTime now);
  /// The events that came about since the last call. What has waited too long is given up.
  [[nodiscard]] std::deque<model::Event> advance(UtcTime now);
  [[nodiscard]] AgentJoinCounts counts() const noexcept;

 private:
  struct Subject {
    HostId host;
    ConferenceId conference;
    ParticipantId participant;
    SessionId session;
    ConnectionId connection;
    bool ambiguous = false;
  };
  struct Waiting {
    feeds::AgentMessage message;
    UtcTime until{};
  };

  void learn(const model::Conference& conference);
  void learn(const model::Connection& connection);
  void name(const std::string& id, const Subject& subject);
  [[nodiscard]] bool attach(const feeds::AgentMessage& message);

  Bounds bounds_;
  FifoMap<std::string, Subject> subjects_;  // by correlation id
  FifoMap<ConferenceId, HostId> hosts_;
  std::deque<Waiting> waiting_;
  std::deque<model::Event> events_;
  bool learned_ = false;  // a name, since the waiting ones were last tried
  std::uint64_t attached_ = 0;
  std::uint64_t unmatched_ = 0;
};

}  // namespace rtcscope::correlator
