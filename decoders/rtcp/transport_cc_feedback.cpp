#include "decoders/rtcp/transport_cc_feedback.hpp"

#include <algorithm>

namespace rtcscope::rtcp {
namespace {

constexpr auto kDeltaUnit = std::chrono::microseconds(250);
constexpr auto kReferenceUnit = std::chrono::milliseconds(64);

// Symbols: 0 not received, 1 a delta of one octet, 2 a delta of two, 3 reserved. So a symbol is its delta's
// size.
constexpr std::uint32_t kReservedSymbol = 3;

// 3.1.3: 0SSnnnnnnnnnnnnn is a run. 3.1.4: 10 and fourteen bits, 11 and seven symbols of two bits.
constexpr bool is_run(std::uint16_t chunk) noexcept {
  return (chunk & 0x8000) == 0;
}
constexpr std::uint32_t symbol_count(std::uint16_t chunk) noexcept {
  if (is_run(chunk)) return chunk & 0x1fffU;
  return (chunk & 0x4000) == 0 ? 14 : 7;
}
constexpr std::uint32_t symbol_at(std::uint16_t chunk, std::uint32_t index) noexcept {
  if (is_run(chunk)) return chunk >> 13 & 3U;
  if ((chunk & 0x4000) == 0) return static_cast<std::uint32_t>(chunk) >> (13 - index) & 1U;
  return static_cast<std::uint32_t>(chunk) >> (12 - 2 * index) & 3U;
}

struct Tally {
  std::uint32_t received = 0;
  std::uint32_t delta_octets = 0;
  bool reserved = false;

  void add(std::uint32_t symbol, std::uint32_t times) noexcept {
    received += symbol == 0 ? 0 : times;
    delta_octets += symbol * times;
    reserved = reserved || symbol == kReservedSymbol;
  }
};

// A run is one step, not as many as it is long.
void tally_chunk(std::uint16_t chunk, std::uint32_t symbols, Tally& tally) noexcept {
  if (symbols == 0) return;
  if (is_run(chunk)) return tally.add(symbol_at(chunk, 0), symbols);
  for (std::uint32_t i = 0; i < symbols; ++i) tally.add(symbol_at(chunk, i), 1);
}

}  // namespace

Result<TransportCcFeedbackView, RtcpError> parse_transport_cc_feedback(const RawBlock& block) noexcept {
  ByteReader reader(block.body);
  TransportCcFeedbackView feedback;
  feedback.sender_ssrc = reader.u32();
  feedback.media_ssrc = reader.u32();
  feedback.base_sequence_number = reader.u16();
  feedback.packet_status_count = reader.u16();
  // Moved to the top and back, so that the 24-bit sign fills the upper octet.
  feedback.reference_time = static_cast<std::int32_t>(reader.u24() << 8) >> 8;
  feedback.feedback_packet_count = reader.u8();
  if (!reader.ok()) return fail_in(block, RtcpErrc::kTruncatedBody, reader.offset32());

  const Bytes behind = reader.rest();
  Tally tally;
  for (std::uint32_t left = feedback.packet_status_count; left > 0;) {
    const std::uint32_t at = reader.offset32();
    const std::uint16_t chunk = reader.u16();
    if (!reader.ok()) return fail_in(block, RtcpErrc::kTruncatedTwccChunks, at);
    const std::uint32_t symbols = std::min(left, symbol_count(chunk));
    tally_chunk(chunk, symbols, tally);
    if (tally.reserved) return fail_in(block, RtcpErrc::kReservedTwccSymbol, at);
    left -= symbols;
  }
  feedback.chunks = behind.first(behind.size() - reader.remaining());
  feedback.received_count = tally.received;
  feedback.deltas = reader.take(tally.delta_octets);
  if (!reader.ok()) return fail_in(block, RtcpErrc::kTruncatedTwccDeltas, reader.offset32());
  return feedback;
}

PacketStatusReader::PacketStatusReader(const TransportCcFeedbackView& feedback) noexcept
    : chunks_(feedback.chunks),
      deltas_(feedback.deltas),
      left_(feedback.packet_status_count),
      sequence_number_(feedback.base_sequence_number),
      arrival_(feedback.reference_time * kReferenceUnit) {}

std::optional<PacketStatus> PacketStatusReader::next() noexcept {
  if (left_ == 0) return std::nullopt;
  while (chunk_index_ == chunk_size_ && chunks_.ok()) {
    chunk_ = chunks_.u16();
    chunk_size_ = symbol_count(chunk_);
    chunk_index_ = 0;
  }
  if (!chunks_.ok()) return std::nullopt;
  PacketStatus status;
  status.sequence_number = sequence_number_++;
  const std::uint32_t symbol = symbol_at(chunk_, chunk_index_++);
  left_ -= 1;
  status.received = symbol != 0;
  if (!status.received) return status;
  status.delta =
      symbol == 1 ? static_cast<std::int16_t>(deltas_.u8()) : static_cast<std::int16_t>(deltas_.u16());
  arrival_ += status.delta * kDeltaUnit;
  status.arrival = arrival_;
  return status;
}

}  // namespace rtcscope::rtcp
