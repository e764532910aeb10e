#pragma once
// What the two ends tell each other in RTCP: opened with the keys of the DTLS association where they are
// known, summed per stream. Only RTCP is opened; the contexts never see media.

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/byte_reader.hpp"
#include "decoders/rtcp/rtcp_error.hpp"
#include "decoders/srtp/keying.hpp"
#include "decoders/srtp/srtcp_context.hpp"
#include "flows/counters.hpp"
#include "flows/report.hpp"

namespace rtcscope::rtcp {
struct Block;
struct ReportBlock;
}  // namespace rtcscope::rtcp

namespace rtcscope::flows {

struct RtcpCounters {
  std::uint64_t opened = 0;           // datagrams that a key authenticated
  std::uint64_t opaque = 0;           // no key fits, or none was given
  std::uint64_t replayed = 0;         // seen before: not counted twice
  std::uint64_t flows_opened = 0;     // a key was proved to be the flow's
  std::uint64_t streams_refused = 0;  // SSRCs over a flow's bound
  ErrorCounts<rtcp::RtcpErrc> malformed;
};

class RtcpReader {
 public:
  static constexpr std::size_t kMaxStreamsPerFlow = 512;
  /// Datagrams of a side that are tried against every key before the flow counts as opaque.
  static constexpr int kMaxTrials = 4;

  explicit RtcpReader(FlowSink& sink);
  ~RtcpReader();

  /// One exported secret; which flow it belongs to shows when an SRTCP datagram authenticates with it.
  void add_key(srtp::KeyingMaterial&& key) { keys_.push_back(std::move(key)); }

  /// One whole RTCP datagram of a flow, sent by `sender`.
  void on_rtcp(FlowId flow, Side sender, UtcTime time, Bytes datagram);
  /// Forgets the flow and wipes its contexts.
  void on_flow_end(FlowId flow);

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
  };
  struct FlowRtcp {
    std::array<std::optional<srtp::SrtcpContext>, 2> contexts;  // by sender
    std::array<int, 2> trials{};
    std::map<StreamKey, Stream> streams;
  };

  std::optional<Bytes> open(FlowRtcp& flow, Side sender, Bytes datagram);
  bool find_key(FlowRtcp& flow, Side sender, Bytes datagram);
  void read(FlowId id, FlowRtcp& flow, Side sender, UtcTime time, Bytes clear);
  void read_block(FlowId id, FlowRtcp& flow, Side sender, UtcTime time, const rtcp::Block& block);
  void take(FlowId id, FlowRtcp& flow, Side sender, UtcTime time, const rtcp::ReportBlock& block);
  Stream* stream(FlowId id, FlowRtcp& flow, std::uint32_t ssrc, Side sender);

  FlowSink& sink_;
  std::vector<srtp::KeyingMaterial> keys_;
  std::map<FlowId, FlowRtcp> flows_;
  srtp::SrtcpContext::Scratch scratch_;
  RtcpCounters counters_;
};

}  // namespace rtcscope::flows
