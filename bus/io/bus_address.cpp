#include "bus/io/bus_address.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>

#include "feeds/wire/io/amqp_connection.hpp"
#include "feeds/wire/io/broker_url.hpp"

namespace rtcscope::bus {
namespace {

constexpr std::size_t kMaxHostOctets = 253;
constexpr std::size_t kMaxNameOctets = 255;  // AMQP 0-9-1 has one octet for their length

[[noreturn]] void refuse(const std::string& url, const std::string& why) {
  throw std::runtime_error("\"" + feeds::without_login(url) + "\" is no address of a bus: " + why);
}

[[noreturn]] void refuse_form(const std::string& url) {
  refuse(url, "write amqp://HOST[:PORT][/VHOST][?queue=NAME] (amqps: over TLS)");
}

bool host_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
         c == '_' || c == ':';
}

bool good_host(std::string_view host) {
  return host.size() <= kMaxHostOctets && std::ranges::all_of(host, host_char);
}

bool good_name(std::string_view name) {
  const auto printable = [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; };
  return !name.empty() && name.size() <= kMaxNameOctets && std::ranges::all_of(name, printable);
}

std::string queue_of(const feeds::BrokerUrl& parts, const std::string& url) {
  if (parts.parameters.empty()) return BusAddress{}.queue;
  if (parts.parameters.size() > 1 || parts.parameters.front().first != "queue") refuse_form(url);
  return parts.parameters.front().second;
}

}  // namespace

BusAddress parse_bus_address(const std::string& url) {
  const auto parts = feeds::split_broker_url(url);
  if (!parts || (parts->scheme != "amqp" && parts->scheme != "amqps") || parts->has_fragment) {
    refuse_form(url);
  }
  if (parts->has_login) {
    refuse(url, "user and password stand in a credentials file, not in the address");
  }
  BusAddress address;
  address.tls = parts->scheme == "amqps";
  address.host = parts->host;
  address.port = parts->port;
  if (!parts->path.empty()) address.virtual_host = parts->path;
  address.queue = queue_of(*parts, url);
  if (!good_host(address.host)) refuse(url, "there is no valid host name or address after //");
  if (!good_name(address.virtual_host) || !good_name(address.queue)) {
    refuse(url, "virtual host and queue have 1 to 255 octets and no control characters");
  }
  return address;
}

std::string to_string(const BusAddress& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  const std::string host = v6 ? "[" + address.host + "]" : address.host;
  const std::string path = address.virtual_host == "/" ? "" : "/" + address.virtual_host;
  return (address.tls ? "amqps://" : "amqp://") + host + ":" + std::to_string(address.port) + path +
         "?queue=" + address.queue;
}

feeds::AmqpAddress amqp_address(const BusPlace& place) {
  feeds::AmqpAddress out;
  out.host = place.address.host;
  out.port = place.address.port;
  out.virtual_host = place.address.virtual_host;
  out.tls = place.address.tls;
  out.user = place.user;
  out.password = place.password;
  out.ca_file = place.ca_file;
  return out;
}

}  // namespace rtcscope::bus
