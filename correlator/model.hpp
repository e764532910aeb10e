#pragma once
// The picture that store, API and exports share. A member's name is its SQL column and its JSON key
// (there with the unit as suffix where the C++ type carries it).

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/net.hpp"
#include "base/strong_id.hpp"
#include "base/time.hpp"

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
  std::optional<Ending> ended;

  friend bool operator==(const Connection&, const Connection&) = default;
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
  UtcTime first_packet{};
  UtcTime last_packet{};
  std::uint64_t packets_up = 0, packets_down = 0, bytes_up = 0, bytes_down = 0;  // up: client to server
  std::uint64_t stun_packets = 0, dtls_packets = 0, rtp_packets = 0, rtcp_packets = 0, other_packets = 0;
  std::string client_ufrag, server_ufrag;
  std::optional<double> ice_round_trip_ms;  // tap to client and back, last check
  std::string dtls_version, dtls_cipher, srtp_profile;
  std::string dtls_client;  // "server", "client": who sent ClientHello; "" unknown
  std::optional<double> dtls_handshake_ms;
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

/// What the receiving end says of a stream in RTCP; all absent where none could be read.
struct RemoteFigures {
  std::optional<std::int64_t> lost;     // cumulative number of packets lost (RFC 3550, 6.4.1)
  std::optional<double> fraction_lost;  // of the last report's interval
  std::optional<double> jitter_ms;      // absent without a clock rate
  std::optional<double> round_trip_ms;  // tap to the receiver and back; newest
  std::optional<double> round_trip_min_ms, round_trip_mean_ms;
  std::optional<std::uint64_t> nack_count;      // NACK packets
  std::optional<std::uint64_t> nacked_packets;  // RTP packets they asked for
  std::optional<std::uint64_t> pli_count;
  std::optional<std::uint64_t> fir_count;

  friend bool operator==(const RemoteFigures&, const RemoteFigures&) = default;
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
  std::string clock_rate_source;  // sdp, static_payload_type, timestamps; "" when absent
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
  RemoteFigures remote;
  bool ended = false;

  friend bool operator==(const Stream&, const Stream&) = default;
};

/// One report interval of a stream (1 s while packets come).
struct StreamSample {
  StreamId stream;
  UtcTime start{};
  UtcTime end{};
  StreamFigures interval;
  std::optional<double> bitrate_bps;
  std::optional<double> jitter_ms;
  std::uint64_t capture_drops = 0;

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
