#pragma once
// HMAC with SHA-256 (RFC 2104), by OpenSSL.

#include <string>
#include <string_view>

namespace rtcscope {

/// 32 octets. Throws std::runtime_error where OpenSSL has none.
std::string hmac_sha256(std::string_view key, std::string_view octets);

}  // namespace rtcscope
