#include "app/hep_feed.hpp"

#include <stdexcept>
#include <utility>

namespace rtcscope::app {
namespace {

constexpr int kLookUpMs = 200;  // how soon the end is noticed

Endpoint address_of(const std::string& listen) {
  const auto address = feeds::hep::parse_hep_listen(listen);
  if (address) return *address;
  throw std::runtime_error("--hep-listen \"" + listen +
                           "\" is no address; write udp:192.0.2.1:9060 or udp:[::]:9060");
}

}  // namespace

HepFeed::HepFeed(const std::string& listen, std::string auth_key)
    : port_(address_of(listen)), auth_key_(std::move(auth_key)), thread_([this] { run(); }) {}

HepFeed::~HepFeed() {
  stopping_ = true;
  thread_.join();
}

void HepFeed::run() {
  while (!stopping_) {
    if (const auto datagram = port_.receive(kLookUpMs)) take(*datagram);
  }
}

void HepFeed::take(std::span<const std::byte> datagram) {
  auto message = feeds::hep::read_hep(datagram, auth_key_);
  const std::lock_guard lock(mutex_);
  ++received_;
  if (!message) {
    ++refused_[static_cast<std::size_t>(message.error())];
  } else if (queue_.size() >= kMaxMessages) {
    ++dropped_;
  } else {
    queue_.push_back(*std::move(message));
  }
}

void HepFeed::drain(UtcTime now, model::ChangeSink& sink) {
  std::deque<feeds::AgentMessage> messages;
  {
    const std::lock_guard lock(mutex_);
    messages.swap(queue_);
  }
  for (feeds::AgentMessage& message : messages) join_.take(std::move(message), now);
  for (const model::Event& event : join_.advance(now)) sink.on_change(event);
  const std::lock_guard lock(mutex_);
  joined_ = join_.counts();
}

api::HepInStats HepFeed::stats() const {
  const std::lock_guard lock(mutex_);
  api::HepInStats out;
  out.listen = port_.name();
  out.received = received_;
  out.attached = joined_.attached;
  out.waiting = joined_.waiting;
  out.unmatched = joined_.unmatched;
  out.dropped = dropped_;
  for (std::size_t i = 0; i < refused_.size(); ++i) {
    if (refused_[i] == 0) continue;
    out.refused.push_back({feeds::hep::to_string(static_cast<feeds::hep::HepErrc>(i)), refused_[i]});
  }
  return out;
}

}  // namespace rtcscope::app
