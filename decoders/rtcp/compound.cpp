#include "decoders/rtcp/compound.hpp"

namespace rtcscope::rtcp {
namespace {

using BodyResult = Result<BlockBody, RtcpError>;

template <class View>
BodyResult widen(const Result<View, RtcpError>& result) noexcept {
  if (!result) return Unexpected{result.error()};
  return BlockBody(*result);
}

// FMT values: IANA "FMT Values for RTPFB Payload Types".
BodyResult parse_transport_feedback(const RawBlock& block) noexcept {
  switch (block.count) {
    case 1:
      return widen(parse_generic_nack(block));
    case 11:
      return widen(parse_congestion_control_feedback(block));
    case 15:
      return widen(parse_transport_cc_feedback(block));
    default:
      return BlockBody(UnknownBlock{});
  }
}

// FMT values: IANA "FMT Values for PSFB Payload Types".
BodyResult parse_payload_feedback(const RawBlock& block) noexcept {
  switch (block.count) {
    case 1:
      return widen(parse_picture_loss_indication(block));
    case 2:
      return widen(parse_slice_loss_indication(block));
    case 4:
      return widen(parse_full_intra_request(block));
    case 15:
      if (has_remb_identifier(block)) return widen(parse_remb(block));
      return BlockBody(UnknownBlock{});
    default:
      return BlockBody(UnknownBlock{});
  }
}

}  // namespace

BodyResult parse_body(const RawBlock& block) noexcept {
  switch (static_cast<PacketType>(block.payload_type)) {
    case PacketType::kSenderReport:
      return widen(parse_sender_report(block));
    case PacketType::kReceiverReport:
      return widen(parse_receiver_report(block));
    case PacketType::kSourceDescription:
      return widen(parse_source_description(block));
    case PacketType::kBye:
      return widen(parse_bye(block));
    case PacketType::kApp:
      return widen(parse_app(block));
    case PacketType::kTransportFeedback:
      return parse_transport_feedback(block);
    case PacketType::kPayloadFeedback:
      return parse_payload_feedback(block);
    case PacketType::kExtendedReport:
      return widen(parse_extended_report(block));
  }
  return BlockBody(UnknownBlock{});
}

std::optional<Block> CompoundReader::next() noexcept {
  if (error_ || (any_ && reader_.empty())) return std::nullopt;
  const auto block = take_block(reader_);
  if (!block) {
    error_ = block.error();
    return std::nullopt;
  }
  if (!any_) {
    const auto type = static_cast<PacketType>(block->payload_type);
    is_reduced_size_ = type != PacketType::kSenderReport && type != PacketType::kReceiverReport;
  }
  any_ = true;
  return Block{*block, parse_body(*block)};
}

}  // namespace rtcscope::rtcp
