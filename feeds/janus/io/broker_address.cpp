#include <Poco/Exception.h>
#include <Poco/URI.h>

#include <stdexcept>

#include "feeds/janus/io/event_source.hpp"

namespace rtcscope::feeds::janus {
namespace {

constexpr const char* kAllEvents = "/janus/events/#";  // base topic of mqttevh's sample configuration

std::uint16_t default_port(const std::string& scheme) {
  if (scheme == "amqp") return 5672;
  if (scheme == "amqps") return 5671;
  return scheme == "mqtt" ? 1883 : 8883;
}

void take_parameter(BrokerAddress& address, const std::string& name, const std::string& value) {
  if (name == "queue") {
    address.queue = value;
  } else if (name == "exchange") {
    address.exchange = value;
  } else if (name == "routing_key") {
    address.routing_key = value;
  } else if (name == "topic") {
    address.topic = value;
  } else {
    throw Poco::SyntaxException(name);
  }
}

}  // namespace

BrokerAddress parse_broker_address(const std::string& url) try {
  const Poco::URI uri(url);
  BrokerAddress address;
  address.scheme = uri.getScheme();
  address.host = uri.getHost();
  const bool amqp = address.scheme == "amqp" || address.scheme == "amqps";
  const bool mqtt = address.scheme == "mqtt" || address.scheme == "mqtts";
  if (!(amqp || mqtt) || address.host.empty() || !uri.getUserInfo().empty()) throw Poco::SyntaxException(url);
  address.port = uri.getPort() != 0 ? uri.getPort() : default_port(address.scheme);
  if (uri.getPath().size() > 1) address.virtual_host = uri.getPath().substr(1);
  for (const auto& [name, value] : uri.getQueryParameters()) take_parameter(address, name, value);
  // Either is enough; both would be two subscriptions.
  if (amqp && address.queue.empty() == address.exchange.empty()) throw Poco::SyntaxException(url);
  if (mqtt && address.topic.empty()) address.topic = kAllEvents;
  return address;
} catch (const Poco::Exception&) {
  throw std::runtime_error(
      "\"" + url +
      "\" is no address of a broker: write amqp://HOST/VHOST?queue=NAME, "
      "amqp://HOST/VHOST?exchange=NAME&routing_key=KEY or mqtt://HOST?topic=TOPIC (amqps:, "
      "mqtts: over TLS), without user and password");
}

std::unique_ptr<EventSource> connect_broker(const BrokerAddress& address, const BrokerLogin& login) {
  return address.scheme.starts_with("amqp") ? connect_amqp(address, login) : connect_mqtt(address, login);
}

}  // namespace rtcscope::feeds::janus
