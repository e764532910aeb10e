#include "feeds/wire/io/amqp_connection.hpp"

#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <sys/time.h>

#include <algorithm>
#include <stdexcept>

namespace rtcscope::feeds {
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

std::string to_text(const amqp_bytes_t& bytes) {
  return bytes.len == 0 ? std::string() : std::string(static_cast<const char*>(bytes.bytes), bytes.len);
}

std::string reason_of(const amqp_rpc_reply_t& reply) {
  if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION) return amqp_error_string2(reply.library_error);
  if (reply.reply_type != AMQP_RESPONSE_SERVER_EXCEPTION) return "no answer";
  if (reply.reply.id == AMQP_CONNECTION_CLOSE_METHOD) {
    return to_text(static_cast<const amqp_connection_close_t*>(reply.reply.decoded)->reply_text);
  }
  if (reply.reply.id == AMQP_CHANNEL_CLOSE_METHOD) {
    return to_text(static_cast<const amqp_channel_close_t*>(reply.reply.decoded)->reply_text);
  }
  return "the broker refused";
}

void check_reply(const std::string& what, const amqp_rpc_reply_t& reply) {
  if (reply.reply_type != AMQP_RESPONSE_NORMAL) throw std::runtime_error(what + ": " + reason_of(reply));
}

}  // namespace

AmqpConnection::AmqpConnection(const AmqpAddress& address) : connection_(amqp_new_connection()) {
  if (!connection_) throw std::runtime_error("out of memory");
  open_socket(address);
  const std::string user = address.user.empty() ? "guest" : address.user;
  const std::string password = address.user.empty() ? "guest" : address.password;
  check_reply("logging in",
              amqp_login(connection_.get(), address.virtual_host.c_str(), 0, AMQP_DEFAULT_FRAME_SIZE,
                         kHeartbeat_s, AMQP_SASL_METHOD_PLAIN, user.c_str(), password.c_str()));
  amqp_channel_open(connection_.get(), kChannel);
  check("opening a channel");
}

void AmqpConnection::open_socket(const AmqpAddress& address) {
  amqp_socket_t* socket =
      address.tls ? amqp_ssl_socket_new(connection_.get()) : amqp_tcp_socket_new(connection_.get());
  if (socket == nullptr) throw std::runtime_error("out of memory");
  if (address.tls) {
    amqp_ssl_socket_set_verify_peer(socket, 1);
    amqp_ssl_socket_set_verify_hostname(socket, 1);
    const std::string ca = address.ca_file.empty() ? "/etc/ssl/certs/ca-certificates.crt" : address.ca_file;
    const int status = amqp_ssl_socket_set_cacert(socket, ca.c_str());
    if (status != AMQP_STATUS_OK)
      throw std::runtime_error("reading " + ca + ": " + amqp_error_string2(status));
  }
  timeval patience{5, 0};
  const int status = amqp_socket_open_noblock(socket, address.host.c_str(), address.port, &patience);
  if (status != AMQP_STATUS_OK) throw std::runtime_error(amqp_error_string2(status));
  amqp_set_rpc_timeout(connection_.get(), &patience);
}

std::string AmqpConnection::declare_own_queue() {
  const amqp_queue_declare_ok_t* own =
      amqp_queue_declare(connection_.get(), kChannel, amqp_empty_bytes, 0, 0, 1, 1, amqp_empty_table);
  check("declaring a queue");
  return to_text(own->queue);
}

void AmqpConnection::declare_queue(const std::string& queue) {
  amqp_queue_declare(connection_.get(), kChannel, octets(queue), 0, 0, 0, 0, amqp_empty_table);
  check("declaring queue " + queue);
}

void AmqpConnection::bind(const std::string& queue, const std::string& exchange,
                          const std::string& routing_key) {
  amqp_queue_bind(connection_.get(), kChannel, octets(queue), octets(exchange), octets(routing_key),
                  amqp_empty_table);
  check("binding to exchange " + exchange);
}

void AmqpConnection::unbind(const std::string& queue, const std::string& exchange,
                            const std::string& routing_key) {
  amqp_queue_unbind(connection_.get(), kChannel, octets(queue), octets(exchange), octets(routing_key),
                    amqp_empty_table);
  check("unbinding from exchange " + exchange);
}

void AmqpConnection::consume(const std::string& queue) {
  amqp_basic_consume(connection_.get(), kChannel, octets(queue), amqp_empty_bytes, 0, /*no_ack=*/1, 0,
                     amqp_empty_table);
  check("consuming");
}

void AmqpConnection::publish(const std::string& exchange, const std::string& routing_key,
                             const std::string& body) {
  const int status = amqp_basic_publish(connection_.get(), kChannel, octets(exchange), octets(routing_key), 0,
                                        0, nullptr, octets(body));
  if (status != AMQP_STATUS_OK)
    throw std::runtime_error(std::string("sending: ") + amqp_error_string2(status));
}

std::optional<AmqpMessage> AmqpConnection::next(std::chrono::milliseconds patience) {
  amqp_maybe_release_buffers(connection_.get());
  const timeval wait = to_timeval(patience);
  amqp_envelope_t envelope;
  const amqp_rpc_reply_t reply = amqp_consume_message(connection_.get(), &envelope, &wait, 0);
  if (reply.reply_type == AMQP_RESPONSE_NORMAL) {
    amqp_bytes_t body = envelope.message.body;
    body.len = std::min(body.len, kMaxMessageBytes + 1);
    AmqpMessage message{to_text(envelope.routing_key), to_text(body)};
    amqp_destroy_envelope(&envelope);
    return message;
  }
  const bool library = reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION;
  if (library && reply.library_error == AMQP_STATUS_TIMEOUT) return std::nullopt;
  // Not a message: the broker has closed the channel or the connection, or cancelled the consumer.
  if (library && reply.library_error == AMQP_STATUS_UNEXPECTED_STATE) {
    throw std::runtime_error("the broker closed the channel");
  }
  throw std::runtime_error(reason_of(reply));
}

void AmqpConnection::check(const std::string& what) {
  check_reply(what, amqp_get_rpc_reply(connection_.get()));
}

}  // namespace rtcscope::feeds
