#pragma once
// A request and its answer as values, so that everything above the sockets is plain functions.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rtcscope::api::http {

struct Header {
  std::string name;
  std::string value;
};

/// Field names are case-insensitive (RFC 9110, 5.1). "" when there is no such field; the first of several.
std::string_view find_header(const std::vector<Header>& headers, std::string_view name);

struct Request {
  std::string id;      // goes into X-Request-Id and problems
  std::string method;  // as sent: methods are case-sensitive
  std::string target;  // path and query as sent, percent-encoded; an absolute form is cut to these
  std::vector<Header> headers;
  std::string body;
  std::string peer{};   // the client's address, without port
  bool secure = false;  // it came over TLS

  [[nodiscard]] std::string_view path() const;   // still percent-encoded
  [[nodiscard]] std::string_view query() const;  // without '?'; "" when absent
  [[nodiscard]] std::string_view header(std::string_view name) const { return find_header(headers, name); }
};

/// How long a client may keep an answer.
enum class Caching {
  kNever,       // figures of this moment
  kRevalidate,  // with an ETag
  kForever,     // its name changes with its content
};

struct Response {
  int status = 200;
  std::string media_type;
  std::string body;
  std::vector<Header> headers;
  Caching caching = Caching::kNever;
};

/// The reason phrase of RFC 9110, 15, for statuses that this server sends.
std::string_view status_title(int status);

/// An RFC 9457 problem without a type of its own: title and status say what kind it is.
Response problem(const Request& request, int status, std::string_view detail);

/// Percent-decoding (RFC 3986, 2.1) into `out`; `plus_is_space` as HTML forms do in queries. False for a
/// '%' without two hex digits and for a decoded NUL.
bool percent_decode(std::string_view text, bool plus_is_space, std::string& out);

}  // namespace rtcscope::api::http
