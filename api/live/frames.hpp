#pragma once
// WebSocket frames (RFC 6455, 5.2) for a server whose clients say little: no fragments, no extensions.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rtcscope::api::live {

enum class Opcode : std::uint8_t {
  kContinuation = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10
};

/// A whole message in one frame, not masked (RFC 6455, 5.1).
std::string server_frame(Opcode opcode, std::string_view payload);
/// A Close frame (RFC 6455, 5.5.1).
std::string close_frame(std::uint16_t status, std::string_view reason);

struct ClientFrame {
  Opcode opcode{};
  std::string payload;
};

enum class FrameState { kWhole, kNeedsMore, kBroken, kTooLarge };

/// Takes the first frame off `octets`. Broken: not masked, a fragment, reserved bits or a control frame that
/// is too long.
FrameState take_frame(std::string& octets, std::size_t max_payload, ClientFrame& frame);

/// Sec-WebSocket-Accept for a key (RFC 6455, 4.2.2).
std::string accept_of(std::string_view key);

}  // namespace rtcscope::api::live
