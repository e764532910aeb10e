#pragma once
// Opens SRTCP (RFC 3711, 3.4; RFC 7714, 9) of one sender with libsrtp2. SRTP payload is never opened: the
// context is given no SRTP packet.

#include <array>
#include <memory>
#include <optional>

#include "base/byte_reader.hpp"
#include "base/parse_error.hpp"
#include "base/result.hpp"
#include "decoders/srtp/keying.hpp"

namespace rtcscope::srtp {

enum class SrtcpErrc : std::uint8_t {
  kTooLong,       // over kMaxPacket
  kNotAuthentic,  // wrong key, or not SRTCP, or damaged
  kReplayed,      // this index was opened before: a duplicate
  kFailed,        // libsrtp refused for another reason
};
using SrtcpError = ParseError<SrtcpErrc>;
const char* to_string(SrtcpErrc code) noexcept;

class SrtcpContext {
 public:
  static constexpr std::size_t kMaxPacket = 2048;
  using Scratch = std::array<std::byte, kMaxPacket + 64>;

  /// nullopt when the material does not have one of the profile's lengths or the library refuses. Of one
  /// writer's key `writer` chooses nothing.
  static std::optional<SrtcpContext> create(const KeyingMaterial& material, Profile profile, Writer writer);

  /// The compound RTCP packet in clear; a view into `scratch`. Changes the replay state on success only.
  Result<Bytes, SrtcpError> open(Bytes packet, Scratch& scratch);

 private:
  struct Deleter {
    void operator()(void* session) const noexcept;
  };
  explicit SrtcpContext(void* session) : session_(session) {}

  std::unique_ptr<void, Deleter> session_;  // srtp_t
};

}  // namespace rtcscope::srtp
