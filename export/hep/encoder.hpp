#pragma once
// HEP version 3 messages as octets (HEP3 specification, revision 37). One message a datagram on UDP;
// back to back on TCP, where the length in the header is the framing.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/net.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace rtcscope::export_hep {

/// Chunk 0x000b. 35 is what both Homer 7/10 and Homer 11 show as RTP statistics; 100 is the convention
/// for log lines.
enum class PayloadType : std::uint8_t {
  kSip = 1,
  kRtcp = 5,  // as JSON
  kShortRtpReport = 34,
  kRtpReport = 35,
  kLog = 100,
};

/// What one message says. The views are read during encode() only.
struct HepMessage {
  Endpoint source;
  Endpoint destination;
  Transport transport = Transport::kUdp;
  UtcTime time{};
  PayloadType payload_type = PayloadType::kRtpReport;
  std::uint32_t capture_id = 0;
  std::string_view auth_key;  // "" = no chunk; heplify-server stores it in clear
  std::string_view correlation_id;
  std::string_view node_name;
  std::string_view payload;
};

enum class EncodeErrc : std::uint8_t {
  kAddress,        // a side has no address, or the two are of different families
  kTime,           // not within the 32 bits of seconds that chunk 0x0009 has
  kAuthKey,        // octets that would break the collector's JSON, or too long
  kCorrelationId,  // empty (collectors drop such rows), unsafe octets, or too long
  kNodeName,       // empty or not of [A-Za-z0-9._-], or too long
  kPayloadEmpty,   // collectors drop such rows
  kTooBig,         // more than kMaxMessageBytes with its headers
};
inline constexpr std::size_t kEncodeErrcs = 7;
const char* to_string(EncodeErrc code) noexcept;

/// What heplify-server takes at most, and what fits a UDP datagram over IPv4.
inline constexpr std::size_t kMaxMessageBytes = 65507;
inline constexpr std::size_t kMaxNameBytes = 255;

/// The message's octets: the chunks 1, 2, 3/4 or 5/6, 7, 8, 9, 10, 11, 12, [14], 17, 19, 15. The
/// payload is never compressed (no collector but VoIPmonitor reads chunk 0x0010) and stands last, because
/// kamailio takes the zero octet of the next chunk as the end of the key and of the correlation id.
[[nodiscard]] Result<std::vector<std::byte>, EncodeErrc> encode(const HepMessage& message);

/// `text` as a node name: each octet outside [A-Za-z0-9._-] replaced by '_', cut to kMaxNameBytes;
/// "rtcscope" when nothing is left.
std::string safe_node_name(std::string_view text);

/// `text` as correlation id: valid UTF-8 without control characters, quotes and backslashes ('_' instead),
/// because heplify-server writes it into JSON without escaping. May be empty.
std::string safe_correlation_id(std::string_view text);

/// True if encode() takes `key` as auth key: at most kMaxNameBytes of printable ASCII without quote and
/// backslash. The empty key is fine: no chunk.
bool valid_auth_key(std::string_view key) noexcept;

}  // namespace rtcscope::export_hep
