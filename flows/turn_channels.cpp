#include "flows/turn_channels.hpp"

#include <algorithm>

namespace rtcscope::flows {

void TurnChannels::add(const stun::MessageView& message, Side /*sender*/) noexcept {
  using stun::MessageClass;
  using stun::Method;
  if (message.method == Method::kAllocate && message.message_class == MessageClass::kSuccess)
    allocated_ = true;
  if (message.method != Method::kChannelBind || message.message_class != MessageClass::kRequest) return;
  const auto channel = message.channel_number();
  const auto peer = message.xor_peer_address();
  if (!channel || !peer) return;
  const auto known = std::find_if(bindings_.begin(), bindings_.end(),
                                  [&](const Binding& b) { return b.channel == *channel; });
  Binding& binding = known != bindings_.end() ? *known : bindings_[next_++ % bindings_.size()];
  binding = {*channel, *peer};
}

std::optional<TurnChannels::Inner> TurnChannels::inner_of(
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

std::optional<TurnChannels::Inner> TurnChannels::inner_of(const stun::MessageView& message) noexcept {
  using stun::Method;
  if (message.message_class != stun::MessageClass::kIndication) return std::nullopt;
  if (message.method != Method::kSend && message.method != Method::kData) return std::nullopt;
  const auto peer = message.xor_peer_address();
  const auto data = message.data();
  if (!peer || !data || data->empty()) return std::nullopt;
  return Inner{*peer, *data, static_cast<std::uint32_t>(data->size())};
}

}  // namespace rtcscope::flows
