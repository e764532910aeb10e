#include "feeds/wire/io/amqp_connection.hpp"

#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <stdexcept>
#include <system_error>

namespace rtcscope::feeds {
namespace {

constexpr amqp_channel_t kChannel = 1;
constexpr int kHeartbeat_s = 30;
// RabbitMQ 4 drops what it has given to readers 20 times, unless another number is said.
constexpr std::uint64_t kMaxDeliveries = 1'000'000'000;

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

std::string reason_of(const amqp_method_t& method) {
  if (method.id == AMQP_CONNECTION_CLOSE_METHOD) {
    return to_text(static_cast<const amqp_connection_close_t*>(method.decoded)->reply_text);
  }
  if (method.id == AMQP_CHANNEL_CLOSE_METHOD) {
    return to_text(static_cast<const amqp_channel_close_t*>(method.decoded)->reply_text);
  }
  return "the broker refused";
}

std::string reason_of(const amqp_rpc_reply_t& reply) {
  if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION) return amqp_error_string2(reply.library_error);
  if (reply.reply_type != AMQP_RESPONSE_SERVER_EXCEPTION) return "no answer";
  return reason_of(reply.reply);
}

/// Of a socket error the library tells no more than that; the system said which.
std::string open_fault(int status, int code) {
  const bool told = status == AMQP_STATUS_SOCKET_ERROR && code != 0;
  return told ? std::generic_category().message(code) : amqp_error_string2(status);
}

void check_reply(const std::string& what, const amqp_rpc_reply_t& reply) {
  if (reply.reply_type != AMQP_RESPONSE_NORMAL) throw std::runtime_error(what + ": " + reason_of(reply));
}

bool closes_channel(const amqp_rpc_reply_t& reply, int code) {
  return reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION && reply.reply.id == AMQP_CHANNEL_CLOSE_METHOD &&
         static_cast<const amqp_channel_close_t*>(reply.reply.decoded)->reply_code == code;
}

amqp_table_entry_t entry(const char* name, const char* text) {
  amqp_table_entry_t entry{amqp_cstring_bytes(name), {}};
  entry.value.kind = AMQP_FIELD_KIND_UTF8;
  entry.value.value.bytes = amqp_cstring_bytes(text);
  return entry;
}

amqp_table_entry_t entry(const char* name, std::uint64_t number) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  amqp_table_entry_t entry{amqp_cstring_bytes(name), {}};
  entry.value.kind = AMQP_FIELD_KIND_I64;
  entry.value.value.i64 = static_cast<std::int64_t>(std::min(number, kMost));
  return entry;
}

amqp_table_entry_t entry(const char* name, bool yes) {
  amqp_table_entry_t entry{amqp_cstring_bytes(name), {}};
  entry.value.kind = AMQP_FIELD_KIND_BOOLEAN;
  entry.value.value.boolean = yes ? 1 : 0;
  return entry;
}

amqp_table_entry_t entry(const char* name, const amqp_table_t& table) {
  amqp_table_entry_t entry{amqp_cstring_bytes(name), {}};
  entry.value.kind = AMQP_FIELD_KIND_TABLE;
  entry.value.value.table = table;
  return entry;
}

}  // namespace

AmqpConnection::AmqpConnection(const AmqpAddress& address) : connection_(amqp_new_connection()) {
  if (!connection_) throw std::runtime_error("out of memory");
  const auto begin = Clock::now();
  open_socket(address);
  const auto rest =
      address.connect_within - std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
  const timeval patience = to_timeval(std::max(rest, std::chrono::milliseconds{100}));
  amqp_set_handshake_timeout(connection_.get(), &patience);
  log_in(address);
  amqp_channel_open(connection_.get(), kChannel);
  check("opening a channel");
}

void AmqpConnection::log_in(const AmqpAddress& address) {
  const std::string user = address.user.empty() ? "guest" : address.user;
  const std::string password = address.user.empty() ? "guest" : address.password;
  // Without it nobody says that the queue of a consumer is gone: it would listen for ever.
  amqp_table_entry_t told = entry("consumer_cancel_notify", true);
  amqp_table_entry_t capabilities = entry("capabilities", amqp_table_t{1, &told});
  const amqp_table_t properties{1, &capabilities};
  check_reply("logging in",
              amqp_login_with_properties(connection_.get(), address.virtual_host.c_str(), 0,
                                         AMQP_DEFAULT_FRAME_SIZE, kHeartbeat_s, &properties,
                                         AMQP_SASL_METHOD_PLAIN, user.c_str(), password.c_str()));
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
  const timeval patience = to_timeval(address.connect_within);
  errno = 0;
  const int status = amqp_socket_open_noblock(socket, address.host.c_str(), address.port, &patience);
  if (status != AMQP_STATUS_OK) throw std::runtime_error("connecting: " + open_fault(status, errno));
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

void AmqpConnection::declare_durable_queue(const std::string& queue, std::uint64_t max_bytes) {
  std::array arguments{entry("x-queue-type", "quorum"), entry("x-overflow", "reject-publish"),
                       entry("x-max-length-bytes", max_bytes), entry("x-delivery-limit", kMaxDeliveries)};
  amqp_queue_declare(connection_.get(), kChannel, octets(queue), 0, /*durable=*/1, 0, 0,
                     amqp_table_t{static_cast<int>(arguments.size()), arguments.data()});
  const amqp_rpc_reply_t reply = amqp_get_rpc_reply(connection_.get());
  if (closes_channel(reply, AMQP_PRECONDITION_FAILED)) {
    throw std::runtime_error("the broker has a queue " + queue + " of another kind or size (" +
                             reason_of(reply) + "): delete it or name another");
  }
  check_reply("declaring queue " + queue, reply);
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

void AmqpConnection::consume_acknowledged(const std::string& queue, std::uint16_t prefetch) {
  amqp_basic_qos(connection_.get(), kChannel, 0, prefetch, 0);
  check("limiting what is on its way");
  amqp_basic_consume(connection_.get(), kChannel, octets(queue), amqp_empty_bytes, 0, /*no_ack=*/0, 0,
                     amqp_empty_table);
  check("consuming from queue " + queue);
}

void AmqpConnection::acknowledge(std::uint64_t delivery_tag) {
  const int status = amqp_basic_ack(connection_.get(), kChannel, delivery_tag, /*multiple=*/0);
  if (status != AMQP_STATUS_OK) {
    throw std::runtime_error(std::string("acknowledging: ") + amqp_error_string2(status));
  }
}

void AmqpConnection::publish(const std::string& exchange, const std::string& routing_key,
                             const std::string& body) {
  const int status = amqp_basic_publish(connection_.get(), kChannel, octets(exchange), octets(routing_key), 0,
                                        0, nullptr, octets(body));
  if (status != AMQP_STATUS_OK)
    throw std::runtime_error(std::string("sending: ") + amqp_error_string2(status));
}

void AmqpConnection::confirm_publishes() {
  amqp_confirm_select(connection_.get(), kChannel);
  check("asking for confirms");
  confirming_ = true;
}

/// The library writes for as long as the broker lives, also when it takes nothing because its memory or disk
/// is full: the kernel has to end it.
void AmqpConnection::limit_writes(std::chrono::milliseconds patience) {
  const auto limit_ms = static_cast<unsigned int>(patience.count());
  (void)setsockopt(amqp_get_sockfd(connection_.get()), IPPROTO_TCP, TCP_USER_TIMEOUT, &limit_ms,
                   sizeof(limit_ms));
}

bool AmqpConnection::publish_confirmed(const std::string& queue, const std::string& body,
                                       std::chrono::milliseconds patience) {
  amqp_maybe_release_buffers(connection_.get());
  if (!confirming_) confirm_publishes();
  limit_writes(patience);
  const auto until = Clock::now() + patience;
  amqp_basic_properties_t properties{};
  properties._flags = AMQP_BASIC_DELIVERY_MODE_FLAG;
  properties.delivery_mode = AMQP_DELIVERY_PERSISTENT;
  const int status = amqp_basic_publish(connection_.get(), kChannel, amqp_empty_bytes, octets(queue),
                                        /*mandatory=*/1, 0, &properties, octets(body));
  if (status != AMQP_STATUS_OK) {
    throw std::runtime_error(std::string("sending: ") + amqp_error_string2(status));
  }
  ++published_;
  return wait_for_confirm(until);
}

bool AmqpConnection::wait_for_confirm(Clock::time_point until) {
  while (true) {
    const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
    const auto frame = read_frame(std::max(rest, std::chrono::milliseconds{0}));
    if (!frame) throw std::runtime_error("the broker does not confirm what it was sent");
    if (frame->frame_type != AMQP_FRAME_METHOD) continue;
    const amqp_method_t& method = frame->payload.method;
    if (method.id == AMQP_BASIC_RETURN_METHOD) throw std::runtime_error("the queue is gone");
    if (method.id == AMQP_BASIC_ACK_METHOD) {
      if (static_cast<const amqp_basic_ack_t*>(method.decoded)->delivery_tag >= published_) return true;
    } else if (method.id == AMQP_BASIC_NACK_METHOD) {
      if (static_cast<const amqp_basic_nack_t*>(method.decoded)->delivery_tag >= published_) return false;
    }
  }
}

/// Nothing when none came within `patience`.
std::optional<amqp_frame_t> AmqpConnection::read_frame(std::chrono::milliseconds patience) {
  const timeval wait = to_timeval(patience);
  amqp_frame_t frame;
  const int status = amqp_simple_wait_frame_noblock(connection_.get(), &frame, &wait);
  if (status == AMQP_STATUS_TIMEOUT) return std::nullopt;
  if (status != AMQP_STATUS_OK) throw std::runtime_error(amqp_error_string2(status));
  const bool method = frame.frame_type == AMQP_FRAME_METHOD;
  if (method && (frame.payload.method.id == AMQP_CHANNEL_CLOSE_METHOD ||
                 frame.payload.method.id == AMQP_CONNECTION_CLOSE_METHOD)) {
    throw std::runtime_error("the broker closed the connection: " + reason_of(frame.payload.method));
  }
  return frame;
}

void AmqpConnection::keep_alive() {
  amqp_maybe_release_buffers(connection_.get());
  while (read_frame(std::chrono::milliseconds{0})) {
  }
}

void AmqpConnection::interrupt() noexcept {
  (void)shutdown(amqp_get_sockfd(connection_.get()), SHUT_RDWR);
}

std::optional<AmqpMessage> AmqpConnection::next(std::chrono::milliseconds patience) {
  amqp_maybe_release_buffers(connection_.get());
  const timeval wait = to_timeval(patience);
  amqp_envelope_t envelope;
  const amqp_rpc_reply_t reply = amqp_consume_message(connection_.get(), &envelope, &wait, 0);
  if (reply.reply_type == AMQP_RESPONSE_NORMAL) {
    amqp_bytes_t body = envelope.message.body;
    body.len = std::min(body.len, kMaxAmqpMessageBytes + 1);
    AmqpMessage message{to_text(envelope.routing_key), to_text(body), envelope.delivery_tag,
                        envelope.redelivered != 0};
    amqp_destroy_envelope(&envelope);
    return message;
  }
  const bool library = reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION;
  if (library && reply.library_error == AMQP_STATUS_TIMEOUT) return std::nullopt;
  // Not a message: the broker has closed the channel or the connection, or cancelled the consumer. The frame
  // that says so comes next.
  if (library && reply.library_error == AMQP_STATUS_UNEXPECTED_STATE) {
    (void)read_frame(std::chrono::milliseconds{0});
    throw std::runtime_error("the broker gives no more messages: the queue is gone");
  }
  throw std::runtime_error(reason_of(reply));
}

void AmqpConnection::check(const std::string& what) {
  check_reply(what, amqp_get_rpc_reply(connection_.get()));
}

}  // namespace rtcscope::feeds
