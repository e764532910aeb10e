#include "api/http/negotiation.hpp"

#include <zlib.h>

#include <algorithm>
#include <stdexcept>

#include "base/stable_hash.hpp"
#include "base/text.hpp"

namespace rtcscope::api::http {
namespace {

// Below a packet's size compression saves nothing.
constexpr std::size_t kMinGzipBytes = 1024;
// Level 4 is where JSON stops shrinking much while the time still grows.
constexpr int kGzipLevel = 4;

// Scripts and styles are the dashboard's own files; nothing inline.
constexpr const char* kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

/// Cuts the part before the next `separator` off `text` and returns it trimmed.
std::string_view next_part(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = trim(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

/// True for weights that are zero: "q=0", "q=0.0" (RFC 9110, 12.4.2).
bool weighs_nothing(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::string parameter = lower_case(next_part(parameters, ';'));
    if (parameter.rfind("q=", 0) == 0) return parameter.find_first_not_of("0.", 2) == std::string::npos;
  }
  return false;
}

bool compressible(std::string_view media_type) {
  return media_type.substr(0, 5) == "text/" || media_type.substr(0, 16) == "application/json" ||
         media_type.substr(0, 24) == "application/problem+json" || media_type == "application/yaml" ||
         media_type == "application/manifest+json" || media_type == "image/svg+xml";
}

void add_security_headers(Response& response) {
  response.headers.push_back({"Content-Security-Policy", kContentSecurityPolicy});
  response.headers.push_back({"X-Content-Type-Options", "nosniff"});
  response.headers.push_back({"X-Frame-Options", "DENY"});
  response.headers.push_back({"Referrer-Policy", "no-referrer"});
  response.headers.push_back({"Cross-Origin-Resource-Policy", "same-origin"});
  response.headers.push_back({"Cross-Origin-Opener-Policy", "same-origin"});
}

const char* cache_control(Caching caching) {
  switch (caching) {
    case Caching::kForever:
      return "public, max-age=31536000, immutable";
    case Caching::kRevalidate:
      return "private, no-cache";
    case Caching::kNever:
      break;
  }
  return "no-store";
}

}  // namespace

std::string weak_etag(std::string_view body) {
  return "W/\"" + hex_id(StableHash{}.add(body).value()) + '"';
}

bool none_match_names(std::string_view if_none_match, std::string_view etag) {
  const auto opaque = [](std::string_view tag) { return tag.substr(0, 2) == "W/" ? tag.substr(2) : tag; };
  if (trim(if_none_match) == "*") return true;
  while (!if_none_match.empty()) {
    if (opaque(next_part(if_none_match, ',')) == opaque(etag)) return true;
  }
  return false;
}

bool accepts_gzip(std::string_view accept_encoding) {
  bool any = false;
  while (!accept_encoding.empty()) {
    std::string_view rest = next_part(accept_encoding, ',');
    const std::string coding = lower_case(next_part(rest, ';'));
    // What is named counts, whatever "*" says.
    if (coding == "gzip" || coding == "x-gzip") return !weighs_nothing(rest);
    if (coding == "*") any = !weighs_nothing(rest);
  }
  return any;
}

std::string gzip(std::string_view plain) {
  z_stream stream{};
  constexpr int kGzipWindow = 15 + 16;  // zlib: 16 more asks for a gzip header
  if (deflateInit2(&stream, kGzipLevel, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib: no memory to compress an answer");
  }
  std::string packed(deflateBound(&stream, static_cast<uLong>(plain.size())), '\0');
  // zlib reads but never writes next_in; its type says otherwise only without ZLIB_CONST.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int status = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (status != Z_STREAM_END) throw std::runtime_error("zlib: an answer could not be compressed");
  return packed;
}

void finish(const Request& request, Response& response) {
  response.headers.push_back({"X-Request-Id", request.id});
  add_security_headers(response);
  response.headers.push_back({"Cache-Control", cache_control(response.caching)});
  const bool compress = response.body.size() >= kMinGzipBytes && compressible(response.media_type);
  // Also on the plain form: a cache must not give the compressed one to whoever cannot read it.
  if (compress) response.headers.push_back({"Vary", "Accept-Encoding"});
  if (response.status == 200 && response.caching != Caching::kNever) {
    const std::string etag = weak_etag(response.body);
    response.headers.push_back({"ETag", etag});
    if (none_match_names(request.header("If-None-Match"), etag)) {
      response.status = 304;
      response.media_type.clear();
      response.body.clear();
      return;
    }
  }
  if (compress && accepts_gzip(request.header("Accept-Encoding"))) {
    response.body = gzip(response.body);
    response.headers.push_back({"Content-Encoding", "gzip"});
  }
}

}  // namespace rtcscope::api::http
