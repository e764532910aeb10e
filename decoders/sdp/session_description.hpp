#pragma once
// SDP (RFC 8866) as far as WebRTC identifies flows and streams by it (RFC 8839, 8122, 5888, 5576, 8851...).

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/parse_error.hpp"
#include "base/result.hpp"

namespace rtcscope::sdp {

enum class SdpErrc : std::uint8_t {
  kTooLong,        // over kMaxLength
  kNotSdp,         // does not begin with v=
  kTooManyMedia,   // over kMaxMedia sections
  kTooManyValues,  // a list over its bound
  kBadMediaLine,   // m= without kind, port and protocol
  kBadCandidate,
};
using SdpError = ParseError<SdpErrc>;
const char* to_string(SdpErrc code) noexcept;

inline constexpr std::size_t kMaxLength = 256 * 1024;
inline constexpr std::size_t kMaxMedia = 256;
inline constexpr std::size_t kMaxValues = 1024;  // per list: candidates, SSRCs, payload types, ...

/// RFC 8839, 5.1.
struct Candidate {
  std::string foundation;
  std::uint32_t component = 0;
  std::string transport;  // lower case: udp, tcp
  std::uint32_t priority = 0;
  std::string address;  // numeric, a host name, or an mDNS name
  std::uint16_t port = 0;
  std::string type;  // host, srflx, prflx, relay
  std::string related_address;
  std::uint16_t related_port = 0;
  std::string tcp_type;  // RFC 6544: active, passive, so
  std::string ufrag;     // extension attribute of trickled candidates
};

struct Fingerprint {
  std::string algorithm;  // lower case: sha-256
  std::string value;      // as written, upper case
};

struct RtpMap {
  std::string encoding;  // as written: opus, VP8, rtx
  std::uint32_t clock_rate_hz = 0;
  std::uint32_t channels = 1;
};

struct ExtMap {
  std::uint8_t id = 0;
  std::string uri;
};

struct SsrcAttributes {
  std::string cname;
  std::string msid;
};

struct SsrcGroup {
  std::string semantics;  // FID (RTX), SIM, FEC-FR
  std::vector<std::uint32_t> ssrcs;
};

struct Rid {
  std::string id;
  std::string direction;
  std::string parameters;
};

/// ICE and DTLS attributes, at session or media level.
struct TransportAttributes {
  std::string ice_ufrag;
  std::string ice_pwd;
  std::vector<Fingerprint> fingerprints;
  std::string setup;  // active, passive, actpass
};

struct Media {
  std::string kind;  // audio, video, application
  std::uint16_t port = 0;
  std::string protocol;
  std::string mid;
  std::string direction = "sendrecv";
  std::string msid;
  std::vector<std::uint8_t> payload_types;  // in order of preference
  std::map<std::uint8_t, RtpMap> rtpmaps;
  std::map<std::uint8_t, std::string> fmtps;
  std::map<std::uint8_t, std::uint8_t> apt;  // RTX payload type -> the one it repairs (RFC 4588, 8.6)
  std::vector<ExtMap> extmaps;
  std::vector<std::string> rtcp_feedback;
  std::map<std::uint32_t, SsrcAttributes> ssrcs;
  std::vector<SsrcGroup> ssrc_groups;
  std::vector<Rid> rids;
  std::string simulcast;  // as written (RFC 8853)
  std::vector<Candidate> candidates;
  TransportAttributes transport;
  bool rtcp_mux = false;
  bool rtcp_rsize = false;
};

/// Holds copies: outlives the text it was read from.
struct OwnedSdp {
  TransportAttributes transport;
  std::vector<std::string> bundle;  // mids of a=group:BUNDLE
  std::vector<Media> media;
};

/// Lenient to what browsers and servers write: unknown lines and attributes are skipped, a broken
/// attribute is skipped, a broken m= line or an exceeded bound refuses the whole. `offset` is the line's.
Result<OwnedSdp, SdpError> parse_sdp(std::string_view text);

/// The payload type of RED's primary block, the first in its fmtp (RFC 2198, 5). nullopt where `payload_type`
/// is not RED's or no format says it.
std::optional<std::uint8_t> red_primary_block(const Media& media, std::uint8_t payload_type);

/// One candidate, with or without "a=" and "candidate:" before it.
Result<Candidate, SdpError> parse_candidate(std::string_view text);

}  // namespace rtcscope::sdp
