// The least that a server on Poco does: what the API is measured against (tests/bench/http_bench.py).
// usage: bench_hello [BODY_BYTES]; prints its port, serves until its input ends.

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

class Hello final : public Poco::Net::HTTPRequestHandler {
 public:
  explicit Hello(const std::string& body) : body_(body) {}
  void handleRequest(Poco::Net::HTTPServerRequest&, Poco::Net::HTTPServerResponse& response) override {
    response.setContentType("application/json");
    response.sendBuffer(body_.data(), body_.size());
  }

 private:
  const std::string& body_;
};

class Factory final : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  explicit Factory(std::size_t size) : body_(size, 'x') {}
  Poco::Net::HTTPRequestHandler* createRequestHandler(const Poco::Net::HTTPServerRequest&) override {
    return new Hello(body_);  // the server takes it
  }

 private:
  std::string body_;
};

}  // namespace

int main(int argc, char** argv) {
  const std::size_t size = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 12;
  Poco::Net::ServerSocket socket(Poco::Net::SocketAddress("127.0.0.1", 0));
  Poco::Net::HTTPServerParams::Ptr params = new Poco::Net::HTTPServerParams;
  params->setMaxKeepAliveRequests(0);
  Poco::Net::HTTPServer server(new Factory(size), socket, params);
  server.start();
  std::printf("listening on http://127.0.0.1:%u\n", static_cast<unsigned>(socket.address().port()));
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  server.stopAll(true);
}
