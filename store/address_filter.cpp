#include <charconv>

#include "store/queries.hpp"

namespace rtcscope::store {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return port;
}

std::optional<AddressFilter> with_port(std::string_view address, std::string_view port) {
  const auto ip = parse_ip_address(address);
  const auto number = parse_port(port);
  if (!ip || !number) return std::nullopt;
  return AddressFilter{*ip, *number};
}

}  // namespace

std::optional<AddressFilter> parse_address_filter(std::string_view text) {
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    const std::string_view inside = text.substr(1, close - 1);
    const std::string_view rest = text.substr(close + 1);
    if (rest.starts_with(':')) return with_port(inside, rest.substr(1));
    return rest.empty() ? parse_address_filter(inside) : std::nullopt;
  }
  if (const auto ip = parse_ip_address(text)) return AddressFilter{*ip, std::nullopt};
  const auto colon = text.rfind(':');
  // More than one colon is IPv6, which needs brackets to carry a port (RFC 5952 section 6).
  if (colon == std::string_view::npos || text.find(':') != colon) return std::nullopt;
  return with_port(text.substr(0, colon), text.substr(colon + 1));
}

}  // namespace rtcscope::store
