#include "api/http/framing.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "base/text.hpp"

namespace rtcscope::api::http {
namespace {

/// RFC 9110, 5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](unsigned char c) {
    return std::isalnum(c) != 0 || kMarks.find(static_cast<char>(c)) != std::string_view::npos;
  });
}

std::ptrdiff_t count_fields(const Request& request, std::string_view name) {
  return std::count_if(request.headers.begin(), request.headers.end(),
                       [&](const Header& header) { return equals_ignoring_case(header.name, name); });
}

/// Digits only: from_chars alone would take "-0".
std::optional<std::size_t> content_length(std::string_view text) {
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  const bool digits = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return length;
}

std::optional<Refusal> check_length(const Request& request, std::string_view version, Framing& framing) {
  const auto lengths = count_fields(request, "Content-Length");
  const auto codings = count_fields(request, "Transfer-Encoding");
  if (lengths + codings > 1) return Refusal{400, "the length of the body is given more than once"};
  if (codings == 1) {
    if (version != "HTTP/1.1") return Refusal{400, "Transfer-Encoding needs HTTP/1.1"};
    if (!equals_ignoring_case(request.header("Transfer-Encoding"), "chunked")) {
      return Refusal{501, "the only Transfer-Encoding understood is chunked"};
    }
    framing.chunked = true;
  }
  if (lengths == 1) {
    const auto length = content_length(request.header("Content-Length"));
    if (!length) return Refusal{400, "Content-Length is not a number"};
    framing.length = *length;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> check_head(const Request& request, std::string_view version, Framing& framing) {
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return Refusal{505, "HTTP/1.0 and HTTP/1.1 only"};
  if (!is_token(request.method)) return Refusal{400, "the method is not a token"};
  const bool names_ok = std::all_of(request.headers.begin(), request.headers.end(),
                                    [](const Header& header) { return is_token(header.name); });
  if (!names_ok) return Refusal{400, "a header field's name is not a token"};
  const auto hosts = count_fields(request, "Host");
  // RFC 9112, 3.2: exactly one in HTTP/1.1.
  if (hosts > 1 || (hosts == 0 && version == "HTTP/1.1")) return Refusal{400, "one Host header is needed"};
  return check_length(request, version, framing);
}

std::optional<std::string> origin_form(std::string_view target) {
  if (!target.empty() && target.front() == '/') return std::string(target.substr(0, target.find('#')));
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.substr(0, scheme.size()) != scheme) continue;
    const std::size_t path = target.find_first_of("/?#", scheme.size());
    if (path == std::string_view::npos || target[path] == '#') return "/";
    const std::string_view rest = target.substr(path, target.find('#') - path);
    return rest.front() == '/' ? std::string(rest) : '/' + std::string(rest);
  }
  return std::nullopt;
}

}  // namespace rtcscope::api::http
