#include "api/cors.hpp"

#include <algorithm>

namespace rtcscope::api {

bool allowed_origin(const http::Request& request, const std::vector<std::string>& origins) {
  const std::string_view origin = request.header("Origin");
  return !origin.empty() && std::find(origins.begin(), origins.end(), origin) != origins.end();
}

bool is_preflight(const http::Request& request) {
  return request.method == "OPTIONS" && !request.header("Origin").empty() &&
         !request.header("Access-Control-Request-Method").empty();
}

http::Response preflight(const http::Request& request, const std::vector<std::string>& origins) {
  if (!allowed_origin(request, origins)) {
    return http::problem(request, 403, "pages of this origin may not use the API (--cors-origin)");
  }
  http::Response response;
  response.status = 204;
  response.headers.push_back({"Access-Control-Allow-Methods", "GET, HEAD, POST, DELETE"});
  response.headers.push_back({"Access-Control-Allow-Headers", "Authorization, Content-Type, If-None-Match"});
  response.headers.push_back({"Access-Control-Max-Age", "600"});
  return response;
}

void allow_origin(const http::Request& request, const std::vector<std::string>& origins,
                  http::Response& response) {
  if (origins.empty()) return;
  response.headers.push_back({"Vary", "Origin"});
  if (!allowed_origin(request, origins)) return;
  response.headers.push_back({"Access-Control-Allow-Origin", std::string(request.header("Origin"))});
  response.headers.push_back({"Access-Control-Expose-Headers", "ETag, X-Request-Id, Retry-After"});
}

}  // namespace rtcscope::api
