#include "decoders/rtcp/slice_loss_indication.hpp"

namespace rtcscope::rtcp {

Result<SliceLossIndicationView, RtcpError> parse_slice_loss_indication(const RawBlock& block) noexcept {
  ByteReader reader(block.body);
  SliceLossIndicationView sli;
  sli.sender_ssrc = reader.u32();
  sli.media_ssrc = reader.u32();
  if (!reader.ok()) return fail_in(block, RtcpErrc::kTruncatedBody, reader.offset32());
  sli.entries = ListView<SliEntry>(reader.rest());
  if (reader.empty() || reader.remaining() % SliEntry::kWireSize != 0)
    return fail_in(block, RtcpErrc::kBadSliLength, reader.offset32());
  return sli;
}

}  // namespace rtcscope::rtcp
