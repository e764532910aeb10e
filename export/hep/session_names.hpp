#pragma once
// Who and where: the little that an exporter keeps of the model to name a report.

#include <cstddef>
#include <cstdint>
#include <string>

#include "correlator/model.hpp"
#include "export/hep/bounded_map.hpp"
#include "export/hep/correlation_template.hpp"

namespace rtcscope::export_hep {

/// Ids that a report or an event came with; each may be invalid.
struct Subject {
  ConferenceId conference;
  ParticipantId participant;
  SessionId session;
  ConnectionId connection;
};

/// Names of a subject, as far as known. The texts live as long as the SessionNames is not changed.
struct Names {
  std::string_view server, server_session, server_handle, opaque_id;
  std::string_view room, display;
  std::string_view signalling_address;
  std::string_view call_id;   // of a SIP call, where the conference is one
  std::string conference_id;  // 16 hex digits, "" when there is no conference
};

class SessionNames {
 public:
  /// At most `limit` entities of each kind; those not heard of for longest are forgotten and counted.
  explicit SessionNames(std::size_t limit);

  void remember(const model::Conference& conference);
  void remember(const model::Participant& participant);
  void remember(const model::Session& session);
  void remember(const model::Connection& connection);

  /// What the ids and, through the connection and the session, their relatives are called.
  [[nodiscard]] Names of(Subject subject) const;
  [[nodiscard]] std::uint64_t evicted() const noexcept;

 private:
  struct ConferenceEntry {
    std::string server, room;
    bool is_sip_call = false;  // the room is named by its Call-ID
  };
  struct ParticipantEntry {
    ConferenceId conference;
    std::string display;
  };
  struct SessionEntry {
    ConferenceId conference;
    ParticipantId participant;
    std::string server_session, signalling_address;
  };
  struct ConnectionEntry {
    Subject subject;
    std::string server, server_session, server_handle, opaque_id;
  };

  void complete(Subject& subject) const;

  BoundedMap<ConferenceId, ConferenceEntry> conferences_;
  BoundedMap<ParticipantId, ParticipantEntry> participants_;
  BoundedMap<SessionId, SessionEntry> sessions_;
  BoundedMap<ConnectionId, ConnectionEntry> connections_;
};

CorrelationIds correlation_ids(const Names& names) noexcept;

}  // namespace rtcscope::export_hep
