#include "decoders/rtcp/bye.hpp"

namespace rtcscope::rtcp {

Result<ByeView, RtcpError> parse_bye(const RawBlock& block) noexcept {
  ByteReader reader(block.body);
  ByeView bye;
  bye.sources = ListView<Ssrc>(reader.take(block.count * Ssrc::kWireSize));
  if (!reader.ok()) return fail_in(block, RtcpErrc::kBadByeCount, reader.offset32());
  if (reader.empty()) return bye;
  const Bytes reason = reader.take(reader.u8());
  if (!reader.ok()) return fail_in(block, RtcpErrc::kTruncatedByeReason, reader.offset32());
  bye.reason = {reinterpret_cast<const char*>(reason.data()), reason.size()};
  return bye;
}

}  // namespace rtcscope::rtcp
