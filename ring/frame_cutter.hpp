#pragma once
// From a captured frame to what is kept of it: headers, and whatever holds no media.

#include <array>
#include <cstdint>
#include <utility>

#include "base/fifo_map.hpp"
#include "base/net.hpp"
#include "base/packet_record.hpp"
#include "decoders/link/frame.hpp"
#include "ring/media_cut.hpp"

namespace rtcscope::ring {

class FrameCutter {
 public:
  /// Calls `keep(Bytes octets, std::uint32_t wire_length)` for each frame that the network saw of the record
  /// and that is WebRTC's: none, one, or one for each segment of a super-packet, whose lengths and IPv4
  /// checksum are then its own. The octets live for the call. TCP counts from the first STUN message on; what
  /// is kept of it are whole units at a segment's start.
  template <class Keep>
  void cut(const PacketRecord& record, Keep keep) {
    const auto frame = link::parse_frame(record.link_type, record.bytes, record.wire_length);
    if (!frame) return;
    const auto headers = static_cast<std::size_t>(frame->payload.data() - record.bytes.data());
    if (frame->five_tuple.transport == Transport::kTcp) {
      if (const auto kept = of_segment(*frame)) keep(record.bytes.first(headers + *kept), record.wire_length);
      return;
    }
    const std::uint32_t step = record.segment_bytes;
    if (step == 0 || step >= frame->payload_wire_length) {
      const std::size_t kept = octets_without_media(frame->payload, frame->payload_wire_length);
      if (kept > 0) keep(record.bytes.first(headers + kept), record.wire_length);
      return;
    }
    if (headers + kMostOctets > scratch_.size()) return;
    std::uint32_t wire_rest = frame->payload_wire_length;
    for (Bytes rest = frame->payload; !rest.empty();) {
      const std::uint32_t wire_octets = step < wire_rest ? step : wire_rest;
      const Bytes segment = rest.first(wire_octets < rest.size() ? wire_octets : rest.size());
      const Bytes octets = segment_frame(*frame, record.bytes.first(headers), segment, wire_octets);
      if (!octets.empty()) keep(octets, static_cast<std::uint32_t>(headers) + wire_octets);
      rest = rest.subspan(segment.size());
      wire_rest -= wire_octets;
    }
  }

 private:
  static constexpr std::size_t kMostOctets = 2048;  // of a segment: more than a path's MTU
  static constexpr std::size_t kMostConnections = 4096;
  using Connection = std::pair<Endpoint, Endpoint>;
  enum class Framing : std::uint8_t { kRfc4571, kStun };

  /// Octets of the segment's payload that are kept; nullopt: its connection showed no STUN.
  std::optional<std::size_t> of_segment(const link::DatagramView& segment);
  Bytes segment_frame(const link::DatagramView& whole, Bytes headers, Bytes segment,
                      std::uint32_t wire_octets);

  FifoMap<Connection, Framing> connections_{kMostConnections};
  std::array<std::byte, 4096> scratch_{};
};

}  // namespace rtcscope::ring
