#pragma once
// A connection to a RabbitMQ broker with one channel, as every feed that reads from one needs it.

#include <amqp.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>

namespace rtcscope::feeds {

struct AmqpAddress {
  std::string host;
  std::uint16_t port = 0;
  std::string virtual_host = "/";
  bool tls = false;
  std::string user, password;  // "" = the broker's guest
  std::string ca_file;         // PEM; "" = the system's certificates
};

struct AmqpMessage {
  std::string routing_key;
  std::string body;  // cut behind 8 MiB
};

/// Every member function throws std::runtime_error, one line, when the broker refuses or the connection is
/// lost; the object is of no more use then.
class AmqpConnection {
 public:
  /// Connects and opens the channel, in at most five seconds.
  explicit AmqpConnection(const AmqpAddress& address);

  /// Makes a queue of our own, which the broker removes with the connection; returns its name.
  std::string declare_own_queue();
  /// Declares a queue by its name, not durable, as others declare it: whoever comes first makes it.
  void declare_queue(const std::string& queue);
  void bind(const std::string& queue, const std::string& exchange, const std::string& routing_key);
  void unbind(const std::string& queue, const std::string& exchange, const std::string& routing_key);
  /// From now on next() gives the queue's messages.
  void consume(const std::string& queue);
  void publish(const std::string& exchange, const std::string& routing_key, const std::string& body);

  /// The next message; nothing when none came within `patience`.
  std::optional<AmqpMessage> next(std::chrono::milliseconds patience);

 private:
  struct Destroy {
    void operator()(amqp_connection_state_t connection) const { amqp_destroy_connection(connection); }
  };

  void open_socket(const AmqpAddress& address);
  void check(const std::string& what);

  std::unique_ptr<std::remove_pointer_t<amqp_connection_state_t>, Destroy> connection_;
};

}  // namespace rtcscope::feeds
