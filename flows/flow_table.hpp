#pragma once
// All flows of the tap: five-tuple to state, bounded, with idle expiry and one report a second.

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include <tsl/robin_map.h>

#include "base/fifo_map.hpp"
#include "decoders/demux/demux.hpp"
#include "flows/canonical_key.hpp"
#include "flows/flow.hpp"
#include "flows/ice_pairs.hpp"
#include "flows/options.hpp"
#include "flows/report.hpp"

namespace rtcscope::flows {

class FlowTable {
 public:
  /// `hash_seed` must not be known to who sends the packets; results do not depend on it.
  FlowTable(const FlowOptions& options, std::uint64_t hash_seed, FlowSink& sink, PathTallies& tallies);
  ~FlowTable();
  FlowTable(const FlowTable&) = delete;
  FlowTable& operator=(const FlowTable&) = delete;

  /// Names for FlowSnapshot::interface, by the capture source's interface index.
  void set_interface_names(std::vector<std::string> names) { interface_names_ = std::move(names); }
  /// Frames that our own capture lost on an interface since the last call.
  void add_capture_drops(std::uint32_t interface_index, std::uint64_t frames);

  /// One UDP datagram in order of time. Emits what it changed before returning.
  void add(const Datagram& datagram);

  /// The state of one stream as the tap metered it. A stream without a flow makes one where the tap has seen
  /// enough to prove it. False: nobody wants this stream any more, the tap may forget it.
  bool add_meter(const MeterReading& reading);

  /// Time went on to `now` (of packets, or of the clock when none come): emits the reports of every
  /// interval that ended and forgets what was idle. Earlier times are ignored.
  void advance(UtcTime now);

  /// The capture is over: final reports and snapshots of everything.
  void finish();
  /// The clock was set back: finish(), and from here on earlier times count. Secrets and passwords stay.
  void begin_anew();

  /// One exported DTLS-SRTP secret; see RtcpReader::add_key.
  void add_key(srtp::KeyingMaterial&& key) { rtcp_.add_key(std::move(key)); }
  /// See RtcpReader::add_logged.
  void add_logged(srtp::LoggedSecret&& secret) { rtcp_.add_logged(std::move(secret)); }
  /// See RtcpReader::expect_keys.
  void expect_keys() noexcept { rtcp_.expect_keys(); }
  /// Who hears of each report block that can be read; null: nobody. It outlives this.
  void set_rtcp_listener(RtcpListener* listener) noexcept { context_.rtcp_listener = listener; }
  [[nodiscard]] const SrtcpKeyCounters& key_counters() const noexcept { return rtcp_.key_counters(); }
  /// The ice-pwd of a ufrag, from a description: checks of flows with it are verified from here on.
  void add_ice_password(const std::string& ufrag, const std::string& password) {
    context_.passwords.put(ufrag, password);
  }
  /// The header extensions of a ufrag's description: they name those of its flows from the next check on.
  void add_extensions(const std::string& ufrag, const ExtensionTable& table) {
    context_.extensions.put(ufrag, table);
  }
  [[nodiscard]] const RtcpCounters& rtcp_counters() const noexcept { return rtcp_.counters(); }

  [[nodiscard]] std::size_t flows() const noexcept { return map_.size(); }
  [[nodiscard]] std::size_t streams() const noexcept { return context_.streams; }

 private:
  using Recency = std::list<Flow*>;  // longest silent first; splicing allocates nothing

  static constexpr std::size_t kMaxRelays = 16'384;

  Flow* find(const CanonicalKey& key);
  Flow& create(const Datagram& datagram, const CanonicalKey& key);
  void relist(Flow& flow);
  void add_to_flow(Flow& flow, const Datagram& datagram);
  void unwrap_turn(const Flow& outer, const Datagram& datagram);
  void note_relay(const Flow& flow);
  void join_relay(Flow& created, const Datagram& datagram);
  void watch_pairs();
  void tick(UtcTime boundary);
  void expire(UtcTime now);
  void expire(Recency& flows, UtcTime silent_since);
  void evict_one();
  void erase(Flow& flow, FlowEnd end, UtcTime at);
  [[nodiscard]] std::uint64_t drops(std::uint32_t interface_index) const noexcept;

  FlowOptions options_;
  RtcpReader rtcp_;
  RelayTracker relays_;
  FlowContext context_;
  PathTallies& tallies_;
  tsl::robin_map<CanonicalKey, std::unique_ptr<Flow>, SeededKeyHash> map_;
  Recency unproved_;
  Recency proved_;
  /// Which TURN client's flow a relayed address belongs to.
  FifoMap<Endpoint, FlowId> relayed_{kMaxRelays};
  IcePairs pairs_;
  std::vector<std::string> interface_names_;
  std::vector<std::uint64_t> capture_drops_;
  UtcTime last_boundary_{};
  UtcTime newest_{};
};

}  // namespace rtcscope::flows
