#include "api/access/guard.hpp"

#include "base/text.hpp"

namespace rtcscope::api::access {
namespace {

/// The password of Basic credentials (RFC 7617, 2); "" when there is none.
std::string password_of(std::string_view authorization) {
  const auto encoded = credentials_of(authorization, "Basic");
  const auto plain = encoded ? decode_base64(*encoded) : std::nullopt;
  const std::size_t colon = plain ? plain->find(':') : std::string::npos;
  return colon == std::string::npos ? "" : plain->substr(colon + 1);
}

}  // namespace

std::optional<std::string_view> credentials_of(std::string_view authorization, std::string_view scheme) {
  authorization = trim(authorization);
  const std::size_t end = authorization.find(' ');
  if (end == std::string_view::npos || !equals_ignoring_case(authorization.substr(0, end), scheme)) {
    return std::nullopt;
  }
  return trim(authorization.substr(end));
}

Result<Caller, Denial> Guard::admit(const http::Request& request, Need need) {
  if (open() || need == Need::kNothing) return Caller{};
  if (const auto token = token_of(request, need)) {
    if (permits(token->role, need)) return Caller{token->role, token->name, token->id};
    return refuse(403, std::string("this needs the role ") + to_string(need) + "; the token has the role " +
                           to_string(token->role));
  }
  const bool shows_password = credentials_of(request.header("Authorization"), "Basic").has_value();
  if (need == Need::kIngest && ingest_credentials_ && shows_password) return Caller{Role::kIngest, "", ""};
  return refuse(401,
                request.header("Authorization").empty() ? "a token is needed" : "the token is not valid");
}

std::optional<Token> Guard::token_of(const http::Request& request, Need need) {
  const std::string_view authorization = request.header("Authorization");
  if (const auto bearer = credentials_of(authorization, "Bearer")) return tokens_->find(*bearer);
  if (need != Need::kIngest) return std::nullopt;
  // Janus's sampleevh can only give a user and a password, its wsevh only a subprotocol.
  if (auto token = tokens_->find(password_of(authorization))) return token;
  return tokens_->find(request.header("Sec-WebSocket-Protocol"));
}

Unexpected<Denial> Guard::refuse(int status, std::string detail) {
  (status == 403 ? forbidden_ : unauthenticated_).fetch_add(1, std::memory_order_relaxed);
  return Unexpected{Denial{status, std::move(detail)}};
}

GuardCounts Guard::counts() const noexcept {
  return {unauthenticated_.load(std::memory_order_relaxed), forbidden_.load(std::memory_order_relaxed)};
}

http::Response denied(const http::Request& request, const Denial& denial, Need need) {
  http::Response response = http::problem(request, denial.status, denial.detail);
  if (denial.status != 401) return response;
  const char* challenge =
      need == Need::kIngest ? R"(Basic realm="rtcscope", charset="UTF-8")" : R"(Bearer realm="rtcscope")";
  response.headers.push_back({"WWW-Authenticate", challenge});
  return response;
}

}  // namespace rtcscope::api::access
