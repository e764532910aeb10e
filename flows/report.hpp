#pragma once
// What the flow table says to whoever listens: the facts that identify a flow, its state, and the
// figures of its streams. Values only; nothing here points into a packet.

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/net.hpp"
#include "base/packet_record.hpp"
#include "base/strong_id.hpp"
#include "base/time.hpp"

namespace rtcscope::flows {

/// kTurn: the datagrams travelled inside TURN ChannelData or Send/Data indications (RFC 8656).
/// kIceTcp: inside RFC 4571 framing on a TCP connection (RFC 6544).
enum class Encapsulation : std::uint8_t { kNone, kTurn, kIceTcp };

/// Which end of the flow: A sent the first packet that was seen of it.
enum class Side : std::uint8_t { kA = 0, kB = 1 };
constexpr Side other(Side side) noexcept {
  return side == Side::kA ? Side::kB : Side::kA;
}
constexpr std::size_t index(Side side) noexcept {
  return static_cast<std::size_t>(side);
}

/// A and B are the outer endpoints, also for encapsulated flows. `relayed_peer` is the peer behind the
/// TURN server (XOR-PEER-ADDRESS); it tells several inner flows of one allocation apart.
struct FlowKey {
  Endpoint a;
  Endpoint b;
  Transport transport = Transport::kUdp;
  Encapsulation encapsulation = Encapsulation::kNone;
  Endpoint relayed_peer;

  [[nodiscard]] const Endpoint& endpoint(Side side) const noexcept { return side == Side::kA ? a : b; }
  friend bool operator==(const FlowKey&, const FlowKey&) = default;
};

/// USERNAME of an ICE connectivity check: receiver's ufrag ":" sender's ufrag (RFC 8445, 7.2.2).
struct IceUsername {
  std::string receiver_ufrag;
  std::string sender_ufrag;
  Side sender = Side::kA;
  UtcTime first_seen{};
};

/// SHA-256 of the leaf certificate that a side sent in clear (DTLS 1.2 and older; RFC 8122, 5).
struct CertificateFingerprint {
  std::array<std::uint8_t, 32> sha256{};
  Side sender = Side::kA;
  UtcTime first_seen{};
};

/// In the order of what is worth more: the best of several pairs is a connection's state.
enum class IceState : std::uint8_t { kNone, kFailed, kChecking, kConsentLost, kConnected, kNominated };

/// RFC 8445, 6.1.1: as ICE-CONTROLLING and ICE-CONTROLLED of the side's own requests say, or the other's.
enum class IceRole : std::uint8_t { kUnknown, kControlling, kControlled };

/// kUnknown: no password was given, or no request came since. kMismatch: none of the checked ones fits.
enum class IceIntegrity : std::uint8_t { kUnknown, kVerified, kMismatch };

/// Why a pair is not usable.
enum class IceFailure : std::uint8_t { kNone, kNoAnswer, kErrorResponse, kConsentExpired };

struct IceFacts {
  IceState state = IceState::kNone;
  std::optional<UtcTime> first_check;                // first Binding request of either side
  std::optional<UtcTime> first_success;              // first Binding success response
  std::optional<UtcTime> nominated;                  // first success to a request that carried USE-CANDIDATE
  std::optional<UtcTime> last_success;               // consent (RFC 7675, 5.1)
  std::array<std::uint64_t, 2> requests{};           // by the side that sent the request
  std::array<std::uint64_t, 2> success_responses{};  // by the side that sent the response
  std::array<std::uint64_t, 2> error_responses{};
  std::uint16_t last_error_code = 0;  // ERROR-CODE, e.g. 487 role conflict
  /// Round trip of checks from the tap to a side and back, by the side that answered; unit ns.
  std::array<std::optional<Duration>, 2> last_round_trip;
  std::array<std::optional<Duration>, 2> min_round_trip;
  std::array<Duration, 2> round_trip_sum{};
  std::array<std::uint64_t, 2> round_trips{};
  std::array<IceRole, 2> roles{};
  std::array<std::uint64_t, 2> nominations{};         // requests with USE-CANDIDATE, by sender
  std::array<std::optional<UtcTime>, 2> last_answer;  // to a request of this side: its consent (RFC 7675)
  std::array<std::uint64_t, 2> unanswered{};          // its requests since then
  std::array<std::uint64_t, 2> goog_pings{};          // of `requests`: libwebrtc's short form
  std::uint64_t dtls_in_stun = 0;                     // DTLS datagrams inside checks
  std::uint32_t restarts = 0;                         // both ufrags changed (RFC 8445, 2.4)
  std::optional<UtcTime> consent_lost;
  IceIntegrity integrity = IceIntegrity::kUnknown;
  IceFailure failure = IceFailure::kNone;
};

enum class DtlsState : std::uint8_t { kNone, kHandshaking, kConnected, kFailed, kClosed };

/// Codes in the order they were offered; `more` when they were more than fit.
template <std::size_t N>
struct CodeList {
  std::array<std::uint16_t, N> values{};
  std::uint8_t count = 0;
  bool more = false;

  void add(std::uint16_t value) noexcept {
    if (count == N) {
      more = true;
    } else {
      values[count++] = value;
    }
  }
  [[nodiscard]] std::span<const std::uint16_t> list() const noexcept { return {values.data(), count}; }
};

/// Of the newest ClientHello.
struct DtlsOffer {
  CodeList<8> versions;
  CodeList<64> cipher_suites;
  CodeList<16> groups;
  CodeList<16> srtp_profiles;
};

struct DtlsFacts {
  DtlsState state = DtlsState::kNone;
  std::optional<UtcTime> client_hello;  // the first one seen
  std::optional<UtcTime> connected;     // both sides sent records of epoch >= 1 (or 1.3 data epochs)
  std::optional<UtcTime> closed;        // alert: close_notify in epoch 0, or any alert after connected
  std::optional<Side> client;           // the side that sent ClientHello
  std::uint16_t version = 0;            // wire value: 0xfefd = DTLS 1.2; 0 = not seen
  std::uint16_t cipher_suite = 0;
  std::uint16_t srtp_profile = 0;  // RFC 5764, 4.1.2; 0 = not seen (hidden in DTLS 1.3)
  std::uint8_t alert_level = 0;    // of the last alert in clear
  std::uint8_t alert_description = 0;
  std::uint32_t client_hellos = 0;        // more than one (two with a cookie) means retransmission
  std::uint64_t application_records = 0;  // data channels (SCTP)
  DtlsOffer offer;
  std::uint16_t group = 0;  // of the key exchange; 0 = not seen
  std::uint32_t hello_verify_requests = 0;
  std::uint32_t hello_retry_requests = 0;
  std::uint32_t fragmented_messages = 0;               // that came in more than one piece
  std::array<std::uint32_t, 2> repeated_messages{};    // in clear, sent again, by sender
  std::array<std::uint64_t, 2> application_packets{};  // records of application data, by sender
  std::array<std::uint64_t, 2> application_bytes{};    // of them, as encrypted: without the record header
  bool connection_ids = false;                         // RFC 9146
  bool in_stun = false;                                // part of the handshake travelled inside checks
  Side alert_sender = Side::kA;
};

enum class TurnState : std::uint8_t { kNone, kAllocating, kAllocated, kReleased, kFailed };

/// What a client and its TURN server agreed on (RFC 8656), on the five-tuple between the two.
struct TurnFacts {
  TurnState state = TurnState::kNone;
  std::optional<UtcTime> allocated;
  std::optional<UtcTime> released;              // Refresh with lifetime 0, answered
  Endpoint relayed;                             // XOR-RELAYED-ADDRESS; the newest of several
  Endpoint mapped;                              // the client as the server sees it
  std::uint32_t lifetime_s = 0;                 // granted last
  std::uint64_t refreshes = 0;                  // answered ones
  std::uint64_t permissions = 0;                // answered CreatePermission requests
  std::uint32_t channels = 0;                   // bound ones
  std::uint16_t last_error = 0;                 // other than the challenge (401) and the stale nonce (438)
  std::array<std::uint64_t, 2> indications{};   // Send and Data, by sender
  std::array<std::uint64_t, 2> channel_data{};  // by sender
};

/// What can be read of a flow's RTCP. kNone: there was none yet.
enum class RtcpAccess : std::uint8_t { kNone, kClear, kOpaque, kDecrypted };

/// Why RTCP stays opaque.
enum class OpaqueReason : std::uint8_t {
  kNoKeys,              // nobody gives secrets
  kUnsupportedProfile,  // of the SRTP profiles that were negotiated
  kLateAttach,          // the handshake was before the first packet that was seen
  kNoKey,  // the handshake was seen, and no secret fits: it came from another process, or was lost
};

/// Identity of a stream; figures come in StreamReport.
struct StreamFacts {
  StreamId id;
  std::uint32_t ssrc = 0;
  Side sender = Side::kA;
  std::uint8_t payload_type = 0;  // of the newest packet
  UtcTime first_packet{};
  UtcTime last_packet{};
  std::string mid;  // from the sdes:mid extension if its id is known, else empty
  std::string rid;
};

/// Datagrams and their payload octets (UDP payload, or the framed unit on TCP), by sending side.
struct ClassCounts {
  std::array<std::uint64_t, 2> packets{};
  std::array<std::uint64_t, 2> bytes{};
};

enum class FlowEnd : std::uint8_t { kNone, kIdle, kEvicted, kCaptureEnd };

struct FlowSnapshot {
  FlowId id;
  FlowKey key;
  std::string interface;  // name of the interface of the first packet
  std::string tunnels;    // that carried the first packet, outermost first: "vxlan/gre"; "" for none
  std::optional<std::uint16_t> vlan_id;  // outermost tag of the first packet
  /// Direction at the tap of packets that A sent; kUnknown in most capture files.
  PacketDirection direction_of_a = PacketDirection::kUnknown;
  UtcTime first_packet{};
  UtcTime last_packet{};
  ClassCounts stun_packets, dtls_packets, rtp_packets, rtcp_packets, other_packets;
  std::vector<IceUsername> ice_usernames;  // bounded; first seen first
  std::vector<CertificateFingerprint> fingerprints;
  IceFacts ice;
  DtlsFacts dtls;
  /// By the side that tells what comes to it: tap to it and back (flows/feedback_round_trip.hpp), median.
  std::array<std::optional<Duration>, 2> feedback_round_trip;
  RtcpAccess rtcp_access = RtcpAccess::kNone;
  OpaqueReason opaque_reason = OpaqueReason::kNoKeys;  // says something while rtcp_access is kOpaque
  TurnFacts turn;
  /// The flow between a client and its TURN server that this one belongs to: it travels inside it, or one of
  /// its ends is the address that the server relays for the client. Invalid: neither was seen.
  FlowId turn_client;
  std::vector<StreamFacts> streams;  // bounded by the stream limit of a flow
  FlowEnd end = FlowEnd::kNone;
};

enum class MediaKind : std::uint8_t { kUnknown, kAudio, kVideo };
/// kRetransmission: RFC 4588; kFec: RFC 8627, on an SSRC of its own.
enum class MediaRole : std::uint8_t { kPrimary, kRetransmission, kFec };
/// From what a property of a stream was read, in falling order of trust.
enum class KnownBy : std::uint8_t {
  kNothing,
  kStaticPayloadType,  // RFC 3551, 6
  kExtension,          // a header extension that only one medium carries
  kTimestampStep,      // the RTP timestamp step that most packets take
  kSlope,              // RTP timestamps over arrival
  kPairing,            // of the stream that it repeats
  kConvention,         // the payload type that browsers give to it
  kFeedback,           // transport-wide feedback of the receiver
};

/// What the packets themselves say about a stream, without any signalling.
struct TypingFacts {
  MediaKind kind = MediaKind::kUnknown;
  KnownBy kind_by = KnownBy::kNothing;
  MediaRole role = MediaRole::kPrimary;
  KnownBy clock_by = KnownBy::kNothing;
  std::uint32_t clock_rate_hz = 0;            // 0: not known
  std::optional<std::uint32_t> repeats_ssrc;  // of a retransmission or FEC stream
  Duration kind_after{};                      // from the first packet to the last change of kind
};

/// Losses in the terms of RFC 3611, 4.7.2 (Gmin 16), and how long they lasted. Padding-only packets count.
struct BurstFigures {
  std::uint64_t bursts = 0;
  std::uint64_t burst_packets = 0;  // expected packets between the first and the last loss of a burst
  std::uint64_t burst_lost = 0;
  std::uint64_t gap_packets = 0;  // expected packets outside of bursts
  std::uint64_t gap_lost = 0;
  std::uint64_t longest_loss = 0;  // packets lost in a row
};

/// A receiver's playout of video by model (flows/playout_model.hpp).
struct PlayoutFigures {
  std::uint64_t frames = 0;  // shown by the model: some seconds behind the packets
  std::uint64_t freezes = 0;
  Duration frozen{};
  std::uint64_t received = 0;  // frames that the receiver had whole by its own word
  bool tells = false;          // it gives its word: there was transport-wide feedback
  // Of a stream with temporal layers: frames behind a loss. Which of them can be shown is not known.
  std::uint64_t doubtful = 0;
  // How long the last picture stands, while the receiver waits for what it can show. W3C counts a freeze only
  // when it is over.
  Duration standstill{};
};

/// The stream that the media server made this one of (flows/relay_tracker.hpp), the newest if it switched.
struct RelayFigures {
  StreamId source;  // invalid: none was found
  std::uint32_t source_ssrc = 0;
  std::uint64_t source_switches = 0;
  std::uint64_t samples = 0;
  std::optional<Duration> forwarding_p50;
  std::optional<Duration> forwarding_p99;
  std::uint64_t relayed_lost = 0;  // gaps that were in the source, too
  std::uint64_t server_lost = 0;   // gaps that were not
};

/// From the audio level of each packet (RFC 6464).
struct VoiceFigures {
  std::uint64_t packets = 0;
  std::uint64_t flagged = 0;    // with the V bit
  std::uint64_t silent = 0;     // with the lowest level there is, -127 dBov: digital silence
  Duration covered{};           // time between the packets, pauses over 500 ms left out
  Duration talk{};              // the part of it that ended in a flagged packet
  std::uint64_t level_sum = 0;  // of flagged packets, -dBov
};

/// What transport-wide feedback says of the stream's packets.
struct FeedbackFigures {
  std::uint64_t reported = 0;
  std::uint64_t lost = 0;
};

/// See flows/delay_variation.hpp.
struct DelayVariationFigures {
  std::uint64_t packets = 0;
  std::optional<Duration> p50;
  std::optional<Duration> p99;
  std::optional<double> drift_ppm;  // of the other clock against ours
};

/// What the header extensions of the stream's packets say; the newest value, or sums.
struct HeaderFigures {
  std::string extensions;             // ids with their meaning, and how it is known
  std::string repaired_rid;           // RFC 8852
  std::uint64_t cryptex_packets = 0;  // RFC 9335: their extensions cannot be read
  std::optional<std::uint32_t> rotation_degrees;
  std::optional<Duration> playout_delay_min, playout_delay_max;
  std::optional<std::uint64_t> target_bps;  // video-layers-allocation, of the stream's own layers
  std::optional<std::uint32_t> target_width, target_height, target_fps;
  std::uint64_t described_frames = 0;  // that a dependency descriptor started
  std::uint64_t skipped_frames = 0;    // frame numbers that did not come
  std::optional<std::uint32_t> frame_width, frame_height;
  std::uint64_t timings = 0;  // packets with video-timing
  Duration encode_sum{};
  Duration pacer_sum{};
  std::uint64_t capture_times = 0;
  Duration capture_to_send_sum{};
  KnownBy variation_by = KnownBy::kNothing;
  DelayVariationFigures variation;
};

enum class KeyFrameSign : std::uint8_t { kNone, kDescriptor, kOrientation };

/// See flows/key_frames.hpp.
struct KeyFrameFigures {
  KeyFrameSign by = KeyFrameSign::kNone;  // kNone: nothing shows key frames, the counts say nothing
  bool ambiguous = false;                 // ... because other frames show the same
  std::uint64_t key_frames = 0;
  std::uint64_t waits = 0;  // requests that a key frame has followed
  std::optional<Duration> wait_p50, wait_max;
};

/// RFC 3550 figures over one span of time or over the whole stream. Counters of the interval are
/// differences of the totals, so they may be negative where the RFC's own arithmetic says so.
struct StreamFigures {
  std::uint64_t packets = 0;   // every RTP packet of the SSRC, duplicates and padding-only included
  std::uint64_t bytes = 0;     // UDP payload octets: RTP header, extensions, payload, SRTP tag
  std::uint64_t expected = 0;  // highest extended sequence number - first + 1 (RFC 3550, A.3)
  std::int64_t lost = 0;       // expected - distinct packets received: missing at the tap
  std::uint64_t duplicates = 0;
  std::uint64_t reordered = 0;  // arrived after a higher sequence number, not duplicates
  std::uint64_t frames = 0;     // changes of the RTP timestamp to a newer one
  std::uint64_t markers = 0;
  std::uint64_t padding_packets = 0;  // with the P bit: of padding only, from browsers
  std::uint64_t padding_bytes = 0;
  std::uint64_t stalls = 0;  // W3C's freeze rule at the tap: see rtp_meter.h
  Duration stalled{};
  // Times from one frame's last packet to the next one's: sum in us and sum of squares in us^2.
  std::uint64_t frame_interval_us = 0;
  std::uint64_t frame_interval_us2 = 0;
};

/// Interarrival jitter under one hypothesis of the RTP clock. The right clock is often named only
/// after packets came (SDP in a late event), so the meter keeps each common clock and the reader picks.
struct ClockJitter {
  std::uint32_t clock_rate_hz = 0;
  Duration rfc3550{};       // RFC 3550, A.8: after the last packet
  Duration rfc3550_max{};   // highest value reached so far in the stream
  Duration rfc3550_mean{};  // mean over all packets but the first
  Duration frame_based{};   // updated only by in-order packets with a new timestamp, as libwebrtc does
};
inline constexpr std::size_t kClockHypotheses = 4;  // 8000, 16000, 48000, 90000 Hz

/// How far back a second has to be until no frame comes to it any more: one waits 2.5 s for its packets.
inline constexpr std::chrono::seconds kReceivedBehind{3};

struct StreamReport {
  StreamId stream;
  FlowId flow;
  std::uint32_t ssrc = 0;
  Side sender = Side::kA;
  std::uint8_t payload_type = 0;
  UtcTime start{};  // bounds of the interval; end - start is what was really measured
  UtcTime end{};
  UtcTime first_packet{};  // of the whole stream
  UtcTime last_packet{};
  bool final = false;  // the stream is over: total is complete
  StreamFigures interval;
  StreamFigures total;
  std::uint16_t highest_sequence = 0;
  std::array<ClockJitter, kClockHypotheses> jitter{};
  Duration max_gap{};             // longest silence between two packets of the stream so far
  std::int64_t lost_rfc3550 = 0;  // expected - all received, duplicates too (RFC 3550, A.3)
  BurstFigures bursts;
  std::uint64_t largest_frame_bytes = 0;
  TypingFacts typing;
  std::uint64_t retransmitted = 0;  // packets of streams that repeat this one, probes of padding left out
  /// Only a part of the packets was seen one by one: what follows is absent.
  bool sampled = false;
  std::optional<PlayoutFigures> playout;
  /// Of its freezes those that the model found in the interval; nothing where a frame in it was doubtful.
  std::optional<std::uint64_t> interval_freezes;
  /// Frames of `received` in the second that begins kReceivedBehind before the interval does.
  std::optional<std::uint32_t> received_behind;
  RelayFigures relay;
  std::optional<VoiceFigures> voice;
  FeedbackFigures feedback;
  HeaderFigures headers;
  KeyFrameFigures key_frames;
  std::uint64_t capture_drops = 0;  // frames our own capture lost on this interface in the interval
};

/// What RTCP says of one stream: the reports and requests of the end that receives it, summed. Comes only
/// where RTCP could be read.
struct RemoteReport {
  FlowId flow;
  std::uint32_t ssrc = 0;
  Side media_sender = Side::kA;
  UtcTime time{};                      // of the newest report or request
  std::uint64_t reports = 0;           // report blocks; 0: what follows to jitter_ticks says nothing
  std::uint16_t highest_sequence = 0;  // up to which the newest one reports
  std::int64_t lost = 0;               // cumulative number of packets lost, without its 24-bit wrap
  double fraction_lost = 0;            // of the last report's interval
  std::uint32_t jitter_ticks = 0;      // in RTP clock ticks, as the receiver reckons it
  std::optional<Duration> round_trip;  // tap to the receiver and back, from LSR and DLSR; newest
  std::optional<Duration> min_round_trip;
  Duration round_trip_sum{};
  std::uint64_t round_trips = 0;
  std::optional<Duration> round_trip_median;
  std::uint64_t nack_count = 0;      // NACK packets
  std::uint64_t nacked_packets = 0;  // RTP packets they asked for, repetitions included
  std::uint64_t pli_count = 0;
  std::uint64_t fir_count = 0;
};

enum class FlowEventKind : std::uint8_t {
  kIceFirstCheck,
  kIceConnected,
  kIceNominated,
  kIceErrorResponse,
  kIceRestarted,
  kIceFailed,       // code: IceFailure
  kIceConsentLost,  // side: whose checks were not answered
  kIcePairSwitched,
  kDtlsClientHello,
  kDtlsHelloVerify,
  kDtlsHelloRetry,
  kDtlsConnected,
  kDtlsAlert,
  kDtlsClosed,
  kTurnAllocated,
  kTurnError,  // code: ERROR-CODE
  kTurnReleased,
  kStreamStarted,
  kFlowEnded,
};
const char* to_string(FlowEventKind kind) noexcept;

struct FlowEvent {
  UtcTime time{};
  FlowId flow;
  StreamId stream;  // invalid unless the event is about one stream
  FlowEventKind kind{};
  Side side = Side::kA;
  std::uint32_t code = 0;  // STUN error code, or alert level << 8 | description
};

/// Receives what the flow table has to say, on the thread that feeds it packets, in packet time order.
class FlowSink {
 public:
  virtual ~FlowSink() = default;
  /// Identity or state changed, or once a second while packets come, or the flow ended.
  virtual void on_flow(const FlowSnapshot& flow) = 0;
  virtual void on_stream_report(const StreamReport& report) = 0;
  virtual void on_flow_event(const FlowEvent& event) = 0;
  virtual void on_remote_report(const RemoteReport& /*report*/) {}
};

}  // namespace rtcscope::flows
