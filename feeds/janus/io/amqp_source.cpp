#include <amqp.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <sys/time.h>

#include <stdexcept>

#include "feeds/janus/io/event_source.hpp"

namespace rtcscope::feeds::janus {
namespace {

constexpr amqp_channel_t kChannel = 1;
constexpr int kHeartbeat_s = 30;
constexpr std::size_t kMaxMessageBytes = 8 * 1024 * 1024;

timeval to_timeval(std::chrono::milliseconds time) {
  return {time.count() / 1000, (time.count() % 1000) * 1000};
}

amqp_bytes_t octets(const std::string& text) {
  // The library takes what it only reads as void*.
  return {text.size(), const_cast<char*>(text.data())};
}

std::string reason_of(const amqp_rpc_reply_t& reply) {
  if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION) return amqp_error_string2(reply.library_error);
  if (reply.reply_type != AMQP_RESPONSE_SERVER_EXCEPTION) return "no answer";
  const auto text = [](const amqp_bytes_t& bytes) {
    return std::string(static_cast<const char*>(bytes.bytes), bytes.len);
  };
  if (reply.reply.id == AMQP_CONNECTION_CLOSE_METHOD) {
    return text(static_cast<const amqp_connection_close_t*>(reply.reply.decoded)->reply_text);
  }
  if (reply.reply.id == AMQP_CHANNEL_CLOSE_METHOD) {
    return text(static_cast<const amqp_channel_close_t*>(reply.reply.decoded)->reply_text);
  }
  return "the broker refused";
}

class AmqpSource final : public EventSource {
 public:
  AmqpSource(const BrokerAddress& address, const BrokerLogin& login) : connection_(amqp_new_connection()) {
    if (!connection_) throw std::runtime_error("out of memory");
    open(address, login);
    const std::string user = login.user.empty() ? "guest" : login.user;
    const std::string password = login.user.empty() ? "guest" : login.password;
    check("logging in",
          amqp_login(connection_.get(), address.virtual_host.c_str(), 0, AMQP_DEFAULT_FRAME_SIZE,
                     kHeartbeat_s, AMQP_SASL_METHOD_PLAIN, user.c_str(), password.c_str()));
    amqp_channel_open(connection_.get(), kChannel);
    check("opening a channel");
    consume(address);
  }

  std::optional<std::string> next(std::chrono::milliseconds patience) override {
    amqp_maybe_release_buffers(connection_.get());
    const timeval wait = to_timeval(patience);
    amqp_envelope_t envelope;
    const amqp_rpc_reply_t reply = amqp_consume_message(connection_.get(), &envelope, &wait, 0);
    if (reply.reply_type == AMQP_RESPONSE_NORMAL) {
      const amqp_bytes_t& body = envelope.message.body;
      std::string text(static_cast<const char*>(body.bytes), std::min(body.len, kMaxMessageBytes + 1));
      amqp_destroy_envelope(&envelope);
      return text;
    }
    const bool library = reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION;
    if (library && reply.library_error == AMQP_STATUS_TIMEOUT) return std::nullopt;
    // Not a message: the broker has closed the channel or the connection, or cancelled the consumer.
    if (library && reply.library_error == AMQP_STATUS_UNEXPECTED_STATE) {
      throw std::runtime_error("the broker closed the channel");
    }
    throw std::runtime_error(reason_of(reply));
  }

 private:
  struct Destroy {
    void operator()(amqp_connection_state_t connection) const { amqp_destroy_connection(connection); }
  };

  void open(const BrokerAddress& address, const BrokerLogin& login) {
    amqp_socket_t* socket =
        address.tls() ? amqp_ssl_socket_new(connection_.get()) : amqp_tcp_socket_new(connection_.get());
    if (socket == nullptr) throw std::runtime_error("out of memory");
    if (address.tls()) {
      amqp_ssl_socket_set_verify_peer(socket, 1);
      amqp_ssl_socket_set_verify_hostname(socket, 1);
      const std::string ca = login.ca_file.empty() ? "/etc/ssl/certs/ca-certificates.crt" : login.ca_file;
      const int status = amqp_ssl_socket_set_cacert(socket, ca.c_str());
      if (status != AMQP_STATUS_OK)
        throw std::runtime_error("reading " + ca + ": " + amqp_error_string2(status));
    }
    timeval patience{5, 0};
    const int status = amqp_socket_open_noblock(socket, address.host.c_str(), address.port, &patience);
    if (status != AMQP_STATUS_OK) throw std::runtime_error(amqp_error_string2(status));
    amqp_set_rpc_timeout(connection_.get(), &patience);
  }

  void consume(const BrokerAddress& address) {
    amqp_bytes_t queue = octets(address.queue);
    if (!address.exchange.empty()) {
      // A queue of our own takes nothing away from others who listen.
      const amqp_queue_declare_ok_t* own =
          amqp_queue_declare(connection_.get(), kChannel, amqp_empty_bytes, 0, 0, 1, 1, amqp_empty_table);
      check("declaring a queue");
      own_queue_ = std::string(static_cast<const char*>(own->queue.bytes), own->queue.len);
      queue = octets(own_queue_);
      amqp_queue_bind(connection_.get(), kChannel, queue, octets(address.exchange),
                      octets(address.routing_key), amqp_empty_table);
      check("binding to exchange " + address.exchange);
    } else {
      // With the arguments that Janus itself declares it with: whoever comes first makes it.
      amqp_queue_declare(connection_.get(), kChannel, queue, 0, 0, 0, 0, amqp_empty_table);
      check("declaring queue " + address.queue);
    }
    amqp_basic_consume(connection_.get(), kChannel, queue, amqp_empty_bytes, 0, /*no_ack=*/1, 0,
                       amqp_empty_table);
    check("consuming");
  }

  void check(const std::string& what) { check(what, amqp_get_rpc_reply(connection_.get())); }
  static void check(const std::string& what, const amqp_rpc_reply_t& reply) {
    if (reply.reply_type != AMQP_RESPONSE_NORMAL) throw std::runtime_error(what + ": " + reason_of(reply));
  }

  std::unique_ptr<std::remove_pointer_t<amqp_connection_state_t>, Destroy> connection_;
  std::string own_queue_;
};

}  // namespace

std::unique_ptr<EventSource> connect_amqp(const BrokerAddress& address, const BrokerLogin& login) {
  return std::make_unique<AmqpSource>(address, login);
}

}  // namespace rtcscope::feeds::janus
