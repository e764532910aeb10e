#include "api/peermetrics/wire.hpp"

#include <openssl/rand.h>

#include <array>
#include <cmath>
#include <stdexcept>

#include "base/json_depth.hpp"
#include "base/text.hpp"

namespace rtcscope::api::peermetrics {
namespace {

struct Words {
  const char* name;
  int status;
  const char* message;
};

constexpr std::array<Words, kCodes> kWords{{
    {"missing_parameters", 400, "Some parameters are missing from the request."},
    {"invalid_parameters", 400, "Some supplied parameters are not valid."},
    {"missing_token", 401, "No token supplied."},
    {"invalid_token", 401, "Invalid token."},
    {"expired_token", 401, "Expired token."},
    {"invalid_api_key", 400, "Invalid api key."},
    {"app_not_recording", 400, "The requested app is not recording."},
    {"domain_not_allowed", 403, "The app does not allow this domain."},
    {"method_not_allowed", 405, "Method not allowed."},
    {"app_not_found", 400, "The requested app does not exist."},
    {"organization_not_found", 400, "The requested organization does not exist."},
    {"conference_not_found", 400, "The requested conference does not exist."},
    {"participant_not_found", 400, "The requested participant does not exist."},
    {"participant_equal_peer", 400, "The participant and peer can't be the same for an event."},
    {"connection_not_found", 400, "The requested connection does not exist."},
    {"connection_ended", 400, "This connection has ended and we are no longer listening for events."},
    {"track_not_found", 400, "The requested track does not exist."},
    {"issue_not_found", 400, "The requested issue does not exist."},
    {"invalid_meta", 400, "Invalid meta."},
    {"quota_exceeded", 400, "Quota exceeded."},
    {"user_not_owner", 403, "The user is not the owner of the organization."},
    {"unknown_error", 400, ""},
}};

constexpr double kMaxDeltaMs = 24.0 * 3600 * 1000;

const Words& words_of(Code code) noexcept {
  return kWords[static_cast<std::size_t>(code)];
}

http::Response json_response(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.media_type = "application/json";
  response.body = std::move(body);
  return response;
}

Code code_of(int status, std::string_view problem) {
  if (status == 401) {
    const bool shown = problem.find("not valid") != std::string_view::npos;
    return shown ? Code::kInvalidToken : Code::kMissingToken;
  }
  if (status == 403) return Code::kUserNotOwner;
  return status == 405 ? Code::kMethodNotAllowed : Code::kUnknownError;
}

std::array<unsigned char, 32> random_octets() {
  std::array<unsigned char, 32> octets{};
  if (RAND_bytes(octets.data(), static_cast<int>(octets.size())) != 1) {
    throw std::runtime_error("the system gives no random octets");
  }
  return octets;
}

}  // namespace

const char* to_string(Code code) noexcept {
  return words_of(code).name;
}

int status_of(Code code) noexcept {
  return words_of(code).status;
}

http::Response error_response(Code code) {
  const Json body{{"error_code", words_of(code).name}, {"message", words_of(code).message}};
  return json_response(status_of(code), body.dump());
}

http::Response in_their_words(const http::Response& problem) {
  http::Response response;
  if (problem.status == 429 || problem.status >= 500) {
    response = json_response(problem.status, R"("")");
  } else {
    response = error_response(code_of(problem.status, problem.body));
    response.status = problem.status;
  }
  response.headers = problem.headers;
  return response;
}

Result<Json, Refusal> parse_body(std::string_view body) {
  if (deeper_than(body, kMaxDepth)) return refused(Code::kUnknownError);
  Json json = Json::parse(body, nullptr, false);
  if (json.is_discarded() || !json.is_object()) return refused(Code::kUnknownError);
  return json;
}

Result<std::string, Refusal> text_field(const Json& object, const char* name, std::size_t max_characters) {
  const Json& value = member(object, name);
  if (value.is_null()) return std::string();
  if (!value.is_string()) return refused(Code::kInvalidParameters);
  return cut(value.get_ref<const std::string&>(), max_characters);
}

Result<std::string, Refusal> required_text(const Json& object, const char* name, std::size_t max_characters) {
  auto text = text_field(object, name, max_characters);
  if (text && text->empty()) return refused(Code::kMissingParameters);
  return text;
}

Result<Duration, Refusal> delta_field(const Json& object) {
  const Json& value = member(object, "delta");
  if (value.is_null()) return Duration{0};
  if (!value.is_number()) return refused(Code::kInvalidParameters);
  const double ms = value.get<double>();
  if (!(ms >= 0) || ms > kMaxDeltaMs) return refused(Code::kInvalidParameters);
  return Duration{static_cast<std::int64_t>(ms * 1e6)};
}

std::string json_field(const Json& object, const char* name, const char* fallback) {
  const Json& value = member(object, name);
  return value.is_null() ? fallback : value.dump();
}

const Json& member(const Json& object, const char* name) {
  static const Json kNull;
  if (!object.is_object()) return kNull;
  const auto found = object.find(name);
  return found == object.end() ? kNull : *found;
}

std::string text_member(const Json& object, const char* name) {
  const Json& value = member(object, name);
  return value.is_string() ? cut(value.get_ref<const std::string&>(), 256) : std::string();
}

std::optional<double> number_member(const Json& object, const char* name) {
  const Json& value = member(object, name);
  if (!value.is_number()) return std::nullopt;
  const double number = value.get<double>();
  return std::isfinite(number) && number >= 0 ? std::optional(number) : std::nullopt;
}

std::string cut(std::string_view text, std::size_t max_characters) {
  std::string clean = clean_utf8(text, max_characters * 4);
  std::size_t characters = 0;
  for (std::size_t i = 0; i < clean.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(clean[i]) & 0xc0) != 0x80;
    if (begins && characters++ == max_characters) {
      clean.resize(i);
      break;
    }
  }
  return clean;
}

bool looks_like_uuid(std::string_view text) noexcept {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !hex_digit(text[i])) return false;
  }
  return true;
}

std::string new_uuid() {
  auto octets = random_octets();
  octets[6] = static_cast<unsigned char>((octets[6] & 0x0f) | 0x40);
  octets[8] = static_cast<unsigned char>((octets[8] & 0x3f) | 0x80);
  std::string text = to_hex({reinterpret_cast<const char*>(octets.data()), 16});
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) text.insert(dash, 1, '-');
  return text;
}

std::string new_api_key() {
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz012345";
  std::string key;
  for (const unsigned char octet : random_octets()) key += kAlphabet[octet % kAlphabet.size()];
  return key;
}

std::string to_text(UtcTime time) {
  const auto micros = std::chrono::floor<std::chrono::microseconds>(time);
  const std::string iso = to_rfc3339(time);  // 2026-01-01T10:00:00.123Z
  std::string text = iso.substr(0, 10) + ' ' + iso.substr(11, 8);
  const auto fraction = (micros - std::chrono::floor<std::chrono::seconds>(micros)).count();
  if (fraction != 0) text += '.' + std::to_string(1'000'000 + fraction).substr(1);
  return text + "+00:00";
}

Json to_json(const std::optional<UtcTime>& time) {
  return time ? Json(to_text(*time)) : Json(nullptr);
}

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json stored_json(const std::string& text) {
  Json json = Json::parse(text, nullptr, false);
  return json.is_discarded() ? Json(nullptr) : json;
}

}  // namespace rtcscope::api::peermetrics
