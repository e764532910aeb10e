#include "api/peermetrics/token.hpp"

#include <openssl/hmac.h>

#include <array>
#include <optional>
#include <stdexcept>

#include "api/access/token.hpp"
#include "api/json_depth.hpp"
#include "base/base64.hpp"

namespace rtcscope::api::peermetrics {
namespace {

constexpr std::size_t kMaxToken = 1024;
constexpr Duration kClockSlack = std::chrono::minutes{1};

// RFC 7515, 2: base64url without padding.
std::optional<std::string> decode(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const std::size_t digit = kBase64UrlAlphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>(bits >> held & 0xff);
  }
  return out;
}

std::string signature(std::string_view text, std::string_view secret) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  const auto* data = reinterpret_cast<const unsigned char*>(text.data());
  if (HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), data, text.size(), digest.data(),
           &length) == nullptr) {
    throw std::runtime_error("OpenSSL has no HMAC with SHA-256");
  }
  return base64url({reinterpret_cast<const char*>(digest.data()), length});
}

}  // namespace

std::string make_token(Json payload, std::string_view secret, UtcTime now) {
  payload["t"] = std::chrono::duration<double>(now.time_since_epoch()).count();
  const std::string text = base64url(R"({"alg":"HS256","typ":"JWT"})") + '.' + base64url(payload.dump());
  return text + '.' + signature(text, secret);
}

Result<Json, Refusal> read_token(std::string_view text, std::string_view secret, UtcTime now) {
  const std::size_t last = text.rfind('.');
  const std::size_t first = text.find('.');
  if (text.size() > kMaxToken || first == std::string_view::npos || first == last) {
    return refused(Code::kInvalidToken);
  }
  // The algorithm is ours, whatever the header says (RFC 8725, 3.1).
  if (!access::same_secret(text.substr(last + 1), signature(text.substr(0, last), secret))) {
    return refused(Code::kInvalidToken);
  }
  const auto plain = decode(text.substr(first + 1, last - first - 1));
  if (!plain || deeper_than(*plain, kMaxDepth)) return refused(Code::kInvalidToken);
  Json payload = Json::parse(*plain, nullptr, false);
  const auto made = number_member(payload, "t");
  if (!made || *made > 4e9) return refused(Code::kInvalidToken);
  const UtcTime time = utc_from_ns(static_cast<std::int64_t>(*made * 1e9));
  if (time > now + kClockSlack) return refused(Code::kInvalidToken);
  if (now - time > kTokenLife) return refused(Code::kExpiredToken);
  return payload;
}

}  // namespace rtcscope::api::peermetrics
