#pragma once
// A token is 256 random bits that its owner shows with every request. Only its SHA-256 is kept: whoever
// reads the file cannot use it, and no slow hash is needed where there is nothing to guess.

#include <optional>
#include <string>
#include <string_view>

#include "api/access/role.hpp"
#include "base/time.hpp"

namespace rtcscope::api::access {

inline constexpr std::string_view kTokenPrefix = "rs_";

struct Token {
  std::string id;  // 16 hex digits; names the token without being it
  std::string name;
  Role role = Role::kViewer;
  std::string digest;  // token_digest()
  UtcTime created_at{};
  std::optional<UtcTime> expires_at;    // absent: never
  std::optional<UtcTime> last_used_at;  // to about a minute
};

/// A new token's text: "rs_" and 43 characters of base64url (RFC 4648, 5). Throws std::runtime_error when
/// the system has no random octets.
std::string new_token_text();

/// Whether a text has the form of new_token_text(); says nothing of whether such a token exists.
bool looks_like_token(std::string_view text) noexcept;

/// SHA-256 in 64 lower-case hex digits.
std::string token_digest(std::string_view text);

/// `octets` random octets in base64url without padding. Throws as new_token_text().
std::string random_text(std::size_t octets);

/// Takes a time that depends on the lengths only.
bool same_secret(std::string_view given, std::string_view wanted) noexcept;

}  // namespace rtcscope::api::access
