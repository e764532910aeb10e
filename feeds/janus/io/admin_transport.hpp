#pragma once
// The way to a Janus Admin API: HTTP, HTTPS, WebSocket or WebSocket over TLS, by the address's scheme.

#include <memory>
#include <string>

namespace rtcscope::feeds::janus {

struct AdminAddress {
  std::string scheme;  // http, https, ws, wss
  std::string host;
  std::uint16_t port = 0;
  std::string path;  // for HTTP "/admin" when the address has none

  [[nodiscard]] bool websocket() const { return scheme.starts_with("ws"); }
  [[nodiscard]] bool tls() const { return scheme == "https" || scheme == "wss"; }
};

/// Reads http://host:port/path; without a port that of Janus's samples (7088, 7889, 7188, 7989). Throws
/// std::runtime_error, one line, when it is none of the four schemes or names user and password.
AdminAddress parse_admin_address(const std::string& url);

class AdminTransport {
 public:
  virtual ~AdminTransport() = default;
  /// Sends one request and returns the answer that has its transaction. Waits up to five seconds. Throws
  /// std::exception, one line that says what happened; the transport is of no more use then.
  virtual std::string exchange(const std::string& request, const std::string& transaction) = 0;
};

/// `ca_file`: certificates that may sign the server's, in PEM; "" = the system's. The server's name is
/// checked. Connects at once. Throws as exchange() does.
std::unique_ptr<AdminTransport> connect_admin(const AdminAddress& address, const std::string& ca_file);

}  // namespace rtcscope::feeds::janus
