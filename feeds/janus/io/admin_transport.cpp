#include "feeds/janus/io/admin_transport.hpp"

#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/URI.h>

#include <nlohmann/json.hpp>
#include <ostream>
#include <stdexcept>

#include "feeds/wire/io/http_session.hpp"

namespace rtcscope::feeds::janus {
namespace {

using Poco::Net::HTTPClientSession;
using Poco::Net::HTTPRequest;
using Poco::Net::HTTPResponse;
using Poco::Net::WebSocket;

const Poco::Timespan kPatience(5, 0);

std::unique_ptr<HTTPClientSession> open_session(const AdminAddress& address, const std::string& ca_file) {
  return open_http_session(address.host, address.port, address.tls(), ca_file);
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
    return read_body(body);
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
    send_text(*socket_, request);
    for (;;) {
      std::string message = receive_text(*socket_);
      const auto json = nlohmann::json::parse(message, nullptr, /*allow_exceptions=*/false);
      if (json.is_object() && json.value("transaction", nlohmann::json{}) == transaction) return message;
    }
  } catch (const Poco::Exception& error) {
    rethrow(error);
  }

 private:
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
