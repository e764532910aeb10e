#pragma once
// ICE as the packets show it: who checks whom, with which ufrags, and how long an answer takes.

#include <array>
#include <cstdint>
#include <vector>

#include "decoders/stun/message.hpp"
#include "flows/options.hpp"
#include "flows/report.hpp"

namespace rtcscope::flows {

class IceTracker {
 public:
  /// What one message changed; the flow turns it into events.
  struct Changes {
    bool identity = false;  // a new USERNAME
    bool state = false;
    bool first_check = false;
    bool connected = false;
    bool nominated = false;
    std::uint16_t error_code = 0;
    std::uint64_t usernames_refused = 0;
  };

  explicit IceTracker(const FlowOptions& options) noexcept : max_usernames_(options.max_usernames_per_flow) {}

  Changes add(UtcTime time, const stun::MessageView& message, Side sender);
  /// Looks for lost consent (RFC 7675, 5.1) at `now`; true when the state changed.
  bool advance(UtcTime now) noexcept;

  [[nodiscard]] const IceFacts& facts() const noexcept { return facts_; }
  [[nodiscard]] const std::vector<IceUsername>& usernames() const noexcept { return usernames_; }

 private:
  /// A request that waits for its answer.
  struct Pending {
    stun::TransactionId transaction_id{};
    UtcTime time{};
    Side sender = Side::kA;
    bool open = false;
    bool use_candidate = false;
    bool repeated = false;  // sent again with the same id: its round trip is ambiguous (Karn)
  };

  void add_request(UtcTime time, const stun::MessageView& message, Side sender, Changes& changes);
  void add_success(UtcTime time, const stun::MessageView& message, Side sender, Changes& changes);
  void add_error(const stun::MessageView& message, Side sender, Changes& changes);
  void add_username(std::string_view username, UtcTime time, Side sender, Changes& changes);
  Pending* pending(const stun::TransactionId& id, Side request_sender) noexcept;

  std::size_t max_usernames_;
  IceFacts facts_;
  std::vector<IceUsername> usernames_;
  // Checks are answered within a round trip; sixteen open ones per pair are more than any agent has.
  std::array<Pending, 16> pending_{};
  std::size_t next_pending_ = 0;
};

}  // namespace rtcscope::flows
