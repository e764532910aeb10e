#pragma once
// MAuth, the authentication of OWT's management API, as the server's management_api/auth verifies it.

#include <string>
#include <string_view>

namespace rtcscope::feeds::owt {

/// What OWT calls a service: its id (24 hex digits) and its key.
struct Service {
  std::string id;
  std::string key;
};

/// Reads "ID:KEY", the one line of a credential file. Throws std::invalid_argument, one line, when it is not
/// of that form.
Service parse_service(std::string_view line);

/// Base64 of the lower-case hex digits of HMAC-SHA256(key, "TIMESTAMP,CNONCE"): 88 characters. That it is the
/// hex text and not the octets is what the server compares with.
std::string mauth_signature(std::string_view key, std::string_view timestamp, std::string_view cnonce);

/// The value of the header Authorization. Values are neither quoted nor separated by blanks: the server's
/// parser would take those for a part of names and values.
std::string mauth_header(const Service& service, std::string_view timestamp, std::string_view cnonce);

/// The same on behalf of a user with a role, who are signed, too.
std::string mauth_header(const Service& service, std::string_view timestamp, std::string_view cnonce,
                         std::string_view user, std::string_view role);

}  // namespace rtcscope::feeds::owt
