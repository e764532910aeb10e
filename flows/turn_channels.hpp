#pragma once
// Which peer a TURN channel number means (RFC 8656, section 12), learnt from one client's ChannelBind.

#include <array>
#include <cstdint>
#include <optional>

#include "base/byte_reader.hpp"
#include "base/net.hpp"
#include "decoders/stun/message.hpp"
#include "decoders/turn/channel_data.hpp"
#include "flows/report.hpp"

namespace rtcscope::flows {

class TurnChannels {
 public:
  /// A datagram that travelled inside another one; `data` points into the outer datagram.
  struct Inner {
    Endpoint peer;
    Bytes data;
    std::uint32_t wire_bytes = 0;
  };

  /// Learns from Allocate and ChannelBind; everything else is ignored.
  void add(const stun::MessageView& message, Side sender) noexcept;

  /// The peer is the bound one, or (bind not seen) an endpoint without address whose port is the channel
  /// number, so that the channels of one client stay apart.
  [[nodiscard]] std::optional<Inner> inner_of(const turn::ChannelDataView& channel_data) const noexcept;
  /// Send and Data indications name their peer themselves; nullopt for any other message.
  static std::optional<Inner> inner_of(const stun::MessageView& message) noexcept;

  /// A success response to Allocate was seen: this five-tuple is a TURN client's.
  [[nodiscard]] bool allocated() const noexcept { return allocated_; }

 private:
  struct Binding {
    std::uint16_t channel = 0;
    Endpoint peer;
  };

  // A client binds one channel per peer candidate; the oldest binding is overwritten beyond this.
  std::array<Binding, 32> bindings_{};
  std::size_t next_ = 0;
  bool allocated_ = false;
};

}  // namespace rtcscope::flows
