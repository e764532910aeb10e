#include "export/hep/sip_message.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/text.hpp"

namespace rtcscope::export_hep {
namespace {

constexpr std::uint16_t kSipPort = 5060;   // RFC 3261, 19.1.2
constexpr std::uint16_t kSipsPort = 5061;  // likewise, over TLS

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string_view cut_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return trimmed(line);
}

std::optional<std::uint16_t> port(std::string_view text) {
  std::uint16_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value == 0) return std::nullopt;
  return value;
}

/// "192.0.2.1", "192.0.2.1:5080", "[2001:db8::1]:5080".
std::optional<Endpoint> endpoint(std::string_view text, std::uint16_t default_port) {
  std::string_view host = text.substr(0, text.find(':'));
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    host = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
  } else {
    text.remove_prefix(host.size());
  }
  const auto address = parse_ip_address(host);
  if (!address) return std::nullopt;
  if (text.empty()) return Endpoint{*address, default_port};
  const auto given = text.front() == ':' ? port(text.substr(1)) : std::nullopt;
  if (!given) return std::nullopt;
  return Endpoint{*address, *given};
}

/// The value of a parameter behind a ';'; "" when there is none.
std::string_view parameter(std::string_view text, std::string_view name) {
  while (true) {
    const std::size_t semicolon = text.find(';');
    if (semicolon == std::string_view::npos) return {};
    text.remove_prefix(semicolon + 1);
    const std::string_view one = trimmed(text.substr(0, text.find(';')));
    const std::size_t equals = one.find('=');
    if (equals != std::string_view::npos && equals_ignoring_case(trimmed(one.substr(0, equals)), name)) {
      return trimmed(one.substr(equals + 1));
    }
  }
}

/// "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;received=203.0.113.5;rport=1024" (RFC 3261, 20.42; RFC 3581).
void read_via(std::string_view value, SipView& out) {
  value = value.substr(0, value.find(','));  // several may share a header: the first is topmost
  const std::size_t blank = value.find_first_of(" \t");
  if (blank == std::string_view::npos) return;
  const std::string_view protocol = value.substr(0, blank);
  const std::string_view transport = protocol.substr(protocol.rfind('/') + 1);
  out.transport = equals_ignoring_case(transport, "udp") ? Transport::kUdp : Transport::kTcp;
  const std::string_view rest = trimmed(value.substr(blank));
  const bool tls = equals_ignoring_case(transport, "tls") || equals_ignoring_case(transport, "wss");
  out.via = endpoint(trimmed(rest.substr(0, rest.find(';'))), tls ? kSipsPort : kSipPort);
  if (const auto received = parse_ip_address(parameter(rest, "received"))) {
    out.via = Endpoint{*received, out.via ? out.via->port : kSipPort};
  }
  const auto rport = port(parameter(rest, "rport"));
  if (out.via && rport) out.via->port = *rport;
}

/// "INVITE sip:bob@192.0.2.4:5080;transport=udp SIP/2.0".
std::optional<Endpoint> target_of(std::string_view start_line) {
  const std::size_t from = start_line.find(' ');
  const std::size_t to = start_line.rfind(' ');
  if (from == std::string_view::npos || to <= from) return std::nullopt;
  std::string_view uri = start_line.substr(from + 1, to - from - 1);
  const bool tls = uri.starts_with("sips:");
  const std::size_t scheme = uri.find(':');
  if (scheme == std::string_view::npos) return std::nullopt;
  uri.remove_prefix(scheme + 1);
  const std::size_t user = uri.rfind('@');
  if (user != std::string_view::npos) uri.remove_prefix(user + 1);
  return endpoint(uri.substr(0, uri.find_first_of(";?")), tls ? kSipsPort : kSipPort);
}

}  // namespace

std::optional<SipView> parse_sip(std::string_view message) {
  constexpr std::string_view kVersion = "SIP/2.0";  // RFC 3261, 7.1
  SipView out;
  const std::string_view start_line = cut_line(message);
  out.is_request = start_line.ends_with(kVersion);
  if (!out.is_request && !start_line.starts_with(kVersion)) return std::nullopt;
  if (out.is_request) out.target = target_of(start_line);
  bool via_seen = false;
  while (!message.empty()) {
    const std::string_view line = cut_line(message);
    if (line.empty()) break;  // the body follows
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view name = trimmed(line.substr(0, colon));
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (out.call_id.empty() && (equals_ignoring_case(name, "call-id") || equals_ignoring_case(name, "i")))
      out.call_id = value;
    if (!via_seen && (equals_ignoring_case(name, "via") || equals_ignoring_case(name, "v"))) {
      read_via(value, out);
      via_seen = true;
    }
  }
  if (out.call_id.empty()) return std::nullopt;
  return out;
}

}  // namespace rtcscope::export_hep
