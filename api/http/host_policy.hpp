#pragma once
// Who may be addressed. A page of another site can point a name of its own at 127.0.0.1 (DNS rebinding)
// and would then read this API as if it were its own server; its requests still carry that name in Host.

#include <string>
#include <string_view>
#include <vector>

#include "api/http/message.hpp"

namespace rtcscope::api::http {

class HostPolicy {
 public:
  /// `loopback`: the server is bound to a loopback address, so only names of this machine can be meant.
  /// `names`: further host names that are let through (a reverse proxy's), without port.
  HostPolicy(bool loopback, std::vector<std::string> names);

  /// Whether a Host header (RFC 9110, 7.2) may be answered. Bound to anything but loopback: every one.
  [[nodiscard]] bool allows(std::string_view host) const;

  /// With names, a proxy on this host speaks for others: what it says of its client (the last
  /// X-Forwarded-For, X-Forwarded-Proto) becomes the request's peer and whether it is secure.
  void see_through_proxy(Request& request) const;

 private:
  bool loopback_;
  std::vector<std::string> names_;
};

/// Whether a text is an address of 127/8 or ::1.
bool is_loopback(std::string_view address);

/// The name or address in a Host header in lower case: without port, brackets and a final dot.
std::string host_name(std::string_view host);

/// Whether a browser sent this to us from a page of another origin. Requests of programs carry neither
/// Origin nor Sec-Fetch-Site.
bool cross_site(std::string_view host, std::string_view origin, std::string_view sec_fetch_site);

}  // namespace rtcscope::api::http
