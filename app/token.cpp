#include "app/token.hpp"

#include <iomanip>
#include <iostream>

#include "api/access/token_list.hpp"
#include "app/host.hpp"

namespace rtcscope::app {
namespace {

namespace access = api::access;

int create(const TokenOptions& options, const access::TokenFile& file) {
  const UtcTime now = utc_now();
  std::optional<UtcTime> expires;
  if (options.days > 0) expires = now + std::chrono::hours{24} * options.days;
  const access::NewToken made =
      access::create_token(file, options.name, *access::parse_role(options.role), now, expires);
  std::cout << made.text << std::endl;
  std::cerr << "token " << made.token.id << " of " << made.token.name << " (" << options.role
            << "): this is the only time that it is shown\n";
  return kExitOk;
}

int list(const access::TokenFile& file) {
  const auto or_word = [](const std::optional<UtcTime>& time) { return time ? to_rfc3339(*time) : "never"; };
  std::cout << std::left << std::setw(18) << "id" << std::setw(10) << "role" << std::setw(26) << "created"
            << std::setw(26) << "expires" << std::setw(26) << "last used"
            << "name\n";
  for (const access::Token& token : file.read()) {
    std::cout << std::setw(18) << token.id << std::setw(10) << to_string(token.role) << std::setw(26)
              << to_rfc3339(token.created_at) << std::setw(26) << or_word(token.expires_at) << std::setw(26)
              << or_word(token.last_used_at) << token.name << '\n';
  }
  return kExitOk;
}

int revoke(const TokenOptions& options, const access::TokenFile& file) {
  if (access::revoke_token(file, options.id)) return kExitOk;
  std::cerr << "rtcscope: " << file.path() << " has no token " << options.id << "; see rtcscope token list\n";
  return kExitFailure;
}

}  // namespace

int token(const TokenOptions& options) {
  const access::TokenFile file(options.tokens);
  switch (options.action) {
    case TokenAction::kCreate:
      return create(options, file);
    case TokenAction::kList:
      return list(file);
    case TokenAction::kRevoke:
      break;
  }
  return revoke(options, file);
}

}  // namespace rtcscope::app
