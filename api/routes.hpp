#pragma once
// The one route table: routing, 404, 405, parameter checks and the contract test come from it.

#include <string_view>
#include <vector>

#include "api/access/guard.hpp"
#include "api/http/message.hpp"
#include "api/parameters.hpp"
#include "api/services.hpp"

namespace rtcscope::api {

/// Where a WebSocket client sends events (Janus's wsevh).
inline constexpr const char* kEventSocketPath = "/ingest/janus/ws";
/// Where changes are pushed, as text/event-stream and over a WebSocket.
inline constexpr const char* kLivePath = "/api/v1/live";
inline constexpr const char* kLiveSocketPath = "/api/v1/live/ws";
/// Of a posted body and of a WebSocket message.
inline constexpr std::size_t kMaxIngestBytes = 8 * 1024 * 1024;

struct Call {
  const http::Request& request;
  const Arguments& arguments;
  const access::Caller& caller;
};

using Handler = http::Response (*)(const Services&, const Call&);

struct Route {
  const char* method;
  const char* path;          // template: {id}, or another name in braces, stands for an identifier
  const char* operation_id;  // of docs/api/openapi.yaml
  access::Need need;
  std::vector<Parameter> query;
  Handler handler;
  std::size_t max_body_bytes = 0;
  bool of_rows_alone = false;  // the answer is made of the store's rows, and is the same for everybody
};

/// What the path and the method of a request name. `id` is a view of its target.
struct Target {
  std::vector<const Route*> of_path;  // whatever their method
  const Route* route = nullptr;       // the one of them that takes the method
  std::string_view id;                // stands for {id}; "" when the path has none
};

/// Whose conventions a path follows: of errors, of identifiers, and of parameters that nobody knows.
enum class Dialect : std::uint8_t { kRtcscope, kPeermetrics, kOwt };
Dialect dialect_of(std::string_view path);

/// Every operation of docs/api/openapi.yaml. Files of the dashboard are no route.
const std::vector<Route>& routes();

/// Whether a path (still percent-encoded) is one of the template. `id` becomes the text that stands for
/// the last name in braces, "" when the template has none.
bool path_matches(std::string_view path_template, std::string_view path, std::string_view& id);

/// What stands for each name of the template, braces and all, percent-decoded.
Arguments path_arguments(std::string_view path_template, std::string_view path);

/// Whether the path belongs to the API (so that an unknown one is 404) or to the dashboard.
bool is_api_path(std::string_view path);

}  // namespace rtcscope::api
