#include "export/hep/hep_target.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/net.hpp"

namespace rtcscope::export_hep {
namespace {

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool host_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
         c == '_';
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

/// Cuts the host off `text` and leaves "" or ":port".
Result<std::string, HepTargetErrc> take_host(std::string_view& text) {
  std::string_view host;
  if (take_prefix(text, "[")) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return Unexpected{HepTargetErrc::kBrackets};
    host = text.substr(0, end);
    text.remove_prefix(end + 1);
    const auto address = parse_ip_address(host);
    if (!address || host.find(':') == std::string_view::npos) return Unexpected{HepTargetErrc::kBrackets};
    return std::string(host);
  }
  if (std::count(text.begin(), text.end(), ':') > 1) return Unexpected{HepTargetErrc::kBrackets};
  host = text.substr(0, text.find(':'));
  text.remove_prefix(host.size());
  if (host.empty() || host.size() > 253 || !std::all_of(host.begin(), host.end(), host_char)) {
    return Unexpected{HepTargetErrc::kHost};
  }
  return std::string(host);
}

}  // namespace

const char* to_string(HepTransport transport) noexcept {
  if (transport == HepTransport::kUdp) return "udp";
  return transport == HepTransport::kTcp ? "tcp" : "tls";
}

const char* to_string(HepTargetErrc code) noexcept {
  switch (code) {
    case HepTargetErrc::kTransport:
      return "the transport must be udp://, tcp:// or tls://, as in udp://collector.example:9060";
    case HepTargetErrc::kHost:
      return "there is no valid host name or address after //";
    case HepTargetErrc::kBrackets:
      return "an IPv6 address stands in brackets, as in udp://[2001:db8::1]:9060";
    case HepTargetErrc::kPort:
      return "the port must be a number from 1 to 65535";
    case HepTargetErrc::kPath:
      return "nothing may follow the port";
  }
  return "unknown";
}

Result<HepTarget, HepTargetErrc> parse_hep_target(std::string_view url) {
  HepTarget target;
  take_prefix(url, "hep:");
  if (take_prefix(url, "tcp://")) {
    target.transport = HepTransport::kTcp;
  } else if (take_prefix(url, "tls://")) {
    target.transport = HepTransport::kTls;
  } else if (!take_prefix(url, "udp://")) {
    return Unexpected{HepTargetErrc::kTransport};
  }
  if (url.find_first_of("/?#") != std::string_view::npos) return Unexpected{HepTargetErrc::kPath};
  auto host = take_host(url);
  if (!host) return Unexpected{host.error()};
  target.host = *std::move(host);
  if (url.empty()) return target;
  if (url.front() != ':') return Unexpected{HepTargetErrc::kBrackets};
  const auto port = parse_port(url.substr(1));
  if (!port) return Unexpected{HepTargetErrc::kPort};
  target.port = *port;
  return target;
}

std::string to_string(const HepTarget& target) {
  const bool v6 = target.host.find(':') != std::string::npos;
  const std::string host = v6 ? "[" + target.host + "]" : target.host;
  return std::string("hep:") + to_string(target.transport) + "://" + host + ":" + std::to_string(target.port);
}

}  // namespace rtcscope::export_hep
