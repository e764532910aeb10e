#pragma once
// Decides for each request who sends it and whether that one may.

#include <atomic>
#include <cstdint>
#include <string>

#include "api/access/rate_limit.hpp"
#include "api/access/sessions.hpp"
#include "api/access/token_list.hpp"
#include "api/http/message.hpp"
#include "base/result.hpp"

namespace rtcscope::api::access {

/// A request that a browser's cookie speaks for and that changes something carries this header: no form and
/// no link of another page can add it.
inline constexpr const char* kCsrfHeader = "X-Rtcscope-Csrf";

/// Whoever sends a request.
struct Caller {
  Role role = Role::kAdmin;
  std::string name = "anybody";  // the token's
  std::string token_id;          // "" when no token was asked for
  bool by_cookie = false;
};

/// 401: nobody that is known; 403: not this one; 429: too often.
struct Denial {
  int status = 401;
  std::string detail;
  unsigned retry_after_s = 0;  // of 429
};

/// A login that succeeded.
struct Login {
  Caller caller;
  std::string set_cookie;
};

struct GuardCounts {
  std::uint64_t unauthenticated = 0;  // requests without a token, or with one that is not valid
  std::uint64_t forbidden = 0;        // requests whose token has not the role, or without the CSRF header
  std::uint64_t limited = 0;          // requests that came too often
  std::uint64_t logins = 0;
  std::uint64_t failed_logins = 0;
  std::uint64_t sessions = 0;  // now
};

struct GuardOptions {
  TokenList* tokens = nullptr;  // null: everybody may do everything
  bool ingest_credentials =
      false;                       // the ingest itself asks whoever shows Basic credentials that are no token
  double requests_per_second = 0;  // of one address, with bursts of five times that; 0: any number
  SessionOptions sessions;
  TokenList::Clock clock;  // needed with tokens or a limit
};

/// Every member function may be called from several threads.
class Guard {
 public:
  Guard() : Guard(GuardOptions{}) {}
  explicit Guard(const GuardOptions& options);

  [[nodiscard]] bool open() const noexcept { return options_.tokens == nullptr; }
  /// Null when open().
  [[nodiscard]] TokenList* tokens() const noexcept { return options_.tokens; }

  /// Absent: its address may send one more. Loopback always may.
  std::optional<Denial> limit(const http::Request& request);
  /// A denial is counted. Ten wrong tokens in a row from one address, and it has to wait between the next.
  Result<Caller, Denial> admit(const http::Request& request, Need need);
  /// Whom admit() would let in; counts nothing.
  std::optional<Caller> known(const http::Request& request, Need need);

  /// Not when open(). Opens a session for a token.
  Result<Login, Denial> login(const http::Request& request, std::string_view token);
  /// Ends the session of the request's cookie; returns a Set-Cookie that makes the browser forget it.
  std::string logout(const http::Request& request);

  [[nodiscard]] GuardCounts counts() const;

 private:
  struct Found {
    std::optional<Token> token;
    bool shown = false;  // a token or a cookie, valid or not
    bool by_cookie = false;
  };
  [[nodiscard]] std::optional<Caller> caller_of(const http::Request& request, Need need,
                                                const Found& found) const;
  Found token_of(const http::Request& request, Need need);
  Unexpected<Denial> refuse(int status, std::string detail, unsigned retry_after_s = 0);
  Unexpected<Denial> refuse_stranger(const http::Request& request, const Found& found);

  const GuardOptions options_;
  Sessions sessions_;
  RateLimit requests_;
  RateLimit failures_;
  std::atomic<std::uint64_t> unauthenticated_{0}, forbidden_{0}, limited_{0}, logins_{0}, failed_logins_{0};
};

/// What follows a scheme ("Bearer", "Basic") in an Authorization value (RFC 9110, 11.4); nullopt when it is
/// of another one.
std::optional<std::string_view> credentials_of(std::string_view authorization, std::string_view scheme);

/// The value of a cookie in a Cookie header (RFC 6265, 4.2.1); "" when it is not there.
std::string_view cookie_of(std::string_view cookies, std::string_view name);

/// The answer to one who was denied, with the challenge that RFC 9110, 15.5.2 wants of a 401.
http::Response denied(const http::Request& request, const Denial& denial, Need need);

}  // namespace rtcscope::api::access
