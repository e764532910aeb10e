#pragma once
// A broker's address as people write it, in its parts: amqp://HOST:5672/VHOST?queue=NAME.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rtcscope::feeds {

struct BrokerUrl {
  std::string scheme;                                           // in lower case
  std::string host;                                             // an IPv6 address without its brackets
  std::uint16_t port = 0;                                       // the scheme's own where none is given
  std::string path;                                             // behind its first slash, percent-decoded
  std::vector<std::pair<std::string, std::string>> parameters;  // of the query, percent-decoded
  bool has_login = false;                                       // it names a user
  bool has_fragment = false;
};

/// nullopt when it is no URL, or has no host.
std::optional<BrokerUrl> split_broker_url(const std::string& url);

/// The same for a message of one line, without what may be user and password.
std::string without_login(const std::string& url);

}  // namespace rtcscope::feeds
