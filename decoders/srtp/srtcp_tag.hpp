#pragma once
// Tells by the tag alone whether a key protected an SRTCP packet (RFC 3711, 3.4; RFC 7714, 9): one session
// key and one tag, where a libsrtp context takes six session keys and 30 kB. For packets of which nobody
// knows yet whose they are; what is theirs, SrtcpContext opens.

#include <memory>

#include "base/byte_reader.hpp"
#include "decoders/srtp/keying.hpp"

namespace rtcscope::srtp {

class SrtcpTag {
 public:
  SrtcpTag();
  ~SrtcpTag();
  SrtcpTag(const SrtcpTag&) = delete;
  SrtcpTag& operator=(const SrtcpTag&) = delete;

  /// Whether the packet authenticates with the writer's key. False as well for a packet that is not
  /// enciphered, over SrtcpContext::kMaxPacket, or too short; when the material does not have one of the
  /// profile's lengths; and where OpenSSL refuses. Of one writer's key `writer` chooses nothing. Keeps no
  /// copy of the key or of what it makes of it.
  [[nodiscard]] bool fits(const KeyingMaterial& material, Profile profile, Writer writer, Bytes packet);

 private:
  struct OpenSsl;
  std::unique_ptr<OpenSsl> openssl_;
};

}  // namespace rtcscope::srtp
