#pragma once
// Pages of other origins (the Fetch standard's CORS protocol, 3.2): only those on a list, and only with a
// token in Authorization, never with the cookie of the dashboard.

#include <string>
#include <vector>

#include "api/http/message.hpp"

namespace rtcscope::api {

/// Whether the request comes from a page of a listed origin ("https://noc.example").
bool allowed_origin(const http::Request& request, const std::vector<std::string>& origins);

/// Whether a browser asks if it may send another request.
bool is_preflight(const http::Request& request);
/// 204 for a listed origin, with what it may send; 403 for any other.
http::Response preflight(const http::Request& request, const std::vector<std::string>& origins);

/// Lets a page of a listed origin read the answer.
void allow_origin(const http::Request& request, const std::vector<std::string>& origins,
                  http::Response& response);

}  // namespace rtcscope::api
