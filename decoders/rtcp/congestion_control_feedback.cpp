#include "decoders/rtcp/congestion_control_feedback.hpp"

namespace rtcscope::rtcp {

std::optional<StreamArrivals> StreamArrivalsReader::next() noexcept {
  if (reader_.empty()) return std::nullopt;
  StreamArrivals stream;
  stream.ssrc = reader_.u32();
  stream.begin_sequence_number = reader_.u16();
  const std::size_t count = reader_.u16();
  stream.metrics = ListView<ArrivalMetric>(reader_.take(count * ArrivalMetric::kWireSize));
  reader_.skip(count % 2 * ArrivalMetric::kWireSize);
  if (!reader_.ok()) return std::nullopt;
  return stream;
}

Result<CongestionControlFeedbackView, RtcpError> parse_congestion_control_feedback(
    const RawBlock& block) noexcept {
  ByteReader reader(block.body);
  CongestionControlFeedbackView feedback;
  feedback.sender_ssrc = reader.u32();
  if (reader.remaining() < 4) return fail_in(block, RtcpErrc::kTruncatedBody, reader.offset32());
  const std::uint32_t start = reader.offset32();
  feedback.streams = reader.take(reader.remaining() - 4);
  feedback.report_timestamp = reader.u32();
  StreamArrivalsReader streams(feedback.streams);
  while (streams.next()) {
  }
  if (!streams.ok()) return fail_in(block, RtcpErrc::kTruncatedCcReport, start + streams.offset());
  return feedback;
}

}  // namespace rtcscope::rtcp
