#pragma once
// One PeerConnection as the media server's feed describes it: sets of facts that only grow.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/strong_id.hpp"
#include "correlator/model.hpp"
#include "correlator/token_index.hpp"
#include "feeds/facts.hpp"

namespace rtcscope::correlator {

/// A medium by SSRC, from the SDP of whoever sends it.
struct DescribedSsrc {
  std::string mid;
  std::string kind;
  std::optional<std::uint32_t> rtx_of_ssrc;                 // a=ssrc-group:FID (RFC 5576, 4.2)
  std::optional<std::uint32_t> fec_of_ssrc = std::nullopt;  // a=ssrc-group:FEC-FR (RFC 5956, 4.3)
};

/// Whose medium a subscriber is sent, as the feed names it.
struct MediumSource {
  std::string feed_id;
  std::string name;           // display, else the feed's id
  ParticipantId participant;  // invalid while nobody of that name is known in the room
  bool active = true;         // false: it was unpublished, and nobody else took its place
};

struct TimedPair {
  UtcTime time{};
  feeds::SelectedPair pair;
};

/// One side's identities and media.
struct SideFacts {
  std::set<std::string> ufrags;
  std::set<std::string> fingerprints;  // SHA-256, upper case with colons
  std::map<std::uint32_t, DescribedSsrc> ssrcs;
  std::set<Endpoint> candidates;   // UDP, neither relayed nor by name; the server's only
  std::set<std::string> sendrecv;  // mids of media that this side would send and receive, as last described
};

/// Media servers call it a handle. `of_server` is the media server's side, `of_client` the other.
struct Handle {
  // Bounds on what one handle may make us remember: renegotiations repeat, attackers do not stop.
  static constexpr std::size_t kMaxUfrags = 64;
  static constexpr std::size_t kMaxPairs = 64;
  static constexpr std::size_t kMaxCandidates = 64;
  static constexpr std::size_t kMaxSsrcs = 512;
  static constexpr std::size_t kMaxMids = 256;
  static constexpr std::size_t kMaxWindows = 8;
  static constexpr Duration kMaxWindow = std::chrono::seconds{60};  // a longer one says nothing
  /// libnice calls it a failure when a client that leaves closes its TCP connection (RFC 6544); the handle
  /// goes within milliseconds. One that failed indeed is kept for 5 s (Janus: icefailed_detected).
  static constexpr Duration kLeaving = std::chrono::seconds{2};

  ConnectionId id;
  std::uint64_t generation = 0;  // counts the PeerConnections that one handle had one after the other
  std::string server;
  std::string session_key;
  std::string handle_key;
  std::string opaque_id;
  std::string plugin;
  std::string role = "unknown";
  std::string room;
  std::string private_id;
  std::string owner;  // the server's id of whose connection this is, where the feed names it apart from joins
  SessionId presence;  // of the participant whose connection this is; invalid until known
  SideFacts of_server;
  SideFacts of_client;
  std::vector<TimedPair> pairs;
  std::vector<feeds::HandleOwner::Window> began;  // in which it came up, where no identity of it is told
  std::map<std::uint8_t, sdp::RtpMap> rtpmaps;
  std::map<std::uint8_t, std::uint8_t> red_blocks;  // payload type of RED -> that of its primary block
  std::map<std::string, std::string> kind_of_mid;
  std::map<std::string, MediumSource> sources;  // by mid
  bool paused = false;                          // its owner wants nothing for now, as far as the feed says
  UtcTime first_fact{};
  /// When it became a PeerConnection: a description, ICE or DTLS. A handle that only talks is none.
  std::optional<UtcTime> negotiated;
  std::string ice_state;
  std::optional<UtcTime> ice_failed;  // after it had been up
  std::string dtls_state;
  std::optional<UtcTime> up;
  bool up_is_seen = false;  // `up` was asked for, not told as it happened
  std::optional<model::Ending> ended;

  /// Adds what a description says; returns the tokens that are new to this handle. `refused` counts the
  /// values over a bound.
  std::vector<Token> add(const feeds::Description& description, std::uint64_t& refused);
  std::vector<Token> add(const feeds::Candidate& candidate, std::uint64_t& refused);
  std::vector<Token> add(UtcTime time, const feeds::SelectedPair& pair, std::uint64_t& refused);
  std::vector<Token> add(const feeds::MediaSsrcs& media, std::uint64_t& refused);
  std::vector<Token> add(const feeds::HandleOwner::Window& window, std::uint64_t& refused);
  /// Every token that add() ever returned.
  [[nodiscard]] std::vector<Token> tokens() const;
  /// Whose medium the stream with this mid is; invalid when the feed did not say.
  [[nodiscard]] ParticipantId source_of(const std::string& mid) const;
  /// ICE failed so shortly before `time` that the client may be just leaving.
  [[nodiscard]] bool may_be_leaving(UtcTime time) const {
    return ice_state == "failed" && ice_failed && time - *ice_failed < kLeaving;
  }
};

}  // namespace rtcscope::correlator
