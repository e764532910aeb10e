#pragma once
// Where batches wait between the probes and the server: a queue of a RabbitMQ broker.

#include <cstdint>
#include <string>

namespace rtcscope::feeds {
struct AmqpAddress;
}

namespace rtcscope::bus {

struct BusAddress {
  std::string host;  // name or numeric address, without brackets
  std::uint16_t port = 5672;
  std::string virtual_host = "/";
  std::string queue = "rtcscope";
  bool tls = false;

  friend bool operator==(const BusAddress&, const BusAddress&) = default;
};

/// Reads amqp://HOST[:PORT][/VHOST][?queue=NAME], or amqps:// with port 5671 where none is given. Throws
/// std::runtime_error, one line that says what was given and what is wanted.
BusAddress parse_bus_address(const std::string& url);

/// For people: "amqp://[::1]:5672/vhost?queue=rtcscope".
std::string to_string(const BusAddress& address);

/// What senders and receivers reach the queue by.
struct BusPlace {
  BusAddress address;
  std::string user, password;                 // "" = the broker's guest
  std::string ca_file;                        // PEM; "" = the system's certificates
  std::uint64_t queue_bytes = 1'073'741'824;  // that may wait in it: the same for all who use it
};

feeds::AmqpAddress amqp_address(const BusPlace& place);

}  // namespace rtcscope::bus
