#include "decoders/rtcp/source_description.hpp"

namespace rtcscope::rtcp {

std::optional<SdesItemView> SdesItemReader::next() noexcept {
  while (reader_.ok() && (in_chunk_ || chunks_left_ > 0)) {
    if (!in_chunk_) {
      ssrc_ = reader_.u32();
      chunks_left_ -= 1;
      in_chunk_ = true;
    }
    const std::uint8_t type = reader_.u8();
    if (type == 0) {
      // One or more null octets end the list, up to the next 32-bit boundary.
      reader_.skip((4 - reader_.offset() % 4) % 4);
      in_chunk_ = false;
      continue;
    }
    const Bytes text = reader_.take(reader_.u8());
    if (!reader_.ok()) return std::nullopt;
    return SdesItemView{
        ssrc_, static_cast<SdesType>(type), {reinterpret_cast<const char*>(text.data()), text.size()}};
  }
  return std::nullopt;
}

Result<SourceDescriptionView, RtcpError> parse_source_description(const RawBlock& block) noexcept {
  const SourceDescriptionView description{block.count, block.body};
  SdesItemReader items(description);
  while (items.next()) {
  }
  if (!items.ok()) return fail_in(block, RtcpErrc::kTruncatedSdesChunk, items.offset());
  return description;
}

}  // namespace rtcscope::rtcp
