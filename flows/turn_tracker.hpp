#pragma once
// What a client and its TURN server agree on (RFC 8656), and which peer a channel number means (section 12).

#include <cstdint>
#include <optional>
#include <vector>

#include "base/byte_reader.hpp"
#include "base/net.hpp"
#include "decoders/stun/message.hpp"
#include "decoders/turn/channel_data.hpp"
#include "flows/report.hpp"

namespace rtcscope::flows {

class TurnTracker {
 public:
  /// A datagram that travelled inside another one; `data` points into the outer datagram.
  struct Inner {
    Endpoint peer;
    Bytes data;
    std::uint32_t wire_bytes = 0;
  };

  /// What one message changed; the flow turns it into events.
  struct Changes {
    bool state = false;
    bool allocated = false;
    bool released = false;
    std::uint16_t error_code = 0;  // not the challenge and not the stale nonce
  };

  /// Learns from requests and their answers; a message of another method is ignored.
  Changes add(UtcTime time, const stun::MessageView& message, Side sender);
  void add_channel_data(Side sender) noexcept { facts_.channel_data[index(sender)] += 1; }

  /// The peer is the bound one, or (bind not seen) an endpoint without address whose port is the channel
  /// number, so that the channels of one client stay apart.
  [[nodiscard]] std::optional<Inner> inner_of(const turn::ChannelDataView& channel_data) const noexcept;
  /// Send and Data indications name their peer themselves; nullopt for any other message.
  static std::optional<Inner> inner_of(const stun::MessageView& message) noexcept;

  /// A success response to Allocate was seen: this five-tuple is a TURN client's.
  [[nodiscard]] bool allocated() const noexcept { return facts_.allocated.has_value(); }
  [[nodiscard]] const TurnFacts& facts() const noexcept { return facts_; }

 private:
  struct Binding {
    std::uint16_t channel = 0;
    Endpoint peer;
  };
  /// A Refresh with lifetime 0, which its answer does not always repeat (RFC 8656, 7).
  struct Release {
    bool open = false;
    stun::TransactionId transaction_id{};
  };

  void add_request(const stun::MessageView& message);
  void add_success(UtcTime time, const stun::MessageView& message, Changes& changes) noexcept;
  void add_refreshed(UtcTime time, const stun::MessageView& message, Changes& changes) noexcept;
  void add_error(const stun::MessageView& message, Changes& changes) noexcept;
  void bind(const stun::MessageView& message);

  TurnFacts facts_;
  // A client binds one channel per peer candidate; the oldest binding is overwritten beyond this.
  static constexpr std::size_t kMaxBindings = 32;
  std::vector<Binding> bindings_;  // few flows are a TURN client's
  std::size_t oldest_ = 0;
  Release release_;
};

}  // namespace rtcscope::flows
