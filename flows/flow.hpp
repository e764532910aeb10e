#pragma once
// One flow: what it proved about itself, its ICE and DTLS state, its streams.

#include <array>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "base/byte_reader.hpp"
#include "base/meter_reading.hpp"
#include "decoders/demux/demux.hpp"
#include "decoders/link/frame.hpp"
#include "flows/canonical_key.hpp"
#include "flows/dtls_tracker.hpp"
#include "flows/extension_book.hpp"
#include "flows/ice_tracker.hpp"
#include "flows/media_observer.hpp"
#include "flows/options.hpp"
#include "flows/report.hpp"
#include "flows/rtcp_reader.hpp"
#include "flows/rtp_stream.hpp"
#include "flows/tallies.hpp"
#include "flows/turn_tracker.hpp"

namespace rtcscope::flows {

/// A datagram that may be WebRTC, with where it came from. Spans live as long as the packet callback.
struct Datagram {
  UtcTime time{};
  FiveTuple five_tuple;  // outer addresses, also for what came out of TURN
  PacketDirection direction = PacketDirection::kUnknown;
  std::uint32_t interface_index = 0;
  std::uint32_t path = 0;          // see link::DatagramView
  std::uint16_t vlan_id = 0xffff;  // outermost; 0xffff: none
  std::array<link::Tunnel, link::DatagramView::kMaxTunnels> tunnels{};
  Encapsulation encapsulation = Encapsulation::kNone;
  Endpoint relayed_peer;
  FlowId turn_client;  // whose datagram carried this one
  demux::PacketClass packet_class{};
  Bytes payload;
  std::uint32_t wire_bytes = 0;  // payload octets on the wire, >= payload.size()
  bool is_metered = false;       // RTP that a MeterReading counts
};

/// What flows share with their table.
struct FlowContext {
  const FlowOptions& options;
  FlowSink& sink;
  PathTallies& tallies;
  RtcpReader& rtcp;
  RelayTracker& relays;
  IcePasswords passwords;
  ExtensionBook extensions;
  std::size_t streams = 0;                // over all flows
  RtcpListener* rtcp_listener = nullptr;  // null: nobody wants report blocks
  dtls::PieceBudget handshake_pieces{};
};

class Flow final : private FeedbackListener {
 public:
  Flow(FlowContext& context, const Datagram& first, std::string interface_name, std::uint64_t capture_drops);
  ~Flow() override;
  Flow(const Flow&) = delete;
  Flow& operator=(const Flow&) = delete;

  void add(const Datagram& datagram);
  /// The state of one of its streams as the tap metered it. False if there is no room for the stream.
  bool add_meter(const MeterReading& reading);

  /// Emits the reports of the interval that ends at `boundary`; `capture_drops` is the interface's
  /// running count.
  void report(UtcTime boundary, std::uint64_t capture_drops);
  /// Emits final reports, the last snapshot and the end event.
  void end(FlowEnd reason, UtcTime at, std::uint64_t capture_drops);

  [[nodiscard]] FlowSnapshot snapshot() const;
  [[nodiscard]] FlowId id() const noexcept { return id_; }
  [[nodiscard]] const CanonicalKey& canonical() const noexcept { return canonical_; }
  /// Proved to be WebRTC: only then the sink hears of it.
  [[nodiscard]] bool proved() const noexcept { return proved_; }
  [[nodiscard]] UtcTime last_packet() const noexcept { return last_packet_; }
  [[nodiscard]] std::uint32_t interface_index() const noexcept { return interface_index_; }
  [[nodiscard]] const TurnTracker& turn() const noexcept { return turn_; }
  /// See IceTracker::session.
  [[nodiscard]] std::uint64_t ice_session() const noexcept { return ice_.session(); }
  [[nodiscard]] bool ice_connected() const noexcept { return ice_.facts().state >= IceState::kConnected; }
  /// The flow of the TURN client that this one is for; see FlowSnapshot::turn_client.
  void set_turn_client(FlowId client) noexcept { turn_client_ = client; }

  /// RTP and DTLS since the last report, and when they began after a silence.
  struct Media {
    std::uint64_t packets = 0;
    UtcTime since{};
  };
  [[nodiscard]] const Media& media() const noexcept { return media_; }
  /// Media came to this pair from another one of its ICE session.
  void note_pair_switch();
  /// Another pair of the session works: that this one does not is no event.
  void set_session_connected() noexcept { session_connected_ = true; }

  /// The flow's place in its table's list, kept here so that a packet moves it without a search.
  std::list<Flow*>::iterator recency;
  bool listed_as_proved = false;

 private:
  struct HeldHeader {
    UtcTime time{};
    std::vector<std::byte> octets;
  };
  struct StreamSlot {
    std::uint32_t ssrc;
    Side sender;
    bool published;
    std::unique_ptr<RtpStream> stream;
    std::uint64_t freezes_reported = 0;
    std::uint64_t doubtful_reported = 0;
    int twins = 0;  // packets before it was shown that have the timestamp of a frame of another
    std::vector<HeldHeader> held{};  // newest packets, oldest first, until the stream shows that it is one
  };

  /// The interface, and the way to it, that shows one side's packets: a packet that crosses a bridge or a
  /// veth pair, or that a switch mirrors both in a tunnel and as it was, is seen several times and must count
  /// once.
  struct InterfaceBinding {
    bool bound = false;
    std::uint32_t interface_index = 0;
    std::uint32_t path = 0;
    UtcTime last_packet{};
    bool is_metered = false;  // what is heard of it comes once a second
  };

  [[nodiscard]] Side side_of(const Endpoint& source) const noexcept;
  bool seen_on_its_interface(Side sender, std::uint32_t interface_index, std::uint32_t path, UtcTime time,
                             bool is_metered) noexcept;
  ClassCounts& counts_of(demux::PacketClass packet_class) noexcept;
  void read(const Datagram& datagram, Side sender);
  void add_stun(const Datagram& datagram, Side sender);
  void describe();
  void tell_ice(UtcTime time, Side sender, const IceTracker::Changes& changes);
  void add_turn(UtcTime time, Side sender, const stun::MessageView& message);
  void add_dtls(UtcTime time, Bytes octets, Side sender, bool in_stun);
  void note_media(UtcTime time) noexcept;
  void note_lapse(UtcTime now);
  void add_rtp(const Datagram& datagram, Side sender);
  void settle(StreamSlot& slot);
  void observe(StreamSlot& slot, const Datagram& datagram, const rtp::RtpPacketView& packet);
  StreamSlot* stream_of(std::uint32_t ssrc, Side sender, UtcTime time);
  const RtpStream* known_stream(std::uint32_t ssrc, Side sender) const noexcept;
  StreamSlot* create_stream(std::uint32_t ssrc, Side sender, UtcTime time);
  bool drop_one_unproved_stream();
  void publish(StreamSlot& slot);
  void observe_held(StreamSlot& slot);
  [[nodiscard]] static ObservedStream observed(const StreamSlot& slot);
  void classify_streams(UtcTime now);
  bool pair_by_name(RtpStream& repeating, UtcTime now);
  bool pair_exactly(RtpStream& repeating, UtcTime now);
  void pair(RtpStream& repeating, UtcTime now);
  void emit(FlowEventKind kind, UtcTime time, Side side, std::uint32_t code = 0, StreamId stream = {});
  void emit_snapshot();
  void prove();
  StreamReport report_of(StreamSlot& slot, UtcTime end, bool final, std::uint64_t capture_drops);
  void on_report_block(Side reporter, SeenReportBlock& seen) override;
  void on_key_frame_request(Side reporter, UtcTime time, std::uint32_t ssrc) override;
  void on_transport_feedback(Side reporter, UtcTime time,
                             const rtcp::TransportCcFeedbackView& feedback) override;
  void on_congestion_feedback(Side reporter, UtcTime time,
                              const rtcp::CongestionControlFeedbackView& feedback) override;
  void on_sender_report(Side sender, const rtcp::SenderReportView& report) override {
    observer_.on_sender_report(sender, report);
  }
  void on_nack(Side reporter, UtcTime time, const rtcp::GenericNackView& nack) override;

  FlowContext& context_;
  FlowId id_;
  FlowKey key_;
  CanonicalKey canonical_;
  std::string interface_name_;
  std::uint32_t interface_index_;
  std::uint16_t vlan_id_;
  std::array<link::Tunnel, link::DatagramView::kMaxTunnels> tunnels_;
  PacketDirection direction_of_a_ = PacketDirection::kUnknown;
  UtcTime first_packet_;
  UtcTime last_packet_;
  ClassCounts stun_, dtls_, rtp_, rtcp_, other_;
  std::array<InterfaceBinding, 2> interfaces_;
  IceTracker ice_;
  DtlsTracker dtls_state_;
  TurnTracker turn_;
  FlowId turn_client_;
  Media media_;
  UtcTime last_media_{};
  bool session_connected_ = false;
  std::vector<StreamSlot> streams_;
  std::size_t last_slot_ = 0;
  UtcTime looked_again_{};  // at what streams carry, between two reports
  MediaObserver observer_;
  std::uint64_t extensions_version_ = 0;
  bool rtcp_readable_ = false;
  std::uint64_t capture_drops_reported_;
  FlowEnd end_ = FlowEnd::kNone;
  bool proved_ = false;
  bool dirty_ = false;   // identity or state changed: the sink must hear at once
  bool active_ = false;  // packets came since the last snapshot
};

}  // namespace rtcscope::flows
