#include "feeds/janus/io/event_source.hpp"
#include "feeds/wire/io/amqp_connection.hpp"

namespace rtcscope::feeds::janus {
namespace {

class AmqpSource final : public EventSource {
 public:
  AmqpSource(const BrokerAddress& address, const BrokerLogin& login)
      : connection_({address.host, address.port, address.virtual_host, address.tls(), login.user,
                     login.password, login.ca_file}) {
    std::string queue = address.queue;
    if (address.exchange.empty()) {
      // With the arguments that Janus itself declares it with.
      connection_.declare_queue(queue);
    } else {
      // A queue of our own takes nothing away from others who listen.
      queue = connection_.declare_own_queue();
      connection_.bind(queue, address.exchange, address.routing_key);
    }
    connection_.consume(queue);
  }

  std::optional<std::string> next(std::chrono::milliseconds patience) override {
    auto message = connection_.next(patience);
    if (!message) return std::nullopt;
    return std::move(message->body);
  }

 private:
  AmqpConnection connection_;
};

}  // namespace

std::unique_ptr<EventSource> connect_amqp(const BrokerAddress& address, const BrokerLogin& login) {
  return std::make_unique<AmqpSource>(address, login);
}

}  // namespace rtcscope::feeds::janus
