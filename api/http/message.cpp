#include "api/http/message.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/text.hpp"

namespace rtcscope::api::http {
std::string_view find_header(const std::vector<Header>& headers, std::string_view name) {
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [&](const Header& h) { return equals_ignoring_case(h.name, name); });
  return found == headers.end() ? std::string_view{} : std::string_view(found->value);
}

std::string_view Request::path() const {
  return std::string_view(target).substr(0, target.find('?'));
}

std::string_view Request::query() const {
  const std::size_t mark = target.find('?');
  return mark == std::string::npos ? std::string_view{} : std::string_view(target).substr(mark + 1);
}

std::string_view status_title(int status) {
  switch (status) {
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 429:
      return "Too Many Requests";
    case 426:
      return "Upgrade Required";
    case 421:
      return "Misdirected Request";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Error";
  }
}

Response problem(const Request& request, int status, std::string_view detail) {
  const nlohmann::ordered_json json{{"type", "about:blank"},
                                    {"title", status_title(status)},
                                    {"status", status},
                                    {"detail", detail},
                                    {"instance", "urn:rtcscope:request:" + request.id}};
  Response response;
  response.status = status;
  response.media_type = "application/problem+json";
  // A detail may quote what the client sent, which need not be UTF-8.
  response.body = json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  return response;
}

bool percent_decode(std::string_view text, bool plus_is_space, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
      continue;
    }
    if (text.size() - i < 3) return false;
    const auto octet = hex_octet(text[i + 1], text[i + 2]);
    if (!octet || *octet == 0) return false;
    out += static_cast<char>(*octet);
    i += 2;
  }
  return true;
}

}  // namespace rtcscope::api::http
