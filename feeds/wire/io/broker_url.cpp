#include "feeds/wire/io/broker_url.hpp"

#include <Poco/Exception.h>
#include <Poco/URI.h>

#include "base/text.hpp"

namespace rtcscope::feeds {

namespace {

/// 0: nobody knows the scheme.
std::uint16_t default_port(const std::string& scheme) {
  if (scheme == "amqp") return 5672;
  if (scheme == "amqps") return 5671;
  if (scheme == "mqtt") return 1883;
  return scheme == "mqtts" ? 8883 : 0;
}

}  // namespace

std::optional<BrokerUrl> split_broker_url(const std::string& url) try {
  const Poco::URI uri(url);
  if (uri.getHost().empty()) return std::nullopt;
  BrokerUrl parts;
  parts.scheme = uri.getScheme();
  parts.host = uri.getHost();
  parts.port = uri.getPort() != 0 ? uri.getPort() : default_port(parts.scheme);
  if (uri.getPath().size() > 1) parts.path = uri.getPath().substr(1);
  parts.parameters = uri.getQueryParameters();
  parts.has_login = !uri.getUserInfo().empty();
  parts.has_fragment = !uri.getFragment().empty();
  return parts;
} catch (const Poco::Exception&) {
  return std::nullopt;
}

std::string without_login(const std::string& url) {
  // The last one: a password may have slashes and more of them, whatever the rules for URLs are.
  const std::size_t at = url.rfind('@');
  if (at == std::string::npos) return clean_utf8(url);
  const std::size_t slashes = url.find("://");
  const std::size_t begin = slashes == std::string::npos || slashes > at ? 0 : slashes + 3;
  return clean_utf8(url.substr(0, begin) + "..." + url.substr(at));
}

}  // namespace rtcscope::feeds
