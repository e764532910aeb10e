#pragma once
// What the two ends tell each other in RTCP: opened with the keys of the DTLS association where they are
// known, summed per stream. Only RTCP is opened; the contexts never see media.

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>

#include "base/byte_reader.hpp"
#include "decoders/rtcp/rtcp_error.hpp"
#include "decoders/rtcp/sender_report.hpp"
#include "decoders/srtp/key_log.hpp"
#include "decoders/srtp/srtcp_context.hpp"
#include "flows/counters.hpp"
#include "flows/log_histogram.hpp"
#include "flows/report.hpp"
#include "flows/rtcp_listener.hpp"
#include "flows/srtcp_keys.hpp"

namespace rtcscope::rtcp {
struct Block;
struct ExtendedReportView;
struct GenericNackView;
struct TransportCcFeedbackView;
struct CongestionControlFeedbackView;
}  // namespace rtcscope::rtcp

namespace rtcscope::flows {

struct RtcpCounters {
  std::uint64_t opened = 0;           // datagrams that a key authenticated
  std::uint64_t clear = 0;            // datagrams that were never enciphered
  std::uint64_t opaque = 0;           // no key fits, or none was given
  std::uint64_t no_key_fits = 0;      // of these, those that came when there were keys
  std::uint64_t trials_put_off = 0;   // of these, those of which some keys were left to the next datagrams
  std::uint64_t replayed = 0;         // seen before: not counted twice
  std::uint64_t flows_opened = 0;     // a key was proved to be the flow's
  std::uint64_t streams_refused = 0;  // SSRCs over a flow's bound
  ErrorCounts<rtcp::RtcpErrc> malformed;
};

/// What the tap saw of the DTLS below a flow's RTCP.
enum class DtlsSeen : std::uint8_t {
  kNone,
  kPart,       // what the flow carries in clear is not the peers'
  kConnected,  // both ends took part: who only makes up a sender's address gets no answer
};

/// Hears the feedback about a flow's packets while a datagram is read.
class FeedbackListener {
 public:
  virtual ~FeedbackListener() = default;
  virtual void on_transport_feedback(Side reporter, UtcTime time,
                                     const rtcp::TransportCcFeedbackView& feedback) = 0;
  virtual void on_congestion_feedback(Side reporter, UtcTime time,
                                      const rtcp::CongestionControlFeedbackView& feedback) = 0;
  virtual void on_sender_report(Side sender, const rtcp::SenderReportView& report) = 0;
  virtual void on_nack(Side reporter, UtcTime time, const rtcp::GenericNackView& nack) = 0;
  /// PLI or FIR, but no repetition of one: `reporter` wants a key frame of the stream that the other side
  /// sends.
  virtual void on_key_frame_request(Side reporter, UtcTime time, std::uint32_t ssrc) = 0;
  /// `seen` has all but where the datagram came from and went to.
  virtual void on_report_block(Side reporter, SeenReportBlock& seen) = 0;
};

class RtcpReader {
 public:
  static constexpr std::size_t kMaxStreamsPerFlow = 512;
  /// How often a side's datagrams are tried against all secrets at hand; later ones wait for newer secrets.
  static constexpr int kMaxTrials = 4;
  /// So many datagrams in a row that the flow's association does not open end its state "decrypted".
  static constexpr int kMaxFailures = 8;

  explicit RtcpReader(FlowSink& sink);
  ~RtcpReader();

  /// One exported secret; which flow it belongs to shows when an SRTCP datagram authenticates with it.
  void add_key(srtp::KeyingMaterial&& key) { keys_.add(std::move(key)); }
  /// A master secret, of which the exported one is made when its handshake is seen.
  void add_logged(srtp::LoggedSecret&& secret);
  void on_handshake(const srtp::HandshakeFacts& handshake);

  /// One whole RTCP datagram of a flow, sent by `sender`.
  void on_rtcp(FlowId flow, Side sender, UtcTime time, Bytes datagram, DtlsSeen dtls,
               FeedbackListener* listener = nullptr);
  /// Forgets the flow; its association is kept for a while, for it may go on over another five-tuple.
  void on_flow_end(FlowId flow, UtcTime time);

  /// Secrets may come: without this, or a first one, opaque RTCP has the reason kNoKeys.
  void expect_keys() noexcept { keys_expected_ = true; }
  /// Why a flow with these facts is opaque.
  [[nodiscard]] OpaqueReason opaque_reason(const DtlsFacts& dtls) const noexcept;
  /// What can be read of the flow's RTCP by now: of its less readable direction.
  [[nodiscard]] RtcpAccess access(FlowId flow) const;
  [[nodiscard]] const SrtcpKeyCounters& key_counters() const noexcept { return keys_.counters(); }
  [[nodiscard]] const RtcpCounters& counters() const noexcept { return counters_; }

 private:
  /// When an SR passed the tap, by the middle of its NTP timestamp: what a later LSR refers to.
  struct SeenSenderReport {
    std::uint32_t ntp_middle = 0;
    UtcTime time{};
  };
  struct StreamKey {
    std::uint32_t ssrc = 0;
    Side sender = Side::kA;
    auto operator<=>(const StreamKey&) const = default;
  };
  struct Stream {
    RemoteReport report;
    std::deque<SeenSenderReport> sender_reports;  // newest last
    std::int32_t last_cumulative = 0;             // as on the wire, for unwrapping
    std::optional<std::uint8_t> last_fir;
    std::optional<SenderInfo> sender_info;  // of its newest SR
    LogHistogram round_trips;
    UtcTime round_trip_counted{};

    void note_sender_report(std::uint32_t ntp_middle, UtcTime time);
  };
  /// What a side's datagrams were tried against.
  struct Trials {
    KeySweep sweep;
    int failed = 0;  // sweeps
  };
  /// What is known of one side's datagrams: a key may be of one direction only.
  struct Direction {
    RtcpAccess access = RtcpAccess::kNone;
    SrtcpWriter writer;  // association 0: none
    Trials trials;
    int failures = 0;  // datagrams in a row that the association did not open
  };
  struct FlowRtcp {
    std::array<Direction, 2> directions;  // by sender
    std::map<StreamKey, Stream> streams;

    [[nodiscard]] RtcpAccess access() const noexcept;
  };

  std::optional<Bytes> open(FlowRtcp& flow, Side sender, UtcTime time, Bytes datagram, DtlsSeen dtls);
  std::optional<Bytes> find(FlowRtcp& flow, Side sender, UtcTime time, Bytes datagram, DtlsSeen dtls);
  std::optional<SrtcpKeys::Found> search(Trials& trials, UtcTime time, Bytes datagram, DtlsSeen dtls);
  void use(Direction& direction, UtcTime time, SrtcpWriter writer);
  void read(FlowId id, FlowRtcp& flow, Side sender, UtcTime time, Bytes clear, FeedbackListener* listener);
  void read_block(FlowId id, FlowRtcp& flow, Side sender, UtcTime time, const rtcp::Block& block);
  void read_requests(FlowId id, FlowRtcp& flow, Side sender, UtcTime time, const rtcp::Block& block,
                     FeedbackListener* listener);
  void take(FlowId id, FlowRtcp& flow, Side sender, UtcTime time, const rtcp::ReportBlock& block);
  static void tell(FlowId id, const FlowRtcp& flow, Side sender, UtcTime time, const rtcp::Block& block,
                   FeedbackListener& listener);
  static bool note_round_trip(Stream& about, std::uint32_t asked, std::uint32_t delay, UtcTime time);
  void read_extended(FlowId id, FlowRtcp& flow, Side sender, UtcTime time,
                     const rtcp::ExtendedReportView& extended);
  Stream* stream(FlowId id, FlowRtcp& flow, std::uint32_t ssrc, Side sender);

  FlowSink& sink_;
  SrtcpKeys keys_;
  // Where no handshake was seen, datagrams may be made up: they take nothing from the others.
  TrialBudget connected_trials_;
  TrialBudget other_trials_;
  bool keys_expected_ = false;
  std::map<srtp::HelloRandom, srtp::KeyingMaterial>
      logged_;  // master secrets whose handshake did not come yet
  std::map<FlowId, FlowRtcp> flows_;
  srtp::SrtcpContext::Scratch scratch_;
  RtcpCounters counters_;
};

}  // namespace rtcscope::flows
