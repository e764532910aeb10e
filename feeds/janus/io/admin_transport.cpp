#include "feeds/janus/io/admin_transport.hpp"

#include <Poco/Buffer.h>
#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPSClientSession.h>
#include <Poco/Net/NetSSL.h>
#include <Poco/Net/SSLManager.h>
#include <Poco/Net/WebSocket.h>
#include <Poco/URI.h>

#include <istream>
#include <nlohmann/json.hpp>
#include <ostream>
#include <stdexcept>

namespace rtcscope::feeds::janus {
namespace {

using Poco::Net::HTTPClientSession;
using Poco::Net::HTTPRequest;
using Poco::Net::HTTPResponse;
using Poco::Net::WebSocket;

// One handle with 256 media, candidates and two descriptions stays far below.
constexpr std::size_t kMaxAnswerBytes = 8 * 1024 * 1024;
const Poco::Timespan kPatience(5, 0);

std::unique_ptr<HTTPClientSession> open_session(const AdminAddress& address, const std::string& ca_file) {
  std::unique_ptr<HTTPClientSession> session;
  if (address.tls()) {
    Poco::Net::initializeSSL();
    const Poco::Net::Context::Ptr context =
        new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, "", "", ca_file,
                               Poco::Net::Context::VERIFY_STRICT, 9, ca_file.empty());
    session = std::make_unique<Poco::Net::HTTPSClientSession>(address.host, address.port, context);
  } else {
    session = std::make_unique<HTTPClientSession>(address.host, address.port);
  }
  session->setTimeout(kPatience, kPatience, kPatience);
  return session;
}

/// Poco keeps what happened apart from its kind.
[[noreturn]] void rethrow(const Poco::Exception& error) {
  throw std::runtime_error(error.displayText());
}

class HttpTransport final : public AdminTransport {
 public:
  HttpTransport(const AdminAddress& address, const std::string& ca_file)
      : path_(address.path), session_(open_session(address, ca_file)) {
    session_->setKeepAlive(true);
  }

  std::string exchange(const std::string& request, const std::string& transaction) override try {
    (void)transaction;  // one request, one answer
    HTTPRequest head(HTTPRequest::HTTP_POST, path_, HTTPRequest::HTTP_1_1);
    head.setContentType("application/json");
    head.setContentLength(static_cast<std::streamsize>(request.size()));
    session_->sendRequest(head) << request;
    HTTPResponse response;
    std::istream& body = session_->receiveResponse(response);
    if (response.getStatus() != HTTPResponse::HTTP_OK) {
      throw std::runtime_error("HTTP status " + std::to_string(response.getStatus()) + " " +
                               response.getReason() + ": is " + path_ + " the admin_base_path?");
    }
    std::string answer;
    char octets[16384];
    while (body.read(octets, sizeof octets) || body.gcount() > 0) {
      answer.append(octets, static_cast<std::size_t>(body.gcount()));
      if (answer.size() > kMaxAnswerBytes) throw std::runtime_error("the answer is too large");
    }
    return answer;
  } catch (const Poco::Exception& error) {
    rethrow(error);
  }

 private:
  std::string path_;
  std::unique_ptr<HTTPClientSession> session_;
};

class WebSocketTransport final : public AdminTransport {
 public:
  WebSocketTransport(const AdminAddress& address, const std::string& ca_file) try
      : session_(open_session(address, ca_file)) {
    HTTPRequest request(HTTPRequest::HTTP_GET, address.path, HTTPRequest::HTTP_1_1);
    // Janus refuses Admin requests on a socket of any other protocol.
    request.set("Sec-WebSocket-Protocol", "janus-admin-protocol");
    HTTPResponse response;
    socket_ = std::make_unique<WebSocket>(*session_, request, response);
    socket_->setReceiveTimeout(kPatience);
    socket_->setSendTimeout(kPatience);
    socket_->setMaxPayloadSize(static_cast<int>(kMaxAnswerBytes));
  } catch (const Poco::Exception& error) {
    rethrow(error);
  }

  std::string exchange(const std::string& request, const std::string& transaction) override try {
    socket_->sendFrame(request.data(), static_cast<int>(request.size()), WebSocket::FRAME_TEXT);
    for (;;) {
      std::string message = receive();
      const auto json = nlohmann::json::parse(message, nullptr, /*allow_exceptions=*/false);
      if (json.is_object() && json.value("transaction", nlohmann::json{}) == transaction) return message;
    }
  } catch (const Poco::Exception& error) {
    rethrow(error);
  }

 private:
  /// One whole message, which may have come in several frames (RFC 6455, 5.4).
  std::string receive() {
    std::string message;
    for (;;) {
      Poco::Buffer<char> frame(0);
      int flags = 0;
      const int octets = socket_->receiveFrame(frame, flags);
      const int opcode = flags & WebSocket::FRAME_OP_BITMASK;
      if ((octets == 0 && flags == 0) || opcode == WebSocket::FRAME_OP_CLOSE) {
        throw std::runtime_error("the server closed the connection");
      }
      if (opcode == WebSocket::FRAME_OP_PING) {
        socket_->sendFrame(frame.begin(), static_cast<int>(frame.size()),
                           static_cast<int>(WebSocket::FRAME_FLAG_FIN) | WebSocket::FRAME_OP_PONG);
        continue;
      }
      if (opcode == WebSocket::FRAME_OP_PONG) continue;
      message.append(frame.begin(), frame.size());
      if (message.size() > kMaxAnswerBytes) throw std::runtime_error("the answer is too large");
      if ((flags & WebSocket::FRAME_FLAG_FIN) != 0) return message;
    }
  }

  std::unique_ptr<HTTPClientSession> session_;
  std::unique_ptr<WebSocket> socket_;
};

std::uint16_t default_port(const std::string& scheme) {
  if (scheme == "http") return 7088;
  if (scheme == "https") return 7889;
  return scheme == "ws" ? 7188 : 7989;
}

}  // namespace

AdminAddress parse_admin_address(const std::string& url) try {
  const Poco::URI uri(url);
  AdminAddress address{uri.getScheme(), uri.getHost(), 0, uri.getPath()};
  const bool known = address.scheme == "http" || address.scheme == "https" || address.scheme == "ws" ||
                     address.scheme == "wss";
  if (!known || address.host.empty() || !uri.getUserInfo().empty()) throw Poco::SyntaxException(url);
  // Poco fills in the port that a scheme has on the web.
  const bool named = url.find(":" + std::to_string(uri.getPort())) != std::string::npos;
  address.port = named ? uri.getPort() : default_port(address.scheme);
  if (address.path.empty() || address.path == "/") address.path = address.websocket() ? "/" : "/admin";
  return address;
} catch (const Poco::Exception&) {
  throw std::runtime_error("\"" + url +
                           "\" is no address of an Admin API: write http://HOST:7088/admin, "
                           "ws://HOST:7188, https://... or wss://..., without user and password");
}

std::unique_ptr<AdminTransport> connect_admin(const AdminAddress& address, const std::string& ca_file) {
  if (address.websocket()) return std::make_unique<WebSocketTransport>(address, ca_file);
  return std::make_unique<HttpTransport>(address, ca_file);
}

}  // namespace rtcscope::feeds::janus
