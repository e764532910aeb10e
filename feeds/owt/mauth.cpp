#include "feeds/owt/mauth.hpp"

#include <stdexcept>

#include "base/base64.hpp"
#include "base/hmac.hpp"
#include "base/text.hpp"

namespace rtcscope::feeds::owt {
namespace {

std::string sign(std::string_view key, std::string_view text) {
  return base64(to_hex(hmac_sha256(key, text)));
}

std::string joined(std::string_view first, std::string_view second) {
  return std::string(first) + ',' + std::string(second);
}

std::string header(const Service& service, std::string_view timestamp, std::string_view cnonce,
                   const std::string& signature) {
  return "MAuth realm=http://rtcscope,mauth_signature_method=HMAC_SHA256,mauth_serviceid=" + service.id +
         ",mauth_cnonce=" + std::string(cnonce) + ",mauth_timestamp=" + std::string(timestamp) +
         ",mauth_signature=" + signature;
}

}  // namespace

Service parse_service(std::string_view line) {
  const std::size_t colon = line.find(':');
  const std::string_view id = line.substr(0, colon);
  if (!is_hex(id, 24) || colon == std::string_view::npos || colon + 1 == line.size()) {
    throw std::invalid_argument(
        "the first line must be ID:KEY, the service's id (24 hex digits) and its key");
  }
  return {std::string(id), std::string(line.substr(colon + 1))};
}

std::string mauth_signature(std::string_view key, std::string_view timestamp, std::string_view cnonce) {
  return sign(key, joined(timestamp, cnonce));
}

std::string mauth_header(const Service& service, std::string_view timestamp, std::string_view cnonce) {
  return header(service, timestamp, cnonce, mauth_signature(service.key, timestamp, cnonce));
}

std::string mauth_header(const Service& service, std::string_view timestamp, std::string_view cnonce,
                         std::string_view user, std::string_view role) {
  // Signed as it stands in the header; the server decodes it afterwards.
  const std::string name = base64(user);
  const std::string signature = sign(service.key, joined(joined(timestamp, cnonce), joined(name, role)));
  return header(service, timestamp, cnonce, signature) + ",mauth_username=" + name +
         ",mauth_role=" + std::string(role);
}

}  // namespace rtcscope::feeds::owt
