#include "api/access/guard.hpp"

#include <algorithm>

#include "api/http/host_policy.hpp"
#include "base/base64.hpp"
#include "base/text.hpp"

namespace rtcscope::api::access {
namespace {

constexpr double kBurst = 5;  // seconds' worth of requests at once
// Ten wrong tokens at once, then one in half a minute.
constexpr RateLimit::Options kFailures{1.0 / 30, 10};

/// The password of Basic credentials (RFC 7617, 2); "" when there is none.
std::string password_of(std::string_view authorization) {
  const auto encoded = credentials_of(authorization, "Basic");
  const auto plain = encoded ? decode_base64(*encoded) : std::nullopt;
  const std::size_t colon = plain ? plain->find(':') : std::string::npos;
  return colon == std::string::npos ? "" : plain->substr(colon + 1);
}

/// RFC 6265bis, 4.1.3.2: browsers take a name with __Host- only over TLS and for this host alone.
const char* cookie_name(const http::Request& request) {
  return request.secure ? "__Host-rtcscope_session" : "rtcscope_session";
}

std::string set_cookie(const http::Request& request, const std::string& value, Duration age) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(age).count();
  return std::string(cookie_name(request)) + '=' + value + "; Path=/; Max-Age=" + std::to_string(seconds) +
         "; HttpOnly; SameSite=Strict" + (request.secure ? "; Secure" : "");
}

bool only_reads(const http::Request& request) {
  return request.method == "GET" || request.method == "HEAD";
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

std::string_view cookie_of(std::string_view cookies, std::string_view name) {
  while (!cookies.empty()) {
    const std::size_t end = std::min(cookies.find(';'), cookies.size());
    const std::string_view pair = trim(cookies.substr(0, end));
    cookies.remove_prefix(std::min(end + 1, cookies.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (pair.substr(0, equals) == name) return pair.substr(std::min(equals + 1, pair.size()));
  }
  return {};
}

Guard::Guard(const GuardOptions& options)
    : options_(options),
      sessions_(options.sessions),
      requests_({std::max(options.requests_per_second, 1e-9), options.requests_per_second * kBurst}),
      failures_(kFailures) {}

std::optional<Denial> Guard::limit(const http::Request& request) {
  // A proxy on this host has many clients behind one address.
  if (options_.requests_per_second <= 0 || http::is_loopback(request.peer)) return std::nullopt;
  const auto seconds = requests_.take(request.peer, options_.clock());
  if (!seconds) return std::nullopt;
  return refuse(429, "too many requests from this address", *seconds).value;
}

Result<Caller, Denial> Guard::admit(const http::Request& request, Need need) {
  if (open() || need == Need::kNothing) return Caller{};
  const Found found = token_of(request, need);
  if (auto caller = caller_of(request, need, found)) return *std::move(caller);
  if (!found.token) return refuse_stranger(request, found);
  if (!permits(found.token->role, need)) {
    return refuse(403, std::string("this needs the role ") + to_string(need) + "; the token has the role " +
                           to_string(found.token->role));
  }
  return refuse(403, std::string("a change from a browser needs the header ") + kCsrfHeader);
}

std::optional<Caller> Guard::known(const http::Request& request, Need need) {
  if (open() || need == Need::kNothing) return Caller{};
  return caller_of(request, need, token_of(request, need));
}

std::optional<Caller> Guard::caller_of(const http::Request& request, Need need, const Found& found) const {
  if (!found.token) {
    const bool shows_password = credentials_of(request.header("Authorization"), "Basic").has_value();
    const bool asked_later = need == Need::kIngest && options_.ingest_credentials && shows_password;
    return asked_later ? std::optional(Caller{Role::kIngest, "", "", false}) : std::nullopt;
  }
  const bool forgeable = found.by_cookie && !only_reads(request) && request.header(kCsrfHeader).empty();
  if (forgeable || !permits(found.token->role, need)) return std::nullopt;
  return Caller{found.token->role, found.token->name, found.token->id, found.by_cookie};
}

Guard::Found Guard::token_of(const http::Request& request, Need need) {
  TokenList& tokens = *options_.tokens;
  const std::string_view authorization = request.header("Authorization");
  if (const auto bearer = credentials_of(authorization, "Bearer")) return {tokens.find(*bearer), true};
  if (need == Need::kIngest) {
    // Janus's sampleevh can only give a user and a password, its wsevh only a subprotocol.
    if (auto token = tokens.find(password_of(authorization))) return {std::move(token), true};
    return {tokens.find(request.header("Sec-WebSocket-Protocol")), !authorization.empty()};
  }
  const std::string_view secret = cookie_of(request.header("Cookie"), cookie_name(request));
  if (!authorization.empty() || secret.empty()) return {std::nullopt, !authorization.empty()};
  const auto id = sessions_.token_of(secret, options_.clock());
  // A session ends with its token.
  return {id ? tokens.by_id(*id) : std::nullopt, false, true};
}

Unexpected<Denial> Guard::refuse_stranger(const http::Request& request, const Found& found) {
  if (!found.shown) return refuse(401, found.by_cookie ? "the login is over" : "a token is needed");
  if (const auto seconds = failures_.take(request.peer, options_.clock())) {
    return refuse(429, "too many wrong tokens from this address", *seconds);
  }
  return refuse(401, "the token is not valid");
}

Unexpected<Denial> Guard::refuse(int status, std::string detail, unsigned retry_after_s) {
  (status == 401   ? unauthenticated_
   : status == 403 ? forbidden_
                   : limited_)
      .fetch_add(1, std::memory_order_relaxed);
  return Unexpected{Denial{status, std::move(detail), retry_after_s}};
}

Result<Login, Denial> Guard::login(const http::Request& request, std::string_view token) {
  const UtcTime now = options_.clock();
  if (const auto seconds = failures_.look(request.peer, now)) {
    return refuse(429, "too many failed logins from this address", *seconds);
  }
  const auto found = options_.tokens->find(token);
  if (!found) {
    failed_logins_.fetch_add(1, std::memory_order_relaxed);
    failures_.take(request.peer, now);
    return refuse(401, "the token is not valid");
  }
  if (!permits(found->role, Need::kViewer))
    return refuse(403, "a token of the role ingest opens no dashboard");
  logins_.fetch_add(1, std::memory_order_relaxed);
  const std::string secret = sessions_.open(found->id, now);
  return Login{{found->role, found->name, found->id, true},
               set_cookie(request, secret, sessions_.options().absolute)};
}

std::string Guard::logout(const http::Request& request) {
  sessions_.close(cookie_of(request.header("Cookie"), cookie_name(request)));
  return set_cookie(request, "", Duration{0});
}

GuardCounts Guard::counts() const {
  const auto of = [](const std::atomic<std::uint64_t>& count) {
    return count.load(std::memory_order_relaxed);
  };
  return {of(unauthenticated_), of(forbidden_),     of(limited_),
          of(logins_),          of(failed_logins_), sessions_.size()};
}

http::Response denied(const http::Request& request, const Denial& denial, Need need) {
  http::Response response = http::problem(request, denial.status, denial.detail);
  if (denial.status == 429) {
    response.headers.push_back({"Retry-After", std::to_string(denial.retry_after_s)});
  } else if (denial.status == 401) {
    const char* challenge =
        need == Need::kIngest ? R"(Basic realm="rtcscope", charset="UTF-8")" : R"(Bearer realm="rtcscope")";
    response.headers.push_back({"WWW-Authenticate", challenge});
  }
  return response;
}

}  // namespace rtcscope::api::access
