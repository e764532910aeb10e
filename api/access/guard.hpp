#pragma once
// Decides for each request who sends it and whether that one may.

#include <atomic>
#include <cstdint>
#include <string>

#include "api/access/token_list.hpp"
#include "api/http/message.hpp"
#include "base/result.hpp"

namespace rtcscope::api::access {

/// Whoever sends a request.
struct Caller {
  Role role = Role::kAdmin;
  std::string name = "anybody";  // the token's
  std::string token_id;          // "" when no token was asked for
};

/// 401: nobody that is known; 403: not this one.
struct Denial {
  int status = 401;
  std::string detail;
};

struct GuardCounts {
  std::uint64_t unauthenticated = 0;  // requests without a token, or with one that is not valid
  std::uint64_t forbidden = 0;        // requests whose token has not the role
};

/// Every member function may be called from several threads.
class Guard {
 public:
  /// `tokens` null: everybody may do everything. `ingest_credentials`: the ingest asks those for a password
  /// itself that show Basic credentials which are no token.
  Guard(TokenList* tokens, bool ingest_credentials) noexcept
      : tokens_(tokens), ingest_credentials_(ingest_credentials) {}

  [[nodiscard]] bool open() const noexcept { return tokens_ == nullptr; }
  /// Null when open().
  [[nodiscard]] TokenList* tokens() const noexcept { return tokens_; }

  /// A denial is counted.
  Result<Caller, Denial> admit(const http::Request& request, Need need);

  [[nodiscard]] GuardCounts counts() const noexcept;

 private:
  std::optional<Token> token_of(const http::Request& request, Need need);
  Unexpected<Denial> refuse(int status, std::string detail);

  TokenList* tokens_;
  bool ingest_credentials_;
  std::atomic<std::uint64_t> unauthenticated_{0};
  std::atomic<std::uint64_t> forbidden_{0};
};

/// What follows a scheme ("Bearer", "Basic") in an Authorization value (RFC 9110, 11.4); nullopt when it is
/// of another one.
std::optional<std::string_view> credentials_of(std::string_view authorization, std::string_view scheme);

/// The answer to one who was denied, with the challenge that RFC 9110, 15.5.2 wants of a 401.
http::Response denied(const http::Request& request, const Denial& denial, Need need);

}  // namespace rtcscope::api::access
