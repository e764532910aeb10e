#include "flows/turn_tracker.hpp"

#include <algorithm>

namespace rtcscope::flows {

using stun::MessageClass;
using stun::Method;

namespace {

// RFC 8489, 9.2.4: both are how long-term credentials begin, not a failure.
constexpr std::uint16_t kUnauthenticated = 401;
constexpr std::uint16_t kStaleNonce = 438;

bool is_turn(Method method) noexcept {
  switch (method) {
    case Method::kAllocate:
    case Method::kRefresh:
    case Method::kCreatePermission:
    case Method::kChannelBind:
    case Method::kConnect:
    case Method::kConnectionBind:
      return true;
    default:
      return false;
  }
}

}  // namespace

TurnTracker::Changes TurnTracker::add(UtcTime time, const stun::MessageView& message, Side sender) {
  Changes changes;
  if (message.method == Method::kSend || message.method == Method::kData) {
    facts_.indications[index(sender)] += 1;
    return changes;
  }
  if (!is_turn(message.method)) return changes;
  switch (message.message_class) {
    case MessageClass::kRequest:
      add_request(message);
      break;
    case MessageClass::kSuccess:
      add_success(time, message, changes);
      break;
    case MessageClass::kError:
      add_error(message, changes);
      break;
    case MessageClass::kIndication:
      break;
  }
  return changes;
}

void TurnTracker::add_request(const stun::MessageView& message) {
  if (message.method == Method::kAllocate && facts_.state == TurnState::kNone) {
    facts_.state = TurnState::kAllocating;
  }
  if (message.method == Method::kChannelBind) bind(message);
  // RFC 8656, 7.1: lifetime 0 gives the allocation up.
  if (message.method == Method::kRefresh && message.lifetime_s() == 0U) {
    release_ = {true, message.transaction_id};
  }
}

void TurnTracker::add_success(UtcTime time, const stun::MessageView& message, Changes& changes) noexcept {
  changes.state = true;
  switch (message.method) {
    case Method::kAllocate:
      changes.allocated = facts_.state != TurnState::kAllocated;
      facts_.state = TurnState::kAllocated;
      if (!facts_.allocated) facts_.allocated = time;
      if (const auto relayed = message.xor_relayed_address()) facts_.relayed = *relayed;
      if (const auto mapped = message.xor_mapped_address()) facts_.mapped = *mapped;
      facts_.lifetime_s = message.lifetime_s().value_or(facts_.lifetime_s);
      break;
    case Method::kRefresh:
      add_refreshed(time, message, changes);
      break;
    case Method::kCreatePermission:
      facts_.permissions += 1;
      break;
    default:
      break;
  }
}

void TurnTracker::add_refreshed(UtcTime time, const stun::MessageView& message, Changes& changes) noexcept {
  const bool asked = release_.open && release_.transaction_id == message.transaction_id;
  if (asked || message.lifetime_s() == 0U) {
    changes.released = facts_.state != TurnState::kReleased;
    facts_.state = TurnState::kReleased;
    facts_.released = time;
    return;
  }
  facts_.refreshes += 1;
  facts_.lifetime_s = message.lifetime_s().value_or(facts_.lifetime_s);
}

void TurnTracker::add_error(const stun::MessageView& message, Changes& changes) noexcept {
  const auto error = message.error_code();
  if (!error || error->code == kUnauthenticated || error->code == kStaleNonce) return;
  facts_.last_error = error->code;
  if (message.method == Method::kAllocate && facts_.state == TurnState::kAllocating) {
    facts_.state = TurnState::kFailed;
  }
  changes.error_code = error->code;
  changes.state = true;
}

void TurnTracker::bind(const stun::MessageView& message) {
  const auto channel = message.channel_number();
  const auto peer = message.xor_peer_address();
  if (!channel || !peer) return;
  const auto known = std::find_if(bindings_.begin(), bindings_.end(),
                                  [&](const Binding& b) { return b.channel == *channel; });
  if (known != bindings_.end()) {
    known->peer = *peer;
    return;
  }
  facts_.channels += 1;
  if (bindings_.size() < kMaxBindings) {
    bindings_.push_back({*channel, *peer});
  } else {
    bindings_[oldest_++ % kMaxBindings] = {*channel, *peer};
  }
}

std::optional<TurnTracker::Inner> TurnTracker::inner_of(
    const turn::ChannelDataView& channel_data) const noexcept {
  if (channel_data.data.empty()) return std::nullopt;
  Inner inner;
  inner.peer.port = channel_data.channel_number;
  for (const Binding& binding : bindings_) {
    if (binding.channel == channel_data.channel_number) inner.peer = binding.peer;
  }
  inner.data = channel_data.data;
  inner.wire_bytes = channel_data.length;
  return inner;
}

std::optional<TurnTracker::Inner> TurnTracker::inner_of(const stun::MessageView& message) noexcept {
  if (message.message_class != MessageClass::kIndication) return std::nullopt;
  if (message.method != Method::kSend && message.method != Method::kData) return std::nullopt;
  const auto peer = message.xor_peer_address();
  const auto data = message.data();
  if (!peer || !data || data->empty()) return std::nullopt;
  return Inner{*peer, *data, static_cast<std::uint32_t>(data->size())};
}

}  // namespace rtcscope::flows
