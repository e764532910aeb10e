#pragma once
// What the feed says, kept: PeerConnections (handles) and who is in which room. Facts are taken in the order
// the feed gives them; packets have no influence here.

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/fifo_map.hpp"
#include "correlator/handle.hpp"
#include "correlator/room_book.hpp"
#include "correlator/token_index.hpp"

namespace rtcscope::correlator {

class FeedSide {
 public:
  struct Bounds {
    std::size_t max_connections;
    std::size_t max_sessions;
    bool cascade_rooms;
  };

  FeedSide(HostId host, Bounds bounds, TokenIndex& tokens);

  void take(const feeds::Fact& fact);
  /// Drops what ended before `time`.
  void forget_ended_before(UtcTime time);
  /// The observation is over: who is still there ends by it.
  void finish(const model::Ending& ending);

  [[nodiscard]] const std::map<ConnectionId, Handle>& handles() const noexcept { return handles_; }
  /// nullptr when there is none (any more).
  [[nodiscard]] const Handle* find(ConnectionId id) const;
  [[nodiscard]] const RoomBook& rooms() const noexcept { return rooms_; }
  [[nodiscard]] RoomBook& rooms() noexcept { return rooms_; }
  /// "janus 1.1.2"; "" until a feed said so.
  [[nodiscard]] const std::string& media_server() const noexcept { return media_server_; }
  [[nodiscard]] std::uint64_t facts_refused() const noexcept { return facts_refused_; }
  [[nodiscard]] std::uint64_t connections_evicted() const noexcept { return connections_evicted_; }

  /// Handles that changed since the last call.
  [[nodiscard]] std::set<ConnectionId> take_changed() { return std::exchange(changed_, {}); }
  /// Timeline lines since the last call, in feed order.
  [[nodiscard]] std::vector<model::Event> take_events() { return std::exchange(events_, {}); }

 private:
  using SessionKey = std::pair<std::string, std::string>;  // server, session
  using HandleKey = std::pair<SessionKey, std::string>;    // and handle

  class Reader;  // one operator() a kind of fact

  Handle& handle(const feeds::FactOrigin& origin);
  Handle& fresh_handle(const feeds::FactOrigin& origin, std::uint64_t generation);
  Handle& negotiating(const feeds::FactOrigin& origin, const feeds::Description& description);
  void post(const Handle& handle, const std::vector<Token>& tokens);
  void changed(const Handle& handle) { changed_.insert(handle.id); }
  void end(Handle& handle, const model::Ending& ending);
  void end_handles(const std::string& server, const std::string* session, const model::Ending& ending);
  void own(Handle& handle, SessionId presence);
  void own(const feeds::FactOrigin& origin, const feeds::HandleOwner& owner);
  void subscribe(const feeds::FactOrigin& origin, const feeds::RoomSubscribed& subscribed);
  Handle* subscriber_of(const feeds::FactOrigin& origin, const feeds::RoomSubscribed& subscribed);
  void own_subscriptions(const feeds::FactOrigin& origin, const std::string& room);
  /// What waited for this name, "feed" or "private_id" of somebody in the room, may be asked anew.
  void await(const RoomKey& room, const char* kind, const std::string& name, ConnectionId handle);
  void resolve(const RoomKey& room, const char* kind, const std::string& name);
  void resolve(Handle& handle, const RoomKey& room);
  [[nodiscard]] bool stale(const feeds::Fact& fact) const;
  void end_absent(const feeds::FactOrigin& origin, const feeds::ServerInventory& inventory);
  void name_signalling(const SessionKey& session);
  void note(const feeds::Fact& fact);
  [[nodiscard]] SessionId presence_in(const feeds::Fact& fact) const;
  void evict_connections();
  /// Presences with a PeerConnection that is not over.
  [[nodiscard]] std::set<SessionId> connected() const;
  void erase(ConnectionId id);

  HostId host_;
  Bounds bounds_;
  TokenIndex& tokens_;
  RoomBook rooms_;
  std::map<ConnectionId, Handle> handles_;
  std::map<HandleKey, ConnectionId> current_;  // the newest PeerConnection of a handle
  FifoMap<SessionKey, std::string> transport_of_session_;
  FifoMap<SessionKey, std::string> address_of_transport_;  // by server and transport
  FifoMap<std::pair<RoomKey, std::string>, std::vector<ConnectionId>> awaiting_;
  std::string media_server_;
  std::set<ConnectionId> changed_;
  std::vector<model::Event> events_;
  std::uint64_t facts_refused_ = 0;
  std::uint64_t connections_evicted_ = 0;
};

}  // namespace rtcscope::correlator
