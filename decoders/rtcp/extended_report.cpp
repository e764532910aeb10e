#include "decoders/rtcp/extended_report.hpp"

namespace rtcscope::rtcp {
namespace {

constexpr std::size_t kReferenceTimeSize = 8;

bool length_fits(const XrBlockView& block) noexcept {
  if (block.type == XrBlockType::kReceiverReferenceTime) return block.content.size() == kReferenceTimeSize;
  if (block.type == XrBlockType::kDlrr) return block.content.size() % DlrrEntry::kWireSize == 0;
  return true;
}

}  // namespace

std::optional<std::uint64_t> XrBlockView::receiver_reference_time() const noexcept {
  if (type != XrBlockType::kReceiverReferenceTime || !length_fits(*this)) return std::nullopt;
  return ByteReader(content).u64();
}

ListView<DlrrEntry> XrBlockView::dlrr() const noexcept {
  return type == XrBlockType::kDlrr ? ListView<DlrrEntry>(content) : ListView<DlrrEntry>();
}

std::optional<XrBlockView> XrBlockReader::next() noexcept {
  if (reader_.empty()) return std::nullopt;
  XrBlockView block;
  block.type = static_cast<XrBlockType>(reader_.u8());
  block.type_specific = reader_.u8();
  block.content = reader_.take(reader_.u16() * std::size_t{4});
  if (!reader_.ok()) return std::nullopt;
  return block;
}

Result<ExtendedReportView, RtcpError> parse_extended_report(const RawBlock& block) noexcept {
  ByteReader reader(block.body);
  ExtendedReportView report;
  report.sender_ssrc = reader.u32();
  if (!reader.ok()) return fail_in(block, RtcpErrc::kTruncatedBody, reader.offset32());
  const std::uint32_t start = reader.offset32();
  report.blocks = reader.rest();
  XrBlockReader blocks(report.blocks);
  for (std::uint32_t at = start; const auto xr = blocks.next(); at = start + blocks.offset()) {
    if (!length_fits(*xr)) return fail_in(block, RtcpErrc::kBadXrBlockLength, at);
  }
  if (!blocks.ok()) return fail_in(block, RtcpErrc::kTruncatedXrBlock, start + blocks.offset());
  return report;
}

}  // namespace rtcscope::rtcp
