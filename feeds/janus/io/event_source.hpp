#pragma once
// A broker from which Janus's events are fetched: RabbitMQ (rabbitmqevh) or MQTT (mqttevh).

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace rtcscope::feeds::janus {

struct BrokerAddress {
  std::string scheme;  // amqp, amqps, mqtt, mqtts
  std::string host;
  std::uint16_t port = 0;
  // AMQP: a queue that Janus publishes to, or an exchange to which a queue of our own is bound.
  std::string virtual_host = "/", queue, exchange, routing_key;
  std::string topic;  // MQTT

  [[nodiscard]] bool tls() const { return scheme == "amqps" || scheme == "mqtts"; }
};

/// Reads amqp://host:5672/vhost?queue=NAME, amqp://host/vhost?exchange=NAME&routing_key=KEY, or
/// mqtt://host:1883?topic=/janus/events/%23 (that topic is the default). Throws std::runtime_error, one line,
/// when it is none of them or names user and password.
BrokerAddress parse_broker_address(const std::string& url);

struct BrokerLogin {
  std::string user, password;  // "" = the broker's guest (AMQP), or nobody (MQTT)
  std::string ca_file;         // PEM; "" = the system's certificates
};

class EventSource {
 public:
  virtual ~EventSource() = default;
  /// The next message's text; nothing when none came within `patience`. Throws std::runtime_error, one line,
  /// when the connection is lost; the source is of no more use then.
  virtual std::optional<std::string> next(std::chrono::milliseconds patience) = 0;
};

/// Connects at once, in at most five seconds. Throws as next() does.
std::unique_ptr<EventSource> connect_amqp(const BrokerAddress& address, const BrokerLogin& login);
std::unique_ptr<EventSource> connect_mqtt(const BrokerAddress& address, const BrokerLogin& login);
std::unique_ptr<EventSource> connect_broker(const BrokerAddress& address, const BrokerLogin& login);

}  // namespace rtcscope::feeds::janus
