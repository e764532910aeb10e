#pragma once
// Who is logged in to the dashboard. In memory only: a restart logs everybody out.

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace rtcscope::api::access {

struct SessionOptions {
  Duration idle = std::chrono::hours{2};       // without a request
  Duration absolute = std::chrono::hours{12};  // since the login
  std::size_t most = 1000;                     // one more ends the one that was idle longest
};

/// Every member function may be called from several threads.
class Sessions {
 public:
  explicit Sessions(const SessionOptions& options) : options_(options) {}

  /// A new session of a token; returns its secret, 256 random bits as text. Throws std::runtime_error when
  /// the system has no random octets.
  std::string open(const std::string& token_id, UtcTime now);
  /// The token of a session that lives; absent for any other secret. Counts as a request.
  std::optional<std::string> token_of(std::string_view secret, UtcTime now);
  /// False: there is no such session.
  bool close(std::string_view secret);
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] const SessionOptions& options() const noexcept { return options_; }

 private:
  struct Session {
    std::string token_id;
    UtcTime opened{};
    UtcTime used{};
  };
  [[nodiscard]] bool lives(const Session& session, UtcTime now) const;
  void make_room(UtcTime now);  // the caller holds the lock

  const SessionOptions options_;
  mutable std::mutex mutex_;
  std::map<std::string, Session, std::less<>> sessions_;  // by the secret's digest: finding it tells no time
};

}  // namespace rtcscope::api::access
