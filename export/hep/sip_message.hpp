#pragma once
// The little of a SIP message that a HEP message about it needs (RFC 3261, 7).

#include <optional>
#include <string_view>

#include "base/net.hpp"

namespace rtcscope::export_hep {

/// Views into the message.
struct SipView {
  bool is_request = false;
  std::string_view call_id;
  Transport transport = Transport::kUdp;  // of the topmost Via
  /// The topmost Via: who sent the request, and gets the response (RFC 3261, 18.1 and 18.2). Absent where it
  /// names a host, not an address.
  std::optional<Endpoint> via;
  /// Whom the Request-URI names; absent in responses and where it is a host's name.
  std::optional<Endpoint> target;
};

/// nullopt when there is no start line or no Call-ID.
[[nodiscard]] std::optional<SipView> parse_sip(std::string_view message);

}  // namespace rtcscope::export_hep
