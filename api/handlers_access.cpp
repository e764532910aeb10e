#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "base/text.hpp"

namespace rtcscope::api {
namespace {

using access::Token;

Json time_or_null(const std::optional<UtcTime>& time) {
  return time ? Json(to_rfc3339(*time)) : Json(nullptr);
}

Json token_json(const Token& token) {
  return {{"id", token.id},
          {"name", token.name},
          {"role", to_string(token.role)},
          {"created_at", to_rfc3339(token.created_at)},
          {"expires_at", time_or_null(token.expires_at)},
          {"last_used_at", time_or_null(token.last_used_at)}};
}

std::string described(const Token& token) {
  return "the token " + token.id + " of " + token.name + " (" + to_string(token.role) + ')';
}

/// Absent: go on.
std::optional<http::Response> without_tokens(const Services& services, const Call& call) {
  if (services.guard != nullptr && !services.guard->open()) return std::nullopt;
  return http::problem(call.request, 409, "rtcscope runs without a file of tokens (--tokens)");
}

/// The body as a JSON object, or why it is none.
Result<Json, http::Response> object_of(const Call& call) {
  // Not what a form of another page can send.
  if (call.request.header("Content-Type").substr(0, 16) != "application/json") {
    return Unexpected{http::problem(call.request, 415, "the body must be application/json")};
  }
  constexpr int kDepth = 4;
  const auto shallow = [](int depth, Json::parse_event_t, Json&) { return depth <= kDepth; };
  Json json = Json::parse(call.request.body, shallow, false);
  if (!json.is_object()) return Unexpected{http::problem(call.request, 400, "the body is no JSON object")};
  return json;
}

std::string text_of(const Json& json, const char* member) {
  const auto found = json.find(member);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

struct TokenWish {
  std::string name;
  access::Role role{};
  std::optional<UtcTime> expires_at;
};

Result<TokenWish, std::string> wish_of(const Json& json) {
  for (const auto& item : json.items()) {
    if (item.key() != "name" && item.key() != "role" && item.key() != "expires_at") {
      return Unexpected{std::string("a token has a name, a role and perhaps expires_at")};
    }
  }
  TokenWish wish{text_of(json, "name"), {}, {}};
  const auto role = access::parse_role(text_of(json, "role"));
  if (!role) return Unexpected{std::string("role is none of: ingest, viewer, operator, admin")};
  wish.role = *role;
  const auto expires = json.find("expires_at");
  if (expires == json.end() || expires->is_null()) return wish;
  wish.expires_at = parse_time(text_of(json, "expires_at"));
  if (!wish.expires_at) return Unexpected{std::string("expires_at is no RFC 3339 time")};
  return wish;
}

http::Response file_failure(const Services& services, const Call& call, const std::exception& error) {
  if (services.on_error) services.on_error("api: request " + call.request.id + ": " + error.what());
  return http::problem(call.request, 503,
                       "the file of tokens cannot be changed; the log of rtcscope says why");
}

Json caller_json(const access::Caller& caller) {
  return {{"name", caller.name}, {"role", to_string(caller.role)}, {"by_login", caller.by_cookie}};
}

}  // namespace

http::Response list_tokens(const Services& services, const Call& call) {
  if (auto refused = without_tokens(services, call)) return *std::move(refused);
  return json_answer({{"items", json_list(services.guard->tokens()->all(), token_json)}},
                     http::Caching::kNever);
}

http::Response create_token(const Services& services, const Call& call) {
  if (auto refused = without_tokens(services, call)) return *std::move(refused);
  const auto body = object_of(call);
  if (!body) return body.error();
  const auto wish = wish_of(*body);
  if (!wish) return http::problem(call.request, 400, wish.error());
  try {
    const auto made = services.guard->tokens()->create(wish->name, wish->role, wish->expires_at);
    audit(services, call, "token_created", "made " + described(made.token));
    Json json = token_json(made.token);
    json["token"] = made.text;
    http::Response response = json_answer(json, http::Caching::kNever);
    response.status = 201;
    return response;
  } catch (const std::invalid_argument& error) {
    return http::problem(call.request, 400, error.what());
  } catch (const std::runtime_error& error) {
    return file_failure(services, call, error);
  }
}

http::Response revoke_token(const Services& services, const Call& call) {
  if (auto refused = without_tokens(services, call)) return *std::move(refused);
  try {
    const std::string id = hex_id(call.arguments.path_id<StrongId<struct TokenTag>>().value);
    const auto revoked = services.guard->tokens()->revoke(id);
    if (!revoked) return not_found(call, "token");
    audit(services, call, "token_revoked", "revoked " + described(*revoked));
  } catch (const std::runtime_error& error) {
    return file_failure(services, call, error);
  }
  http::Response response;
  response.status = 204;
  return response;
}

http::Response login(const Services& services, const Call& call) {
  if (auto refused = without_tokens(services, call)) return *std::move(refused);
  const auto body = object_of(call);
  if (!body) return body.error();
  const auto login = services.guard->login(call.request, text_of(*body, "token"));
  if (!login) {
    if (login.error().status != 429) audit(services, call, "login_failed", "tried to log in");
    return access::denied(call.request, login.error(), access::Need::kViewer);
  }
  audit(services, {call.request, call.arguments, login->caller}, "login", "logged in");
  http::Response response = json_answer(caller_json(login->caller), http::Caching::kNever);
  response.headers.push_back({"Set-Cookie", login->set_cookie});
  return response;
}

http::Response logout(const Services& services, const Call& call) {
  if (auto refused = without_tokens(services, call)) return *std::move(refused);
  if (call.caller.by_cookie) audit(services, call, "logout", "logged out");
  http::Response response;
  response.status = 204;
  response.headers.push_back({"Set-Cookie", services.guard->logout(call.request)});
  return response;
}

http::Response show_caller(const Services&, const Call& call) {
  return json_answer(caller_json(call.caller), http::Caching::kNever);
}

}  // namespace rtcscope::api
