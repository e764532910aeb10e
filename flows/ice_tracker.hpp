#pragma once
// ICE as the packets show it: who checks whom, with which ufrags, and how long an answer takes.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "decoders/stun/message.hpp"
#include "flows/ice_passwords.hpp"
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
    bool restarted = false;
    std::uint16_t error_code = 0;
    std::uint64_t usernames_refused = 0;
  };

  /// What time alone changed.
  struct Lapse {
    bool failed = false;  // see IceFacts::failure
    std::optional<Side> consent_lost;
  };

  explicit IceTracker(const FlowOptions& options) noexcept : max_usernames_(options.max_usernames_per_flow) {}

  Changes add(UtcTime time, const stun::MessageView& message, Side sender, const IcePasswords& passwords);
  /// Looks for lost consent (RFC 7675, 5.1) and for pairs that nobody answers at `now`.
  Lapse advance(UtcTime now) noexcept;
  /// The flow is over: what was still being checked has failed.
  void end() noexcept;
  /// The same for each pair of one ICE session, whichever way it is seen; 0 without a USERNAME.
  [[nodiscard]] std::uint64_t session() const noexcept { return session_; }

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
    std::uint64_t session = 0;
  };
  struct Session {
    std::array<std::string, 2> ufrags;  // by side
  };

  void add_request(UtcTime time, const stun::MessageView& message, Side sender, Changes& changes);
  void add_success(UtcTime time, const stun::MessageView& message, Side sender, Changes& changes);
  void add_error(const stun::MessageView& message, Side sender, Changes& changes);
  std::uint64_t add_username(std::string_view username, UtcTime time, Side sender, Changes& changes);
  void commit_session(std::uint64_t session, Changes& changes);
  void keep_username(std::string_view receiver, std::string_view from, UtcTime time, Side sender,
                     Changes& changes);
  void note_role(const stun::MessageView& message, Side sender, Changes& changes) noexcept;
  void note_round_trip(Duration round_trip, Side answerer) noexcept;
  void check_integrity(const stun::MessageView& message, Side sender, const IcePasswords& passwords,
                       Changes& changes);
  void note_failure(IceFailure failure) noexcept;
  Pending* pending(const stun::TransactionId& id, Side request_sender) noexcept;

  std::size_t max_usernames_;
  IceFacts facts_;
  std::vector<IceUsername> usernames_;
  std::uint64_t session_ = 0;
  Session session_of_flow_;
  std::uint64_t candidate_session_ = 0;  // the newest other one that was asked for
  Session candidate_;
  int integrity_checks_ = 0;
  std::array<bool, 2> without_consent_{};
  // Checks are answered within a round trip; twelve open ones per pair are more than any agent has.
  static constexpr std::size_t kOwnPending = 12;
  std::array<Pending, 16> pending_{};  // of the flow's ICE session, then of others: a restart, or made up
  std::size_t next_pending_ = 0;
  std::size_t next_strange_ = 0;
};

}  // namespace rtcscope::flows
