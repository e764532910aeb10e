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

/// `user` "" = the broker's guest; `ca_file` PEM, "" = the system's certificates.
feeds::AmqpAddress amqp_address(const BusAddress& address, const std::string& user,
                                const std::string& password, const std::string& ca_file);

}  // namespace rtcscope::bus
