#pragma once
// The picture that store, API and exports share. A member's name is its SQL column and its JSON key
// (there with the unit as suffix where the C++ type carries it).

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/net.hpp"
#include "base/strong_id.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "correlator/figures.hpp"

namespace rtcscope {
using IssueId = StrongId<struct IssueIdTag>;
}  // namespace rtcscope

namespace rtcscope::model {

/// Who said that something ended: the media server's feed, the packets, or our own observation's end.
enum class Source : std::uint8_t { kFeed, kPackets, kObserver };
constexpr const char* to_string(Source source) noexcept {
  if (source == Source::kFeed) return "feed";
  return source == Source::kPackets ? "packets" : "observer";
}

struct Ending {
  UtcTime time{};
  std::string reason;  // e.g. "leaving", "DTLS alert", "idle"
  Source source{};

  friend bool operator==(const Ending&, const Ending&) = default;
};

/// One proof of a link between a flow and a connection.
struct Evidence {
  std::string kind;    // ufrag_pair, ufrag, selected_pair, fingerprint, ssrc, candidate
  std::string detail;  // e.g. "RuS3:LOgs"

  friend bool operator==(const Evidence&, const Evidence&) = default;
};

/// One observed media host.
struct Host {
  HostId id;
  std::string name;
  std::string media_server;  // "janus 1.1.2", "" until a feed says so
  UtcTime first_seen{};
  UtcTime last_seen{};

  friend bool operator==(const Host&, const Host&) = default;
};

/// One room for one stretch of use: it starts with the first participant and ends with the last.
struct Conference {
  ConferenceId id;
  HostId host;
  std::string server;  // the feed's name of the media server (Janus `emitter`)
  std::string plugin;  // videoroom, echotest, ...
  std::string room;
  UtcTime started_at{};
  std::optional<Ending> ended;

  friend bool operator==(const Conference&, const Conference&) = default;
};

/// Somebody, by the server's identity, in one conference.
struct Participant {
  ParticipantId id;
  ConferenceId conference;
  std::string user_id;
  std::string display;  // "" when the feed gave none
  UtcTime first_seen{};

  friend bool operator==(const Participant&, const Participant&) = default;
};

/// A participant's presence in a conference: from join to leave.
struct Session {
  SessionId id;
  ConferenceId conference;
  ParticipantId participant;
  std::string server_session;  // Janus session_id
  std::string signalling_address;
  UtcTime joined_at{};
  std::optional<Ending> left;

  friend bool operator==(const Session&, const Session&) = default;
};

/// One PeerConnection.
struct Connection {
  ConnectionId id;
  ConferenceId conference;  // invalid: not linked to a conference
  ParticipantId participant;
  SessionId session;
  std::string server;
  std::string server_session;
  std::string server_handle;  // Janus handle_id; "" when only packets are known
  std::string opaque_id;
  std::string plugin;
  std::string role;         // publisher, subscriber, echo, unknown
  std::string ice_state;    // new, checking, connected, failed, closed
  std::string dtls_state;   // new, connecting, connected, failed, closed
  std::string rtcp;         // of its flows, the best: clear, decrypted, opaque; "" none seen
  std::string rtcp_reason;  // why it is opaque: no_keys, late_attach, no_key, unsupported_profile
  UtcTime started_at{};
  std::optional<UtcTime> connected_at;  // ICE and DTLS done
  bool turn_used = false;               // media or DTLS went through a TURN server
  bool tcp_used = false;                // media or DTLS went over TCP
  std::uint64_t ice_restarts = 0;
  std::uint64_t pair_switches = 0;  // media moved from one candidate pair to another
  std::optional<Ending> ended;

  friend bool operator==(const Connection&, const Connection&) = default;
};

/// What ICE did on one candidate pair.
struct FlowIce {
  std::string state = "none";         // none, checking, connected, nominated, consent_lost, failed
  std::string failure;                // no_answer, error_response, consent_expired; "" for none
  std::string controlling;            // client, server; "" unknown
  std::string integrity = "unknown";  // MESSAGE-INTEGRITY against ice-pwd: verified, mismatch, unknown
  std::uint64_t checks_up = 0, checks_down = 0;    // Binding requests, GOOG-PING included
  std::uint64_t answers_up = 0, answers_down = 0;  // success responses
  std::uint64_t errors = 0;                        // error responses, both ways
  std::optional<std::uint32_t> last_error;         // ERROR-CODE
  std::uint64_t nominations = 0;                   // requests with USE-CANDIDATE
  std::optional<UtcTime> nominated_at;
  std::optional<UtcTime> answered_at;  // the last time a check was answered: consent
  std::uint64_t restarts = 0;
  std::uint64_t goog_pings = 0;
  std::uint64_t dtls_in_stun = 0;
  std::optional<double> round_trip_ms;  // tap to client and back, last check
  std::optional<double> round_trip_min_ms, round_trip_mean_ms;
  std::optional<double> server_answer_ms;  // tap to server and back, last check

  friend bool operator==(const FlowIce&, const FlowIce&) = default;
};

/// What a DTLS handshake said in clear, and what followed it.
struct FlowDtls {
  std::string version, cipher, group;
  std::string client;  // "server", "client": who sent ClientHello; "" unknown
  std::vector<std::string> offered_versions, offered_ciphers, offered_groups, offered_srtp_profiles;
  std::optional<double> handshake_ms;
  std::uint64_t client_hellos = 0;
  std::uint64_t hello_verify_requests = 0, hello_retry_requests = 0;
  std::uint64_t fragmented_messages = 0;
  std::uint64_t repeated_messages = 0;
  std::string alert;         // the last one in clear, e.g. "fatal handshake_failure"; "" none
  std::string alert_sender;  // client, server; "" none or unknown
  bool connection_ids = false;
  // SHA-256 against a=fingerprint: match, mismatch, hidden (DTLS 1.3), unknown (no certificate or no SDP)
  std::string fingerprint_check_client = "unknown", fingerprint_check_server = "unknown";
  std::uint64_t data_packets_up = 0, data_packets_down = 0;  // data channels: records of application data
  std::uint64_t data_bytes_up = 0, data_bytes_down = 0;      // as encrypted

  friend bool operator==(const FlowDtls&, const FlowDtls&) = default;
};

/// What a TURN client and its server agreed on.
struct FlowTurn {
  std::string state;             // allocating, allocated, released, failed; "" no TURN
  std::string relayed_endpoint;  // what the server relays for the client; "" unknown
  std::optional<std::uint32_t> lifetime_s;
  std::uint64_t permissions = 0, channels = 0, refreshes = 0;
  std::optional<std::uint32_t> last_error;
  FlowId client_flow;  // of an inner flow or the relay's other leg: the flow between client and TURN server

  friend bool operator==(const FlowTurn&, const FlowTurn&) = default;
};

/// A five-tuple and what it carried; linked to at most one connection.
struct Flow {
  FlowId id;
  ConnectionId connection;  // invalid: unmatched
  HostId host;
  double confidence = 0;  // of the link: 0 (none) .. 1 (proved twice)
  std::vector<Evidence> evidence;
  std::vector<Evidence> conflicts;  // what spoke for another connection
  Endpoint server_endpoint;         // the media host's end; for TURN the TURN server's
  Endpoint client_endpoint;
  bool server_known = false;  // false: which end is the server is not known, A is shown as client
  std::string transport;      // udp, tcp
  std::string encapsulation;  // none, turn, ice_tcp
  std::string interface;
  std::string tunnels;  // that carried the first packet, outermost first: "vxlan/gre"; "" for none
  std::optional<std::uint32_t> vlan_id;
  UtcTime first_packet{};
  UtcTime last_packet{};
  std::uint64_t packets_up = 0, packets_down = 0, bytes_up = 0, bytes_down = 0;  // up: client to server
  std::uint64_t stun_packets = 0, dtls_packets = 0, rtp_packets = 0, rtcp_packets = 0, other_packets = 0;
  std::string client_ufrag, server_ufrag;
  FlowIce ice;
  FlowDtls dtls;
  FlowTurn turn;
  RoundTripFigures round_trips;
  std::string srtp_profile;
  std::string rtcp, rtcp_reason;                       // as in Connection
  std::string fingerprint_client, fingerprint_server;  // SHA-256, upper-case hex with colons
  std::optional<Ending> ended;

  friend bool operator==(const Flow&, const Flow&) = default;
};

/// Figures of a span of time; definitions in docs/metrics.md.
struct StreamFigures {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::uint64_t expected = 0;
  std::int64_t lost = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t reordered = 0;
  std::uint64_t frames = 0;

  friend bool operator==(const StreamFigures&, const StreamFigures&) = default;
};

/// One SSRC in one direction.
struct Stream {
  StreamId id;
  FlowId flow;
  ConnectionId connection;
  ConferenceId conference;
  ParticipantId participant;         // whose connection carries it
  ParticipantId source_participant;  // whose media it is (differs on subscriptions); invalid when unknown
  std::uint32_t ssrc = 0;
  std::string direction;  // uplink (client to server), downlink, unknown
  std::string kind;       // audio, video, unknown
  std::string codec;      // encoding name as in rtpmap, e.g. "opus", "VP8", "rtx"; "" unknown
  std::uint8_t payload_type = 0;
  std::optional<std::uint32_t> clock_rate_hz;
  std::string clock_rate_source;  // sdp, static_pt, timestamp_step, slope, pairing; "" when absent
  TypingFigures typing;
  std::string mid, rid;
  std::optional<std::uint32_t> rtx_of_ssrc;
  UtcTime first_packet{};
  UtcTime last_packet{};
  StreamFigures total;
  std::optional<double> bitrate_bps;  // bytes * 8 / (last - first packet)
  std::optional<double> jitter_ms;    // RFC 3550, last; absent without clock rate and for rtx
  std::optional<double> jitter_max_ms, jitter_mean_ms;
  std::optional<double> jitter_frame_ms;  // libwebrtc's variant
  double max_gap_ms = 0;
  std::optional<double> recent_loss_ratio;  // over the last 10 s of reports; absent when none
  std::optional<double> recent_bitrate_bps;
  std::uint64_t capture_drops = 0;  // our own, while the stream lived
  LossFigures loss;
  LossSplit loss_split;
  RelayFigures relay;
  VideoFigures video;
  PlaybackFigures playback;
  VoiceFigures voice;
  HeaderFigures headers;
  RemoteFigures remote;
  KeyFrameFigures key_frames;
  RedundancyFigures redundancy;
  // Between a client and its TURN server, while the packets were seen on their way to or from the media
  // server, too: the stream of that leg is in sums, this one in none.
  bool relay_leg = false;
  // Why figures may be empty: only a part of the packets was seen one by one; what shows key frames is on
  // frames that need not be.
  bool sampled = false;
  bool key_frames_ambiguous = false;
  bool ended = false;

  friend bool operator==(const Stream&, const Stream&) = default;
};

/// True for a stream of retransmissions (RFC 4588): by what it repeats, or by its codec.
template <class WithCodec>
bool is_retransmission(const WithCodec& stream) {
  return stream.rtx_of_ssrc || equals_ignoring_case(stream.codec, "rtx");
}

/// True for a stream of FEC on an SSRC of its own (RFC 8627; libwebrtc's "flexfec-03"; RFC 5109).
template <class WithCodec>
bool is_fec(const WithCodec& stream) {
  return equals_ignoring_case(std::string_view(stream.codec).substr(0, 7), "flexfec") ||
         equals_ignoring_case(stream.codec, "ulpfec");
}

/// True for what repairs another stream and is no medium of its own: nobody hears or sees its losses.
template <class WithCodec>
bool is_repair(const WithCodec& stream) {
  return is_retransmission(stream) || is_fec(stream);
}

/// One report interval of a stream (1 s while packets come).
struct StreamSample {
  StreamId stream;
  UtcTime start{};
  UtcTime end{};
  StreamFigures interval;
  std::optional<double> bitrate_bps;
  std::optional<double> jitter_ms;
  std::uint64_t capture_drops = 0;
  std::optional<double> frame_rate_fps;  // of video
  std::optional<double> frame_jitter_ms;
  std::uint64_t stalls = 0;
  std::optional<std::uint64_t>
      freezes;  // that the model found in this interval: up to 3.5 s after they began
  std::optional<std::uint64_t> received_frames;  // by the client, kReceivedBehind before `start`'s second

  static constexpr std::chrono::seconds kReceivedBehind{3};

  friend bool operator==(const StreamSample&, const StreamSample&) = default;
};

/// A line of the timeline. Ids are invalid where the event is not about such a thing.
struct Event {
  UtcTime time{};
  HostId host;
  ConferenceId conference;
  ParticipantId participant;
  SessionId session;
  ConnectionId connection;
  StreamId stream;
  Source source{};
  std::string kind;    // ice_connected, dtls_connected, joined, published, hangup, slow_link, ...
  std::string text;    // plain English, one line
  std::string detail;  // JSON, "" when there is nothing to add

  friend bool operator==(const Event&, const Event&) = default;
};

/// Something that is wrong for a while. Ids are invalid where the issue is not about such a thing.
struct Issue {
  IssueId id;
  HostId host;
  ConferenceId conference;
  ParticipantId participant;
  ConnectionId connection;
  StreamId stream;
  std::string kind;      // ice_failed, high_loss, ...; docs/metrics.md defines each
  std::string severity;  // critical, warning, info
  UtcTime started_at{};
  std::optional<UtcTime> ended_at;
  std::string text;                // plain English, one sentence
  std::vector<Evidence> evidence;  // what it was found by, as of the last look that found it

  friend bool operator==(const Issue&, const Issue&) = default;
};

/// Entities replace their earlier state (same id); samples and events are appended.
using Change = std::variant<Host, Conference, Participant, Session, Connection, Flow, Stream, StreamSample,
                            Event, Issue>;

class ChangeSink {
 public:
  virtual ~ChangeSink() = default;
  virtual void on_change(const Change& change) = 0;
};

}  // namespace rtcscope::model
