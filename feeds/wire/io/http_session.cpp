#include "feeds/wire/io/http_session.hpp"

#include <Poco/Buffer.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPSClientSession.h>
#include <Poco/Net/NetSSL.h>
#include <Poco/Net/SSLManager.h>

#include <stdexcept>

namespace rtcscope::feeds {

using Poco::Net::HTTPClientSession;
using Poco::Net::WebSocket;

std::unique_ptr<HTTPClientSession> open_http_session(const std::string& host, std::uint16_t port, bool tls,
                                                     const std::string& ca_file) {
  const Poco::Timespan patience(5, 0);
  std::unique_ptr<HTTPClientSession> session;
  if (tls) {
    Poco::Net::initializeSSL();
    const Poco::Net::Context::Ptr context =
        new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, "", "", ca_file,
                               Poco::Net::Context::VERIFY_STRICT, 9, ca_file.empty());
    session = std::make_unique<Poco::Net::HTTPSClientSession>(host, port, context);
  } else {
    session = std::make_unique<HTTPClientSession>(host, port);
  }
  session->setTimeout(patience, patience, patience);
  return session;
}

std::string read_body(std::istream& body) {
  std::string answer;
  char octets[16384];
  while (body.read(octets, sizeof octets) || body.gcount() > 0) {
    answer.append(octets, static_cast<std::size_t>(body.gcount()));
    if (answer.size() > kMaxAnswerBytes) throw std::runtime_error("the answer is too large");
  }
  return answer;
}

void rethrow(const Poco::Exception& error) {
  throw std::runtime_error(error.displayText());
}

std::string receive_text(WebSocket& socket) {
  std::string message;
  for (;;) {
    Poco::Buffer<char> frame(0);
    int flags = 0;
    const int octets = socket.receiveFrame(frame, flags);
    const int opcode = flags & WebSocket::FRAME_OP_BITMASK;
    if ((octets == 0 && flags == 0) || opcode == WebSocket::FRAME_OP_CLOSE) {
      throw std::runtime_error("the server closed the connection");
    }
    if (opcode == WebSocket::FRAME_OP_PING) {
      socket.sendFrame(frame.begin(), static_cast<int>(frame.size()),
                       static_cast<int>(WebSocket::FRAME_FLAG_FIN) | WebSocket::FRAME_OP_PONG);
      continue;
    }
    if (opcode == WebSocket::FRAME_OP_PONG) continue;
    message.append(frame.begin(), frame.size());
    if (message.size() > kMaxAnswerBytes) throw std::runtime_error("the answer is too large");
    if ((flags & WebSocket::FRAME_FLAG_FIN) != 0) return message;
  }
}

void send_text(WebSocket& socket, const std::string& text) {
  socket.sendFrame(text.data(), static_cast<int>(text.size()), WebSocket::FRAME_TEXT);
}

}  // namespace rtcscope::feeds
