#include <stdexcept>

#include "feeds/janus/io/event_source.hpp"
#include "feeds/wire/io/broker_url.hpp"

namespace rtcscope::feeds::janus {
namespace {

constexpr const char* kAllEvents = "/janus/events/#";  // base topic of mqttevh's sample configuration

/// False: there is no such parameter.
bool take_parameter(BrokerAddress& address, const std::string& name, const std::string& value) {
  if (name == "queue") {
    address.queue = value;
  } else if (name == "exchange") {
    address.exchange = value;
  } else if (name == "routing_key") {
    address.routing_key = value;
  } else if (name == "topic") {
    address.topic = value;
  } else {
    return false;
  }
  return true;
}

std::optional<BrokerAddress> address_of(const BrokerUrl& url) {
  BrokerAddress address;
  address.scheme = url.scheme;
  address.host = url.host;
  const bool amqp = url.scheme == "amqp" || url.scheme == "amqps";
  const bool mqtt = url.scheme == "mqtt" || url.scheme == "mqtts";
  if (!(amqp || mqtt) || url.has_login) return std::nullopt;
  address.port = url.port;
  if (!url.path.empty()) address.virtual_host = url.path;
  for (const auto& [name, value] : url.parameters) {
    if (!take_parameter(address, name, value)) return std::nullopt;
  }
  // Either is enough; both would be two subscriptions.
  if (amqp && address.queue.empty() == address.exchange.empty()) return std::nullopt;
  if (mqtt && address.topic.empty()) address.topic = kAllEvents;
  return address;
}

}  // namespace

BrokerAddress parse_broker_address(const std::string& url) {
  const auto parts = split_broker_url(url);
  auto address = parts ? address_of(*parts) : std::nullopt;
  if (address) return *std::move(address);
  throw std::runtime_error(
      "\"" + without_login(url) +
      "\" is no address of a broker: write amqp://HOST/VHOST?queue=NAME, "
      "amqp://HOST/VHOST?exchange=NAME&routing_key=KEY or mqtt://HOST?topic=TOPIC (amqps:, "
      "mqtts: over TLS), without user and password");
}

std::unique_ptr<EventSource> connect_broker(const BrokerAddress& address, const BrokerLogin& login) {
  return address.scheme.starts_with("amqp") ? connect_amqp(address, login) : connect_mqtt(address, login);
}

}  // namespace rtcscope::feeds::janus
