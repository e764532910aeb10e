#include "decoders/rtcp/app.hpp"

namespace rtcscope::rtcp {

Result<AppView, RtcpError> parse_app(const RawBlock& block) noexcept {
  ByteReader reader(block.body);
  AppView app;
  app.subtype = block.count;
  app.sender_ssrc = reader.u32();
  const Bytes name = reader.take(4);
  if (!reader.ok()) return fail_in(block, RtcpErrc::kTruncatedBody, reader.offset32());
  app.name = {reinterpret_cast<const char*>(name.data()), name.size()};
  app.data = reader.rest();
  return app;
}

}  // namespace rtcscope::rtcp
