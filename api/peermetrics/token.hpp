#pragma once
// The tokens that clients carry in their bodies: JWTs with HS256 (RFC 7519; RFC 7518, 3.2). Pure.

#include <string>
#include <string_view>

#include "api/peermetrics/wire.hpp"

namespace rtcscope::api::peermetrics {

inline constexpr Duration kTokenLife = std::chrono::hours{24};

/// `payload` with its time `t` (epoch seconds), signed.
std::string make_token(Json payload, std::string_view secret, UtcTime now);

/// The payload. invalid_token: no such JWT, another signature or no time; expired_token: too old.
Result<Json, Refusal> read_token(std::string_view text, std::string_view secret, UtcTime now);

}  // namespace rtcscope::api::peermetrics
