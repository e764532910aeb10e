#pragma once
// The WebSocket to an OWT portal.

#include <memory>
#include <string>
#include <vector>

#include "feeds/owt/portal_session.hpp"

namespace Poco::Net {
class HTTPClientSession;
class WebSocket;
}  // namespace Poco::Net

namespace rtcscope::feeds::owt {

class PortalSocket {
 public:
  /// Connects, in at most five seconds a step. `ca_file`: as of RestClient. Throws std::runtime_error, one
  /// line.
  PortalSocket(const PortalAddress& address, const std::string& ca_file);
  ~PortalSocket();
  PortalSocket(const PortalSocket&) = delete;
  PortalSocket& operator=(const PortalSocket&) = delete;

  /// Both throw std::runtime_error, one line, when the connection is lost.
  void send(const std::string& text);
  std::string receive();

 private:
  friend std::vector<std::size_t> readable(const std::vector<PortalSocket*>& sockets, int patience_ms);

  std::unique_ptr<Poco::Net::HTTPClientSession> session_;
  std::unique_ptr<Poco::Net::WebSocket> socket_;
};

/// Which of the sockets have something to receive; waits for the first up to `patience_ms`.
std::vector<std::size_t> readable(const std::vector<PortalSocket*>& sockets, int patience_ms);

}  // namespace rtcscope::feeds::owt
