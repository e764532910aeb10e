#include "decoders/link/frame.hpp"

namespace rtcscope::link {

const char* to_string(LinkErrc code) noexcept {
  switch (code) {
    case LinkErrc::kTruncatedLinkHeader:
      return "truncated_link_header";
    case LinkErrc::kUnsupportedLinkType:
      return "unsupported_link_type";
    case LinkErrc::kNotIp:
      return "not_ip";
    case LinkErrc::kTooManyTags:
      return "too_many_tags";
    case LinkErrc::kTooManyExtensionHeaders:
      return "too_many_extension_headers";
    case LinkErrc::kSnappedHeader:
      return "snapped_header";
    case LinkErrc::kTruncatedIpHeader:
      return "truncated_ip_header";
    case LinkErrc::kBadIpVersion:
      return "bad_ip_version";
    case LinkErrc::kBadIpHeaderLength:
      return "bad_ip_header_length";
    case LinkErrc::kBadIpTotalLength:
      return "bad_ip_total_length";
    case LinkErrc::kFragment:
      return "fragment";
    case LinkErrc::kNotUdpOrTcp:
      return "not_udp_or_tcp";
    case LinkErrc::kTruncatedUdpHeader:
      return "truncated_udp_header";
    case LinkErrc::kBadUdpLength:
      return "bad_udp_length";
    case LinkErrc::kTruncatedTcpHeader:
      return "truncated_tcp_header";
    case LinkErrc::kBadTcpOffset:
      return "bad_tcp_offset";
    case LinkErrc::kBadTunnelHeader:
      return "bad_tunnel_header";
    case LinkErrc::kTooManyTunnels:
      return "too_many_tunnels";
  }
  return "unknown";
}

bool is_malformed(LinkErrc code) noexcept {
  return code != LinkErrc::kNotIp && code != LinkErrc::kNotUdpOrTcp && code != LinkErrc::kFragment &&
         code != LinkErrc::kUnsupportedLinkType && code != LinkErrc::kSnappedHeader;
}

}  // namespace rtcscope::link
