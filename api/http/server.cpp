#include "api/http/server.hpp"

#include <Poco/Net/TCPServer.h>
#include <Poco/Net/TCPServerConnectionFactory.h>
#include <Poco/ThreadPool.h>

#include <random>
#include <stdexcept>

#include "api/http/connection.hpp"
#include "api/http/tls.hpp"

namespace rtcscope::api::http {
namespace {

class ConnectionFactory : public Poco::Net::TCPServerConnectionFactory {
 public:
  explicit ConnectionFactory(ConnectionContext& context) : context_(context) {}
  Poco::Net::TCPServerConnection* createConnection(const Poco::Net::StreamSocket& socket) override {
    return new Connection(socket, context_);  // owned by Poco's dispatcher
  }

 private:
  ConnectionContext& context_;
};

Poco::Net::TCPServerParams::Ptr server_parameters(const ServerOptions& options) {
  Poco::Net::TCPServerParams::Ptr parameters = new Poco::Net::TCPServerParams;
  parameters->setMaxThreads(options.max_threads);
  parameters->setMaxQueued(options.max_queued);
  return parameters;
}

/// Throws with the address that was tried.
Poco::Net::SocketAddress resolve(const std::string& listen) {
  try {
    return Poco::Net::SocketAddress(listen);
  } catch (const Poco::Exception& error) {
    throw std::runtime_error("cannot listen on \"" + listen + "\": " + error.displayText() +
                             " (expected address:port)");
  }
}

std::unique_ptr<TlsContext> tls_of(const ServerOptions& options) {
  if (options.tls_certificate.empty() && options.tls_key.empty()) return nullptr;
  return std::make_unique<TlsContext>(TlsFiles{options.tls_certificate, options.tls_key}, options.on_error);
}

GuardedServerSocket listen_on(const Poco::Net::SocketAddress& address, const StopSignal& stop,
                              TlsContext* tls) {
  constexpr int kBacklog = 128;
  try {
    return GuardedServerSocket(address, kBacklog, stop, tls);
  } catch (const Poco::Exception& error) {
    throw std::runtime_error("cannot listen on " + address.toString() + ": " + error.displayText());
  }
}

std::uint64_t random_start() {
  std::random_device device;
  return static_cast<std::uint64_t>(device()) << 32 | device();
}

}  // namespace

class Server::Implementation {
 public:
  Implementation(const ServerOptions& options, Application& application)
      : options_(options),
        tls_(tls_of(options)),
        socket_(listen_on(resolve(options.listen), stop_, tls_.get())),
        // One more: the dispatcher's own count of threads is what bounds them.
        threads_("http", 2, options.max_threads + 1),
        context_{options_, application,   {on_loopback(), options.host_names}, stop_, {},
                 false,    random_start()},
        server_(new ConnectionFactory(context_), threads_, socket_, server_parameters(options)) {
    if (options.loopback_only && !on_loopback()) {
      throw std::runtime_error("listening on " + options.listen + " would let other hosts in");
    }
    context_.crowded = [this] { return server_.queuedConnections() > 0; };
    server_.start();
  }

  ~Implementation() { stop(); }

  [[nodiscard]] bool on_loopback() const { return socket_.address().host().isLoopback(); }
  [[nodiscard]] std::uint16_t port() const { return socket_.address().port(); }
  [[nodiscard]] std::string url() const {
    return (tls_ ? "https://" : "http://") + socket_.address().toString();
  }

  void reload() {
    if (tls_) tls_->reload();
  }
  void stop() {
    if (context_.stopping.exchange(true)) return;
    stop_.raise();
    server_.stop();
    threads_.joinAll();
    socket_.close();
  }

 private:
  const ServerOptions options_;
  StopSignal stop_;
  std::unique_ptr<TlsContext> tls_;  // null: plain
  GuardedServerSocket socket_;
  Poco::ThreadPool threads_;
  ConnectionContext context_;
  Poco::Net::TCPServer server_;
};

Server::Server(const ServerOptions& options, Application& application)
    : implementation_(std::make_unique<Implementation>(options, application)) {}
Server::~Server() = default;
std::uint16_t Server::port() const {
  return implementation_->port();
}
std::string Server::url() const {
  return implementation_->url();
}
bool Server::on_loopback() const {
  return implementation_->on_loopback();
}
void Server::reload() {
  implementation_->reload();
}
void Server::stop() {
  implementation_->stop();
}

}  // namespace rtcscope::api::http
