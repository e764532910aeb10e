#pragma once
// rtcscope's own counters as the API shows them (schema Stats). app/ gathers them; nothing here counts.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace rtcscope::api {

struct InterfaceStats {
  std::string name;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;            // octets on the wire
  std::uint64_t truncated = 0;        // packets cut to the snap length
  std::uint64_t kernel_drops = 0;     // lost between kernel and us because our ring was full
  std::uint64_t interface_drops = 0;  // lost by the network card or its driver
};

struct TapLossStats {
  std::string interface;
  std::string reason;
  std::uint64_t count = 0;
};
struct LeftAloneStats {
  std::string reason;
  std::uint64_t count = 0;
};

/// How live packets are seen.
struct TapStats {
  std::string kind;                        // tc, xdp, packet
  std::string note;                        // why it is not the in-kernel tap
  std::string attached_by;                 // tcx, clsact, xdp; "" for packet
  std::uint64_t streams = 0;               // metered in the kernel
  std::uint64_t max_streams = 0;           // that find room there
  std::uint64_t forgotten = 0;             // taken out because nobody wanted them any more
  std::uint64_t attach_failures = 0;       // tries to attach to an interface that came later
  std::uint64_t clock_steps = 0;           // times the system's clock was set
  std::vector<TapLossStats> losses;        // only those that happened
  std::vector<LeftAloneStats> left_alone;  // frames that cannot be WebRTC
};

struct CaptureStats {
  std::optional<TapStats> tap;             // of a live capture
  std::vector<InterfaceStats> interfaces;  // the totals are their sums
  std::string error;                       // why capture ended early; "" when it did not
};

struct DecodeStats {
  std::uint64_t frames = 0, datagrams = 0, tcp_segments = 0;
  std::uint64_t stun = 0, dtls = 0, rtp = 0, rtcp = 0, turn_channel = 0, other = 0;
  std::uint64_t ssrc_zero = 0;
  std::uint64_t seen_elsewhere = 0;
};

struct RefusalStats {
  std::string protocol;
  std::string code;
  std::uint64_t count = 0;
};

struct FlowStats {
  std::uint64_t active = 0, capacity = 0, created = 0, evicted = 0;
  std::uint64_t unmatched = 0;  // live flows with RTP that no connection owns
  std::uint64_t streams_active = 0, streams_created = 0, streams_evicted = 0, streams_refused = 0;
  std::uint64_t identities_refused = 0;
};

/// A server that rtcscope itself went to for events or state.
struct FeedSourceStats {
  std::string kind;     // janus_admin, janus_amqp, janus_mqtt
  std::string address;  // without credentials
  bool connected = false;
  std::uint64_t deliveries = 0, dropped = 0, reconnects = 0;
  std::string last_error;  // "" when it works
  std::optional<UtcTime> last_delivery_at;
};

/// The clock of a media server's feed, measured on events that packets show, too.
struct FeedClockStats {
  std::string server;
  double offset_ms = 0;  // feed minus packets
  std::uint64_t connections = 0;
  UtcTime measured_at{};
};

struct FeedStats {
  std::uint64_t deliveries = 0, events = 0, refused = 0, dropped = 0, unauthorised = 0;
  std::uint64_t queue_depth = 0, queue_capacity = 0;
  std::optional<UtcTime> last_event_at;
  std::vector<FeedSourceStats> sources;
  std::vector<FeedClockStats> clocks;
};

struct StoreQueueStats {
  std::uint64_t queue_depth = 0, queue_capacity = 0;
  std::uint64_t queued = 0, written = 0, coalesced = 0;
  std::uint64_t dropped_samples = 0, dropped_events = 0, dropped_entities = 0;
  std::uint64_t rejected = 0, retries = 0, outages = 0;
  std::uint64_t spooled = 0, spool_changes = 0;  // went to the spool since the start; wait there
  std::uint64_t spool_bytes = 0, spool_capacity_bytes = 0, spool_unreadable = 0;
  std::string last_error;  // "" when there was none
  std::optional<UtcTime> last_write_at;
};

struct HepTargetStats {
  std::string target;
  bool connected = false;
  std::uint64_t sent = 0, bytes = 0, reconnects = 0, failures = 0;
  std::vector<LeftAloneStats> drops;  // by reason, also those that did not happen; the total is their sum
  std::uint64_t queue_depth = 0, queue_capacity = 0;
  std::uint64_t spooled = 0, spool_messages = 0;  // went to the disk since the start; wait there
  std::uint64_t spool_bytes = 0, spool_capacity_bytes = 0;
  std::string last_error;
};

struct HepStats {
  bool enabled = false;
  std::vector<HepTargetStats> targets;  // the totals are their sums
  std::vector<LeftAloneStats> refused;  // messages that cannot be made, by reason; only those that happened
  std::uint64_t forgotten = 0;          // entities whose names are forgotten because there were too many
};

/// HEP messages of other agents.
struct HepInStats {
  std::string listen;  // "udp:127.0.0.1:9060"; "" when there is no port
  std::uint64_t received = 0;
  std::uint64_t attached = 0;           // became events of a conference
  std::uint64_t waiting = 0;            // what they name is not known yet
  std::uint64_t unmatched = 0;          // it never became known, or was several things
  std::uint64_t dropped = 0;            // found the queue full
  std::vector<LeftAloneStats> refused;  // by reason; only those that happened
};

/// Call detail records.
struct CdrStats {
  bool enabled = false;
  std::uint64_t written = 0;
  std::uint64_t waiting = 0;   // that the disk did not take yet
  std::uint64_t failures = 0;  // tries that it refused
  std::uint64_t lost = 0;      // given up: too many waited
  std::uint64_t refused = 0;   // presences that there was no room to follow
  std::string last_error;      // "" while writing works
};

/// Requests at the door.
struct AccessStats {
  bool required = false;  // false: everybody may do everything
  std::uint64_t tokens = 0, sessions = 0;
  std::uint64_t logins = 0, failed_logins = 0;
  std::uint64_t unauthenticated = 0, forbidden = 0, limited = 0;
};

/// Those who have changes pushed to them.
struct LiveStats {
  std::uint64_t clients = 0, capacity = 0, refused = 0, expelled = 0;
  std::uint64_t published = 0, missed = 0, dropped = 0;
};

/// What clients report of themselves.
struct ClientReportStats {
  std::uint64_t accepted = 0;
  std::uint64_t limited = 0;            // came too often
  std::uint64_t failed = 0;             // the store did not take them
  std::vector<LeftAloneStats> refused;  // only those that happened
};

/// Headers of packets on disk.
struct CaptureRingStats {
  bool enabled = false;
  std::uint64_t packets = 0, bytes = 0;  // written
  std::uint64_t dropped = 0;             // packets: the disk was too slow
  std::uint64_t failed = 0;              // packets: they could not be written
  std::uint64_t files_removed = 0;
  std::uint64_t stored_bytes = 0, capacity_bytes = 0;
  std::optional<UtcTime> oldest_at;
  std::string last_error;  // "" when it works
};

/// A probe (`rtcscope capture` on a media host) whose reports come over the bus.
struct ProbeStats {
  std::string host;  // its --host-name
  std::string version;
  std::string source;            // what it watches, in plain English
  bool silent = false;           // nothing came for 15 s
  bool ended = false;            // it said that it stops
  UtcTime last_batch_at{};       // by our clock
  std::optional<UtcTime> clock;  // its own, of the newest batch: behind while it catches up
  std::uint64_t batches = 0, bytes = 0;
  std::uint64_t lost = 0;      // batches that never came
  std::uint64_t repeated = 0;  // that came twice; the second is not used
  std::uint64_t restarts = 0;
  std::uint64_t packets = 0;                     // at the probe, since its start, as the next ones
  std::uint64_t kernel_drops = 0;                // frames that its own capture lost
  std::uint64_t waiting = 0, waiting_bytes = 0;  // batches that the broker did not take yet, on disk included
  std::uint64_t unsent = 0;                      // batches the probe had no room for
  std::string error;                             // what does not work at the probe; "" when all does
};

/// Where the reports of probes come from.
struct BusStats {
  bool enabled = false;
  std::string address;  // without credentials
  bool connected = false;
  std::uint64_t batches = 0, bytes = 0, reconnects = 0;
  std::vector<LeftAloneStats> refused;  // batches that cannot be read, by reason; only those that happened
  std::uint64_t probes_forgotten = 0;   // there were too many
  std::string last_error;               // "" when it works
  std::vector<ProbeStats> probes;       // by host
};

struct Stats {
  std::string version;
  std::string mode;    // observe, replay, serve
  std::string source;  // what is read, in plain English
  UtcTime started_at{};
  UtcTime now{};
  double uptime_s = 0;
  std::optional<UtcTime> clock;  // time of the newest packet
  bool finished = false;         // a replay has come to its end
  CaptureStats capture;
  DecodeStats decode;
  std::vector<RefusalStats> refusals;
  FlowStats flows;
  FeedStats feed;
  StoreQueueStats store;
  HepStats hep;
  HepInStats hep_in;
  CdrStats cdr;
  AccessStats access;
  LiveStats live;
  ClientReportStats client_reports;
  CaptureRingStats capture_ring;
  BusStats bus;
};

/// One line of /readyz. The store is asked by the API itself.
struct ReadinessCheck {
  std::string name;
  bool ready = false;
  bool required = true;  // without it the whole is not ready
  std::string detail;
};

/// Called on any HTTP thread.
class StatsSource {
 public:
  virtual ~StatsSource() = default;
  [[nodiscard]] virtual Stats stats() const = 0;
  /// Without the store.
  [[nodiscard]] virtual std::vector<ReadinessCheck> readiness() const = 0;
};

}  // namespace rtcscope::api
