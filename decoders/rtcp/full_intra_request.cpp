#include "decoders/rtcp/full_intra_request.hpp"

namespace rtcscope::rtcp {

Result<FullIntraRequestView, RtcpError> parse_full_intra_request(const RawBlock& block) noexcept {
  ByteReader reader(block.body);
  FullIntraRequestView request;
  request.sender_ssrc = reader.u32();
  reader.skip(4);  // SSRC of media source: not used, set to 0
  if (!reader.ok()) return fail_in(block, RtcpErrc::kTruncatedBody, reader.offset32());
  request.entries = ListView<FirEntry>(reader.rest());
  if (reader.empty() || reader.remaining() % FirEntry::kWireSize != 0)
    return fail_in(block, RtcpErrc::kBadFirLength, reader.offset32());
  return request;
}

}  // namespace rtcscope::rtcp
