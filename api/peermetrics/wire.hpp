#pragma once
// How Peermetrics' API writes: errors, times and fields of requests. Facts from peermetrics/api; where this
// one differs stands in docs/peermetrics.md. Pure.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "api/http/message.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace rtcscope::api::peermetrics {

using Json = nlohmann::ordered_json;

enum class Code : std::uint8_t {
  kMissingParameters,
  kInvalidParameters,
  kMissingToken,
  kInvalidToken,
  kExpiredToken,
  kInvalidApiKey,
  kAppNotRecording,
  kDomainNotAllowed,
  kMethodNotAllowed,
  kAppNotFound,
  kOrganizationNotFound,
  kConferenceNotFound,
  kParticipantNotFound,
  kParticipantEqualPeer,
  kConnectionNotFound,
  kConnectionEnded,
  kTrackNotFound,
  kIssueNotFound,
  kInvalidMeta,
  kQuotaExceeded,
  kUserNotOwner,
  kUnknownError,
};
inline constexpr std::size_t kCodes = static_cast<std::size_t>(Code::kUnknownError) + 1;

const char* to_string(Code code) noexcept;  // "missing_parameters", ...
int status_of(Code code) noexcept;

/// Why a request is refused.
struct Refusal {
  Code code = Code::kUnknownError;
  bool keep = false;  // what was written until then stays
};
inline Unexpected<Refusal> refused(Code code, bool keep = false) {
  return Unexpected{Refusal{code, keep}};
}

using Answer = Result<Json, Refusal>;

/// `{"error_code":..,"message":..}` with the status of the code.
http::Response error_response(Code code);
/// What an error of the API itself (401, 404, 405, 429, 5xx) looks like to a client of Peermetrics.
http::Response in_their_words(const http::Response& problem);

inline constexpr std::size_t kMaxDepth = 32;  // of JSON that clients send

/// The object that a body holds, whatever its media type says.
Result<Json, Refusal> parse_body(std::string_view body);

/// A string, cut to so many characters; "" for null and for what is not there. Refuses any other type.
Result<std::string, Refusal> text_field(const Json& object, const char* name, std::size_t max_characters);
/// Likewise, but absent and "" are missing parameters.
Result<std::string, Refusal> required_text(const Json& object, const char* name, std::size_t max_characters);
/// `delta`: how many milliseconds ago it happened, at most a day.
Result<Duration, Refusal> delta_field(const Json& object);
/// A member as compact JSON text; `fallback` when it is null or not there.
std::string json_field(const Json& object, const char* name, const char* fallback);
/// The member of an object; null when it is no object or has none.
const Json& member(const Json& object, const char* name);
/// A text member; "" for anything else.
std::string text_member(const Json& object, const char* name);
/// A number that is not negative; absent for anything else.
std::optional<double> number_member(const Json& object, const char* name);

/// Without control characters, and at most so many characters of valid UTF-8.
std::string cut(std::string_view text, std::size_t max_characters);
/// 8-4-4-4-12 lower- or upper-case hexadecimal digits (RFC 9562, 4).
bool looks_like_uuid(std::string_view text) noexcept;
/// A random one, version 4 (RFC 9562, 5.4). Throws std::runtime_error without random octets.
std::string new_uuid();
/// 32 random characters a-z, 0-9. Throws likewise.
std::string new_api_key();

/// As Python prints a time: "2026-01-01 10:00:00.123000+00:00".
std::string to_text(UtcTime time);
Json to_json(const std::optional<UtcTime>& time);
/// Text as JSON; null for "".
Json text_or_null(const std::string& text);
/// JSON that was checked when it came in.
Json stored_json(const std::string& text);

}  // namespace rtcscope::api::peermetrics
