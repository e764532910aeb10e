#pragma once
// Base64 (RFC 4648), one definition for all who need it.

#include <optional>
#include <string>
#include <string_view>

namespace rtcscope {

inline constexpr std::string_view kBase64UrlAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The octets in base64, padded (RFC 4648, 4).
std::string base64(std::string_view octets);

/// The octets in base64url, without padding (RFC 4648, 5).
std::string base64url(std::string_view octets);

/// The octets of a padded base64 text (RFC 4648, 4); nullopt for anything else.
std::optional<std::string> decode_base64(std::string_view text);

/// The octets of a base64url text without padding (RFC 4648, 5); nullopt for other characters.
std::optional<std::string> decode_base64url(std::string_view text);

}  // namespace rtcscope
