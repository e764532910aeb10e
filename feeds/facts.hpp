#pragma once
// What a media server's feed says, in our words: one fact per event, whatever the server and transport.
// Feeds turn wire messages into facts; the correlator joins facts with flows and knows no wire format.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/net.hpp"
#include "base/time.hpp"
#include "decoders/sdp/session_description.hpp"

namespace rtcscope::feeds {

/// Where a fact comes from. Ids are text because servers use integers or strings at will.
struct FactOrigin {
  UtcTime time{};           // the server's own timestamp
  std::string server;       // Janus `emitter`: one running media server
  std::string session_key;  // Janus session_id; "" when the event has none
  std::string handle_key;   // Janus handle_id = one PeerConnection; "" when the event has none
  std::string opaque_id;    // the application's own name for the handle; "" when it gave none
  /// Set when this is no event but what the server answered when it was asked, and then: state as of that
  /// time. `time` is when the state began, as far as the server says. It cannot undo what ended later.
  std::optional<UtcTime> seen_at = std::nullopt;
};

struct ServerStarted {
  std::string product;
  std::string version;
};  // all earlier state of the server is void
struct ServerStopped {
  std::string reason;
};
/// The server told its name when it was asked: nothing began or ended.
struct ServerSeen {
  std::string product;
  std::string version;
};

struct SessionCreated {
  std::string transport_key;
};
struct SessionEnded {
  std::string reason;
};  // destroyed, timeout
struct SignallingPeer {
  std::string transport_key;
  IpAddress address;
  bool admin = false;
};

struct HandleAttached {
  std::string plugin;
};  // without the "janus.plugin." prefix
struct HandleDetached {};

enum class DescriptionOwner : std::uint8_t { kServer, kClient };
struct Description {
  DescriptionOwner owner{};
  std::string type;
  sdp::OwnedSdp sdp;
};
struct Candidate {
  DescriptionOwner owner{};
  sdp::Candidate candidate;
};

/// The SSRCs of a medium as the server counts them: also those that no description names (simulcast layers
/// that a=rid announces).
struct MediaSsrcs {
  struct Use {
    std::uint32_t ssrc = 0;
    std::optional<std::uint32_t> rtx_of_ssrc = std::nullopt;
  };
  DescriptionOwner owner{};  // whoever sends with them
  std::string mid, kind;
  std::vector<Use> ssrcs;
};

/// The pair ICE chose; local is the server's end.
struct SelectedPair {
  Endpoint local;
  Endpoint remote;
  Transport transport = Transport::kUdp;
  std::string local_type, remote_type;
};
struct IceStateChanged {
  std::string state;
};  // gathering, connecting, connected, ready, disconnected, failed
struct DtlsStateChanged {
  std::string state;
};  // created, trying, connected, failed
struct PeerConnectionUp {};
struct PeerConnectionDown {
  std::string reason;
};

struct MediaReceiving {
  std::string mid;
  std::string kind;
  bool receiving = false;
};
struct SlowLink {
  std::string mid;
  std::string kind;
  bool server_to_client = false;
  std::uint64_t lost = 0;
};
/// Janus type 32 statistics, kept as the server counts them.
struct MediaStatistics {
  std::string mid, media, codec;
  std::optional<std::uint32_t> clock_rate_hz;
  std::optional<std::int64_t> lost, lost_by_remote, packets_received, packets_sent, bytes_received,
      bytes_sent;
  std::optional<std::int64_t> jitter_local_ms, jitter_remote_ms, rtt_ms, nacks_received, nacks_sent;
};

/// One media line of a publisher or subscriber as the plugin lists it.
struct RoomStream {
  std::string mid, kind, codec;
  std::string feed_id, feed_display, feed_mid;  // set on subscriptions: whose medium this is
};
struct RoomCreated {
  std::string plugin, room;
};
struct RoomDestroyed {
  std::string plugin, room;
};
struct RoomJoined {
  std::string plugin, room, user_id, private_id, display;
};
struct RoomPublished {
  std::string plugin, room, user_id, display;
  std::vector<RoomStream> streams;
};
struct RoomUnpublished {
  std::string plugin, room, user_id;
};
/// `streams` may be empty. An update reaches us with the session and handle of whoever caused it (a
/// publisher that left, say), not the subscriber's: only `private_id` says whose subscription it is.
struct RoomSubscribed {
  std::string plugin, room, private_id;
  std::vector<RoomStream> streams;
  bool is_update = false;
  std::optional<bool> paused = std::nullopt;  // the subscriber asked for nothing for now; the Admin API only
};
/// The subscription of this handle shows another publisher from now on. Janus 1.x does not say whom:
/// `streams` is empty.
struct RoomSwitched {
  std::string plugin, room;
  std::vector<RoomStream> streams;
};
struct RoomLeft {
  std::string plugin, room, user_id, reason;
};  // leaving, kicked; origin may have no session
/// Everybody whom the server lists in a room. Who is not in it has left.
struct RoomRoster {
  struct User {
    std::string user_id, display;
  };
  std::string plugin, room;
  std::vector<User> users;
};
/// Every session and handle that the server has. What is not in it is over.
struct ServerInventory {
  std::map<std::string, std::set<std::string>> handles;  // by session_key
};
/// Whose connection the handle is, where the handle's own session does not say: somebody in a room by the
/// server's id.
struct HandleOwner {
  /// When the connection came to be, as closely as the feed knows; the wire shows it to the microsecond.
  struct Window {
    UtcTime from{}, to{};
  };
  std::string plugin, room;
  std::string user_id;  // "" = the feed does not know (yet)
  bool publishes = false;
  std::optional<Window> began = std::nullopt;
};
/// Something that a room does beside its participants: a recording began, a stream is sent elsewhere.
struct RoomNotice {
  std::string plugin, room;
  std::string name;  // "recording_started"
  std::string text;  // plain English, one line
};
/// A plugin without rooms (EchoTest): the handle itself is the conference.
struct SoloActivity {
  std::string plugin;
  std::string name;
};

/// Anything else, kept for the timeline: a short name and the original JSON, bounded.
struct OtherEvent {
  std::string name;
  std::string json;
};

using FactBody =
    std::variant<ServerStarted, ServerStopped, ServerSeen, SessionCreated, SessionEnded, SignallingPeer,
                 HandleAttached, HandleDetached, Description, Candidate, MediaSsrcs, SelectedPair,
                 IceStateChanged, DtlsStateChanged, PeerConnectionUp, PeerConnectionDown, MediaReceiving,
                 SlowLink, MediaStatistics, RoomCreated, RoomDestroyed, RoomJoined, RoomPublished,
                 RoomUnpublished, RoomSubscribed, RoomSwitched, RoomLeft, RoomRoster, ServerInventory,
                 HandleOwner, RoomNotice, SoloActivity, OtherEvent>;

struct Fact {
  FactOrigin origin;
  FactBody body;
};

/// Receives facts in the order the feed delivered them.
class FactSink {
 public:
  virtual ~FactSink() = default;
  virtual void on_fact(const Fact& fact) = 0;
};

}  // namespace rtcscope::feeds
