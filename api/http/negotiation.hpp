#pragma once
// What every answer gets on its way out: conditional requests, compression, and the headers that tell
// browsers what they may do with it. Pure.

#include <string>
#include <string_view>

#include "api/http/message.hpp"

namespace rtcscope::api::http {

/// Adds caching and security headers and X-Request-Id; turns a 200 that the client already has into 304
/// (RFC 9110, 13.1.2), and compresses a text of some size for a client that takes gzip. The body of an
/// answer to HEAD stays: the server needs its length.
void finish(const Request& request, Response& response);

/// `W/"..."` of the content: weak because the same tag stands for the compressed and the plain form.
std::string weak_etag(std::string_view body);

/// Whether an If-None-Match value names this tag (weak comparison) or is `*`.
bool none_match_names(std::string_view if_none_match, std::string_view etag);

/// Whether an Accept-Encoding value takes gzip (RFC 9110, 12.5.3). Absent: no.
bool accepts_gzip(std::string_view accept_encoding);

std::string gzip(std::string_view plain);

}  // namespace rtcscope::api::http
