#include "feeds/owt/io/rest_client.hpp"

#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/URI.h>

#include <chrono>
#include <random>
#include <stdexcept>

#include "feeds/wire/io/http_session.hpp"

namespace rtcscope::feeds::owt {
namespace {

constexpr std::uint16_t kDefaultPort = 3000;

std::string now_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

}  // namespace

RestAddress parse_rest_address(const std::string& url) try {
  const Poco::URI uri(url);
  const std::string scheme = uri.getScheme();
  const bool plain = uri.getPathEtc().empty() || uri.getPathEtc() == "/";
  if ((scheme != "http" && scheme != "https") || uri.getHost().empty() || !uri.getUserInfo().empty() ||
      !plain) {
    throw Poco::SyntaxException(url);
  }
  // Poco fills in the port that a scheme has on the web.
  const bool named = url.find(":" + std::to_string(uri.getPort())) != std::string::npos;
  return {uri.getHost(), named ? uri.getPort() : kDefaultPort, scheme == "https"};
} catch (const Poco::Exception&) {
  throw std::runtime_error("\"" + url +
                           "\" is no address of an OWT management API: write https://HOST:3000 or "
                           "http://HOST:3000, without path, user and password");
}

RestClient::RestClient(const RestAddress& address, Service service, std::string ca_file)
    : address_(address), service_(std::move(service)), ca_file_(std::move(ca_file)) {}

RestClient::~RestClient() = default;

RestAnswer RestClient::get(const std::string& path) {
  return exchange(Poco::Net::HTTPRequest::HTTP_GET, path, "");
}

RestAnswer RestClient::post(const std::string& path, const std::string& json) {
  return exchange(Poco::Net::HTTPRequest::HTTP_POST, path, json);
}

RestAnswer RestClient::patch(const std::string& path, const std::string& json) {
  return exchange(Poco::Net::HTTPRequest::HTTP_PATCH, path, json);
}

RestAnswer RestClient::remove(const std::string& path) {
  return exchange(Poco::Net::HTTPRequest::HTTP_DELETE, path, "");
}

RestAnswer RestClient::exchange(const std::string& method, const std::string& path,
                                const std::string& body) try {
  if (!session_) {
    session_ = open_http_session(address_.host, address_.port, address_.tls, ca_file_);
    session_->setKeepAlive(true);
  }
  Poco::Net::HTTPRequest request(method, path, Poco::Net::HTTPRequest::HTTP_1_1);
  request.set("Authorization", mauth_header(service_, now_ms(), std::to_string(std::random_device{}())));
  if (!body.empty()) {
    request.setContentType("application/json");
    request.setContentLength(static_cast<std::streamsize>(body.size()));
  }
  session_->sendRequest(request) << body;
  Poco::Net::HTTPResponse response;
  std::istream& stream = session_->receiveResponse(response);
  return {static_cast<int>(response.getStatus()), read_body(stream)};
} catch (const Poco::Exception& error) {
  session_.reset();
  rethrow(error);
} catch (const std::runtime_error&) {
  session_.reset();
  throw;
}

}  // namespace rtcscope::feeds::owt
