#pragma once
// Who is in which room, from the feed alone: conferences, participants and presences (sessions). Facts are
// taken in the order the feed gives them, so packets cannot change what this says.

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "correlator/model.hpp"
#include "feeds/facts.hpp"

namespace rtcscope::correlator {

struct RoomKey {
  std::string server;
  std::string plugin;
  std::string room;

  friend auto operator<=>(const RoomKey&, const RoomKey&) = default;
};

class RoomBook {
 public:
  /// Presences whose connections the media server told of.
  using Connected = std::function<std::set<SessionId>()>;

  /// `cascades`: rooms of one name in several servers share their conference. `connected` is asked when there
  /// are too many presences.
  RoomBook(HostId host, std::size_t max_presences, bool cascades, Connected connected)
      : host_(host), max_presences_(max_presences), cascades_(cascades), connected_(std::move(connected)) {}

  /// Somebody came in; the presence that begins. A second join of the same user on the same server
  /// session continues the first.
  const model::Session& join(const feeds::FactOrigin& origin, const feeds::RoomJoined& joined);
  /// A conference of one handle, for plugins without rooms.
  const model::Session& solo(const feeds::FactOrigin& origin, const std::string& plugin,
                             const std::string& name);
  void leave(const feeds::FactOrigin& origin, const feeds::RoomLeft& left);
  /// Ends the presences that the server does not list (any more), and names those it does.
  void reconcile(const feeds::FactOrigin& origin, const feeds::RoomRoster& roster);
  /// Whether the user's newest presence was of this server session and ended at `time` or later.
  [[nodiscard]] bool left_after(const RoomKey& room, const std::string& user_id,
                                const std::string& session_key, UtcTime time) const;
  /// Ends one presence unless it ended before.
  void end(SessionId presence, const model::Ending& ending);
  void end_server_session(const std::string& server, const std::string& session_key,
                          const model::Ending& ending);
  void end_room(const RoomKey& room, const model::Ending& ending);
  void end_server(const std::string& server, const model::Ending& ending);
  void end_all(const model::Ending& ending);
  void name(SessionId presence, const std::string& display);
  void signalling_address(SessionId presence, const std::string& address);

  /// The presence of a server session in a room ("" = in any): how a subscriber handle finds its owner.
  [[nodiscard]] SessionId presence_of(const std::string& server, const std::string& session_key,
                                      const std::string& room) const;
  [[nodiscard]] SessionId presence_of_private_id(const RoomKey& room, const std::string& private_id) const;
  /// The newest presence of a user in the newest conference of a room, and whose it is.
  [[nodiscard]] SessionId presence(const RoomKey& room, const std::string& user_id) const;
  [[nodiscard]] ParticipantId participant(const RoomKey& room, const std::string& user_id) const;
  /// The newest conference of a room; invalid when there is none.
  [[nodiscard]] ConferenceId conference(const RoomKey& room) const;
  [[nodiscard]] const model::Session* session(SessionId id) const;
  [[nodiscard]] const model::Participant* participant(ParticipantId id) const;
  [[nodiscard]] std::uint64_t evicted() const noexcept { return evicted_; }

  /// Presences that began since the last call.
  [[nodiscard]] std::vector<SessionId> take_new_presences() { return std::exchange(new_presences_, {}); }
  /// Where a presence is; nullptr when it is not known (any more).
  [[nodiscard]] const RoomKey* room_of(SessionId presence) const;

  /// Hands every entity that changed since the last call to `sink`, parents first.
  void flush(model::ChangeSink& sink);

  /// Drops presences that ended before `time`, and what hung on them alone.
  void forget_ended_before(UtcTime time);

  [[nodiscard]] const std::map<ConferenceId, model::Conference>& conferences() const { return conferences_; }
  [[nodiscard]] const std::map<ParticipantId, model::Participant>& participants() const {
    return participants_;
  }
  [[nodiscard]] const std::map<SessionId, model::Session>& sessions() const { return sessions_; }

 private:
  struct Room {
    ConferenceId conference;                   // the newest stretch of use
    std::map<std::string, SessionId> by_user;  // newest presence of each user in it
    std::map<std::string, SessionId> by_private_id;
    std::set<SessionId> present;
  };

  Room& open_room(const RoomKey& key, UtcTime time);
  [[nodiscard]] ConferenceId new_conference(const RoomKey& key, UtcTime time);
  const model::Session& add_presence(const RoomKey& key, const feeds::FactOrigin& origin,
                                     const std::string& user_id, const std::string& display);
  void close_if_empty(ConferenceId id, const model::Ending& ending);
  void evict_oldest();
  void forget(SessionId presence);

  HostId host_;
  std::size_t max_presences_;
  bool cascades_;
  Connected connected_;
  std::map<RoomKey, Room> rooms_;
  std::map<ConferenceId, model::Conference> conferences_;
  std::map<ParticipantId, model::Participant> participants_;
  std::map<SessionId, model::Session> sessions_;
  std::map<SessionId, RoomKey> room_of_;
  std::map<std::pair<std::string, std::string>, std::vector<SessionId>> by_server_session_;
  std::map<std::pair<std::string, std::string>, ConferenceId>
      cascade_of_;                                  // by plugin and room, where cascades are
  std::map<ConferenceId, std::size_t> present_in_;  // who has not left, in all its rooms
  std::map<ParticipantId, std::size_t> presences_of_participant_;
  std::map<ConferenceId, std::size_t> presences_of_conference_;
  // What flush() will hand on: copies, so that forgetting never loses a change.
  std::map<ConferenceId, model::Conference> changed_conferences_;
  std::map<ParticipantId, model::Participant> changed_participants_;
  std::map<SessionId, model::Session> changed_sessions_;
  std::vector<SessionId> new_presences_;
  std::uint64_t evicted_ = 0;
};

}  // namespace rtcscope::correlator
