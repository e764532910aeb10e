#pragma once
// HEP version 3 messages of other agents (HEP3 specification, revision 37).

#include <cstdint>
#include <string_view>

#include "base/byte_reader.hpp"
#include "base/net.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "feeds/agent_message.hpp"

namespace rtcscope::feeds::hep {

/// Why a message is not taken.
enum class HepErrc : std::uint8_t {
  kMagic,          // it does not begin with "HEP3"
  kLength,         // the header's length is not the datagram's
  kChunkHeader,    // octets behind the last chunk that are no chunk's header
  kChunkLength,    // a chunk shorter than its header, or longer than what is there
  kChunkSize,      // a chunk of another size than its type has
  kDuplicate,      // a chunk that is read came twice
  kMissing,        // a chunk that every message has is not there
  kFamily,         // neither IPv4 nor IPv6, or addresses of another family than it says
  kProtocol,       // neither UDP nor TCP
  kTime,           // a million microseconds or more
  kCompressed,     // the payload is in chunk 0x0010
  kUnwanted,       // a payload type other than SIP (1) and RTCP (5)
  kAuthKey,        // not the one that is asked for
  kPayload,        // empty, too large, no SIP, or no JSON object
  kCorrelationId,  // none, and no Call-ID either; or too long
};
inline constexpr std::size_t kHepErrcs = 15;
const char* to_string(HepErrc code) noexcept;

inline constexpr std::size_t kMaxAgentPayload = 16'384;
inline constexpr std::size_t kMaxCorrelationId = 255;

/// The chunks that are read; the texts are parts of the input.
struct HepView {
  Endpoint source;
  Endpoint destination;
  Transport transport = Transport::kUdp;
  UtcTime time{};
  std::uint8_t payload_type = 0;
  std::uint32_t capture_id = 0;
  std::string_view auth_key, correlation_id, node, payload;
};

/// One whole message. Vendors' chunks and types that are not known are skipped by their length.
[[nodiscard]] Result<HepView, HepErrc> parse_hep(Bytes message) noexcept;

/// What it says, checked and bounded. `auth_key`: "" takes any.
[[nodiscard]] Result<AgentMessage, HepErrc> read_hep(Bytes message, std::string_view auth_key);

}  // namespace rtcscope::feeds::hep
