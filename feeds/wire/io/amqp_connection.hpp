#pragma once
// A connection to a RabbitMQ broker with one channel, as every feed that reads from one needs it.

#include <amqp.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>

namespace rtcscope::feeds {

inline constexpr std::size_t kMaxAmqpMessageBytes = 8 * 1024 * 1024;

struct AmqpAddress {
  std::string host;
  std::uint16_t port = 0;
  std::string virtual_host = "/";
  bool tls = false;
  std::string user, password;  // "" = the broker's guest
  std::string ca_file;         // PEM; "" = the system's certificates
  std::chrono::milliseconds connect_within{5000};
};

struct AmqpMessage {
  std::string routing_key;
  std::string body;                // cut behind kMaxAmqpMessageBytes and one more
  std::uint64_t delivery_tag = 0;  // for acknowledge()
  bool redelivered = false;        // somebody may have had it before, without an acknowledgement
};

/// Every member function throws std::runtime_error, one line, when the broker refuses or the connection is
/// lost; the object is of no more use then.
class AmqpConnection {
 public:
  /// Connects and opens the channel, in at most `connect_within`; looking up a name is not counted.
  explicit AmqpConnection(const AmqpAddress& address);

  /// Makes a queue of our own, which the broker removes with the connection; returns its name.
  std::string declare_own_queue();
  /// Declares a queue by its name, not durable, as others declare it: whoever comes first makes it.
  void declare_queue(const std::string& queue);
  /// Declares a queue that outlives the broker, on a majority of its nodes. When `max_bytes` wait in it, it
  /// refuses what comes instead of dropping something.
  void declare_durable_queue(const std::string& queue, std::uint64_t max_bytes);
  void bind(const std::string& queue, const std::string& exchange, const std::string& routing_key);
  void unbind(const std::string& queue, const std::string& exchange, const std::string& routing_key);
  /// From now on next() gives the queue's messages.
  void consume(const std::string& queue);
  /// The same, but the broker keeps each message until acknowledge(), and has at most `prefetch` of them on
  /// their way.
  void consume_acknowledged(const std::string& queue, std::uint16_t prefetch);
  /// The broker may forget this message of consume_acknowledged().
  void acknowledge(std::uint64_t delivery_tag);
  void publish(const std::string& exchange, const std::string& routing_key, const std::string& body);
  /// Sends to a queue and waits until the broker has it safe (true), or refuses it because the queue is full
  /// (false). Throws, too, when there is no such queue, and when neither comes within `patience`: the broker
  /// may have it then all the same.
  bool publish_confirmed(const std::string& queue, const std::string& body,
                         std::chrono::milliseconds patience);
  /// Answers the broker's heartbeats while there is nothing to publish, without waiting: to be called every
  /// few seconds.
  void keep_alive();
  /// From any thread: whatever another one waits for here fails soon.
  void interrupt() noexcept;

  /// The next message; nothing when none came within `patience`.
  std::optional<AmqpMessage> next(std::chrono::milliseconds patience);

 private:
  struct Destroy {
    void operator()(amqp_connection_state_t connection) const { amqp_destroy_connection(connection); }
  };

  using Clock = std::chrono::steady_clock;

  void open_socket(const AmqpAddress& address);
  void log_in(const AmqpAddress& address);
  void confirm_publishes();
  void limit_writes(std::chrono::milliseconds patience);
  bool wait_for_confirm(Clock::time_point until);
  std::optional<amqp_frame_t> read_frame(std::chrono::milliseconds patience);
  void check(const std::string& what);

  std::unique_ptr<std::remove_pointer_t<amqp_connection_state_t>, Destroy> connection_;
  std::uint64_t published_ = 0;  // since confirms are on: the delivery tag of the last message
  bool confirming_ = false;
};

}  // namespace rtcscope::feeds
