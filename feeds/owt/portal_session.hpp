#pragma once
// A viewer in one room: what to answer to the portal, what to hand on, and when to leave. No I/O: who has the
// socket hands its messages in.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "feeds/owt/socket_io.hpp"

namespace rtcscope::feeds::owt {

/// What a token of POST /tokens says of where to go: base64 of {"host": "h:8080", "secure": true, ...}.
struct PortalAddress {
  std::string host;
  std::uint16_t port = 0;
  bool secure = false;
};
/// nullopt when the token is none.
std::optional<PortalAddress> parse_token(std::string_view token);

class PortalSession {
 public:
  /// Users of the name `viewer` are viewers: with nobody else in the room it is over.
  PortalSession(std::string token, std::string viewer)
      : token_(std::move(token)), viewer_(std::move(viewer)) {}

  struct Reaction {
    std::vector<std::string> send;     // in this order
    std::vector<std::string> signals;  // JSON for the Translator
  };
  Reaction take(std::string_view message);
  /// What to send before the socket is closed.
  [[nodiscard]] std::vector<std::string> leave() const;

  [[nodiscard]] bool in_room() const noexcept { return in_room_; }
  [[nodiscard]] bool over() const noexcept { return over_; }
  /// Why it could not go on, one line; "" when it ended because nobody is left, or when it did not end.
  [[nodiscard]] const std::string& failure() const noexcept { return failure_; }
  [[nodiscard]] std::uint64_t malformed() const noexcept { return malformed_; }

 private:
  void log_in(Reaction& reaction);
  void take_login(const nlohmann::json& answer, Reaction& reaction);
  void take_event(const SocketIoMessage& message, Reaction& reaction);
  void count_people(const nlohmann::json& event);
  void fail(std::string why);

  std::string token_, viewer_;
  std::set<std::string> people_;  // who is there, without viewers
  bool in_room_ = false, over_ = false;
  std::string failure_;
  std::uint64_t malformed_ = 0;
};

}  // namespace rtcscope::feeds::owt
