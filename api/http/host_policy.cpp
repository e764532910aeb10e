#include "api/http/host_policy.hpp"

#include <algorithm>

#include "base/net.hpp"
#include "base/text.hpp"

namespace rtcscope::api::http {
namespace {

bool is_loopback(const IpAddress& address) {
  if (address.family == IpFamily::kV4) return address.octets[0] == 127;
  return address == *parse_ip_address("::1");
}

}  // namespace

bool is_loopback(std::string_view text) {
  const auto address = parse_ip_address(text);
  return address && is_loopback(*address);
}

std::string host_name(std::string_view host) {
  if (!host.empty() && host.front() == '[') return lower_case(host.substr(1, host.find(']') - 1));
  std::string name = lower_case(host.substr(0, host.find(':')));
  if (!name.empty() && name.back() == '.') name.pop_back();
  return name;
}

HostPolicy::HostPolicy(bool loopback, std::vector<std::string> names)
    : loopback_(loopback), names_(std::move(names)) {
  for (std::string& name : names_) name = host_name(name);
}

bool HostPolicy::allows(std::string_view host) const {
  if (!loopback_) return true;
  const std::string name = host_name(host);
  // RFC 6761, 6.3: localhost and all below it are loopback by definition.
  if (name == "localhost" || (name.size() > 10 && name.substr(name.size() - 10) == ".localhost")) return true;
  if (const auto address = parse_ip_address(name)) return is_loopback(*address);
  return std::find(names_.begin(), names_.end(), name) != names_.end();
}

void HostPolicy::see_through_proxy(Request& request) const {
  if (names_.empty() || !http::is_loopback(std::string_view(request.peer))) return;
  const std::string_view clients = request.header("X-Forwarded-For");
  const std::size_t comma = clients.rfind(',');
  const auto client =
      parse_ip_address(trim(comma == std::string_view::npos ? clients : clients.substr(comma + 1)));
  if (client) request.peer = to_string(*client);
  request.secure = request.secure || equals_ignoring_case(request.header("X-Forwarded-Proto"), "https");
}

bool cross_site(std::string_view host, std::string_view origin, std::string_view sec_fetch_site) {
  if (!sec_fetch_site.empty()) return sec_fetch_site != "same-origin" && sec_fetch_site != "none";
  if (origin.empty()) return false;
  const std::size_t authority = origin.find("://");
  return authority == std::string_view::npos || lower_case(origin.substr(authority + 3)) != lower_case(host);
}

}  // namespace rtcscope::api::http
