#include "feeds/owt/io/portal_socket.hpp"

#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>

#include <algorithm>

#include "feeds/wire/io/http_session.hpp"

namespace rtcscope::feeds::owt {

using Poco::Net::Socket;
using Poco::Net::WebSocket;

PortalSocket::PortalSocket(const PortalAddress& address, const std::string& ca_file) try
    : session_(open_http_session(address.host, address.port, address.secure, ca_file)) {
  Poco::Net::HTTPRequest request(Poco::Net::HTTPRequest::HTTP_GET, kSocketIoPath,
                                 Poco::Net::HTTPRequest::HTTP_1_1);
  Poco::Net::HTTPResponse response;
  socket_ = std::make_unique<WebSocket>(*session_, request, response);
  const Poco::Timespan patience(5, 0);
  socket_->setReceiveTimeout(patience);
  socket_->setSendTimeout(patience);
  socket_->setMaxPayloadSize(static_cast<int>(kMaxAnswerBytes));
} catch (const Poco::Exception& error) {
  rethrow(error);
}

PortalSocket::~PortalSocket() = default;

void PortalSocket::send(const std::string& text) try {
  send_text(*socket_, text);
} catch (const Poco::Exception& error) {
  rethrow(error);
}

std::string PortalSocket::receive() try {
  return receive_text(*socket_);
} catch (const Poco::Exception& error) {
  rethrow(error);
}

std::vector<std::size_t> readable(const std::vector<PortalSocket*>& sockets, int patience_ms) {
  std::vector<std::size_t> ready;
  Socket::SocketList waiting, none;
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    // What was read ahead, or decrypted already, no poll shows.
    if (sockets[i]->socket_->available() > 0) ready.push_back(i);
    waiting.push_back(*sockets[i]->socket_);
  }
  if (!ready.empty() || waiting.empty()) return ready;
  Socket::SocketList failed = waiting;
  Socket::select(waiting, none, failed, Poco::Timespan(0, patience_ms * 1000));
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    const auto is = [&](const Socket& socket) { return socket == *sockets[i]->socket_; };
    const bool told =
        std::any_of(waiting.begin(), waiting.end(), is) || std::any_of(failed.begin(), failed.end(), is);
    if (told) ready.push_back(i);
  }
  return ready;
}

}  // namespace rtcscope::feeds::owt
