#pragma once
// Requests to OWT's management API, each signed with MAuth.

#include <cstdint>
#include <memory>
#include <string>

#include "feeds/owt/mauth.hpp"

namespace Poco::Net {
class HTTPClientSession;
}

namespace rtcscope::feeds::owt {

struct RestAddress {
  std::string host;
  std::uint16_t port = 0;
  bool tls = true;

  /// "owt.example:3000": how facts and results name the server.
  [[nodiscard]] std::string name() const { return host + ":" + std::to_string(port); }
};

/// Reads https://HOST:PORT or http://HOST:PORT; without a port 3000. Throws std::runtime_error, one line,
/// when it is neither or names a path, user or password.
RestAddress parse_rest_address(const std::string& url);

struct RestAnswer {
  int status = 0;
  std::string body;
};

class RestClient {
 public:
  /// `ca_file`: certificates that may sign the server's, in PEM; "" = the system's. The server's name is
  /// checked.
  RestClient(const RestAddress& address, Service service, std::string ca_file);
  ~RestClient();
  RestClient(const RestClient&) = delete;
  RestClient& operator=(const RestClient&) = delete;

  /// `path` with its query. Waits up to five seconds for each step. Throws std::runtime_error, one line, when
  /// nobody answers; the next request connects anew.
  RestAnswer get(const std::string& path);
  RestAnswer post(const std::string& path, const std::string& json);
  RestAnswer patch(const std::string& path, const std::string& json);
  RestAnswer remove(const std::string& path);

 private:
  RestAnswer exchange(const std::string& method, const std::string& path, const std::string& body);

  RestAddress address_;
  Service service_;
  std::string ca_file_;
  std::unique_ptr<Poco::Net::HTTPClientSession> session_;
};

}  // namespace rtcscope::feeds::owt
