#include "api/peermetrics/token.hpp"

#include <optional>

#include "api/access/token.hpp"
#include "base/base64.hpp"
#include "base/hmac.hpp"
#include "base/json_depth.hpp"

namespace rtcscope::api::peermetrics {
namespace {

constexpr std::size_t kMaxToken = 1024;
constexpr Duration kClockSlack = std::chrono::minutes{1};

std::string signature(std::string_view text, std::string_view secret) {
  return base64url(hmac_sha256(secret, text));
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
  const auto plain = decode_base64url(text.substr(first + 1, last - first - 1));
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
