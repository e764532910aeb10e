#include "decoders/rtcp/picture_loss_indication.hpp"

namespace rtcscope::rtcp {

Result<PictureLossIndication, RtcpError> parse_picture_loss_indication(const RawBlock& block) noexcept {
  ByteReader reader(block.body);
  PictureLossIndication pli;
  pli.sender_ssrc = reader.u32();
  pli.media_ssrc = reader.u32();
  if (!reader.ok()) return fail_in(block, RtcpErrc::kTruncatedBody, reader.offset32());
  if (!reader.empty()) return fail_in(block, RtcpErrc::kBadPliLength, reader.offset32());
  return pli;
}

}  // namespace rtcscope::rtcp
