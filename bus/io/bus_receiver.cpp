#include "bus/io/bus_receiver.hpp"

#include "bus/io/backlog.hpp"
#include "feeds/wire/io/amqp_connection.hpp"

namespace rtcscope::bus {
namespace {

// On their way at once: enough to keep a reader busy, little enough to hold in memory.
constexpr std::uint16_t kPrefetch = 32;

// A message that was cut is larger than any batch.
static_assert(kMaxBatchBytes <= feeds::kMaxAmqpMessageBytes);

}  // namespace

Receiver::Receiver(const BusPlace& place)
    : connection_(std::make_unique<feeds::AmqpConnection>(amqp_address(place))) {
  connection_->declare_durable_queue(place.address.queue, place.queue_bytes);
  connection_->consume_acknowledged(place.address.queue, kPrefetch);
}

Receiver::~Receiver() = default;

std::optional<Receiver::Message> Receiver::next(std::chrono::milliseconds patience) {
  while (auto message = connection_->next(patience)) {
    if (message->body.size() <= kMaxBatchBytes) {
      return Message{std::move(message->body), message->delivery_tag};
    }
    ++too_big_;
    connection_->acknowledge(message->delivery_tag);
  }
  return std::nullopt;
}

void Receiver::done(std::uint64_t tag) {
  connection_->acknowledge(tag);
}

}  // namespace rtcscope::bus
