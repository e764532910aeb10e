#include "decoders/rtcp/generic_nack.hpp"

namespace rtcscope::rtcp {

Result<GenericNackView, RtcpError> parse_generic_nack(const RawBlock& block) noexcept {
  ByteReader reader(block.body);
  GenericNackView nack;
  nack.sender_ssrc = reader.u32();
  nack.media_ssrc = reader.u32();
  if (!reader.ok()) return fail_in(block, RtcpErrc::kTruncatedBody, reader.offset32());
  nack.entries = ListView<NackEntry>(reader.rest());
  if (reader.empty() || reader.remaining() % NackEntry::kWireSize != 0)
    return fail_in(block, RtcpErrc::kBadNackLength, reader.offset32());
  return nack;
}

}  // namespace rtcscope::rtcp
