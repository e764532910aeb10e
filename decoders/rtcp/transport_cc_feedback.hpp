#pragma once
// Transport-wide congestion control feedback, packet type 205, FMT 15
// (draft-holmer-rmcat-transport-wide-cc-extensions-01, 3.1).
//
//  |                     SSRC of packet sender                     |
//  |                      SSRC of media source                     |
//  |      base sequence number     |      packet status count      |
//  |                 reference time                | fb pkt. count |
//  |          packet chunk         |         packet chunk          |  until the status count is met
//  |   recv delta (1 or 2 octets a received packet) ...    0..3 octets of padding

#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "decoders/rtcp/raw_block.hpp"

namespace rtcscope::rtcp {

struct TransportCcFeedbackView {
  std::uint32_t sender_ssrc = 0;
  std::uint32_t media_ssrc = 0;  // any one of the transport's streams: the numbers are the transport's
  std::uint16_t base_sequence_number = 0;
  std::uint16_t packet_status_count = 0;
  std::int32_t reference_time = 0;  // signed 24 bits, 64 ms, an epoch of the receiver's choice
  std::uint8_t feedback_packet_count = 0;
  std::uint32_t received_count = 0;  // packets with a delta; the rest of the status count did not come
  Bytes chunks;                      // just those that the status count needs
  Bytes deltas;                      // just those of the received packets
};

/// Errors: kTruncatedBody, kTruncatedTwccChunks, kReservedTwccSymbol, kTruncatedTwccDeltas. The work is
/// bounded by the block's length, whatever its status count says.
Result<TransportCcFeedbackView, RtcpError> parse_transport_cc_feedback(const RawBlock& block) noexcept;

struct PacketStatus {
  std::uint16_t sequence_number = 0;  // transport-wide (header extension), wraps
  bool received = false;
  std::int16_t delta = 0;  // 250 us, since the received packet before it (the first: since reference time)
  Duration arrival{};      // on the receiver's clock: reference time plus all deltas so far; when received
};

/// Walks the status of each packet, in sequence order: packet_status_count of them.
class PacketStatusReader {
 public:
  explicit PacketStatusReader(const TransportCcFeedbackView& feedback) noexcept;
  std::optional<PacketStatus> next() noexcept;

 private:
  ByteReader chunks_;
  ByteReader deltas_;
  std::uint16_t chunk_ = 0;
  std::uint32_t chunk_index_ = 0;  // of the next symbol in chunk_
  std::uint32_t chunk_size_ = 0;   // symbols in chunk_
  std::uint32_t left_;
  std::uint16_t sequence_number_;
  Duration arrival_;
};

}  // namespace rtcscope::rtcp
