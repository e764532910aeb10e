#pragma once
// The HTTP server: sockets, threads and bounds. What is answered, an Application decides.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/hand_over.hpp"
#include "api/http/message.hpp"

namespace rtcscope::api::http {

/// Where the text messages of a WebSocket go.
struct MessageTarget {
  std::string subprotocol;  // told in the handshake; "" = none
  std::size_t max_message_bytes = 0;
  std::function<bool(std::string_view)> take;  // false ends the connection
};

/// Called on any of the server's threads, on several at once.
class Application {
 public:
  virtual ~Application() = default;
  /// The most octets of a body that this request (which has none yet) may bring; 0: none.
  [[nodiscard]] virtual std::size_t max_body_bytes(const Request& request) const = 0;
  /// Absent: the request is none to become a WebSocket, or may not; respond() answers it.
  [[nodiscard]] virtual std::optional<MessageTarget> message_target(const Request& /*request*/) {
    return std::nullopt;
  }
  /// Absent: respond() answers it. Must not throw.
  [[nodiscard]] virtual std::optional<HandOver> hand_over(const Request& /*request*/) { return std::nullopt; }
  /// The whole answer; must not throw.
  [[nodiscard]] virtual Response respond(const Request& request) = 0;
};

struct ServerOptions {
  std::string listen = "127.0.0.1:8080";  // address:port, [v6]:port or name:port; port 0: any free one
  bool loopback_only = false;             // refuse any other address before anything is accepted
  std::vector<std::string> host_names;    // accepted in Host besides this machine's own when on loopback
  std::string tls_certificate, tls_key;   // PEM files; both or none
  int max_threads = 64;                   // connections served at once
  int max_queued = 128;                   // accepted connections that wait for a thread; more are closed
  // Each counts for the whole of its part of an exchange, however the octets trickle.
  std::chrono::milliseconds head_timeout{10'000};
  std::chrono::milliseconds body_timeout{30'000};
  std::chrono::milliseconds send_timeout{30'000};
  std::chrono::milliseconds idle_timeout{15'000};  // between two requests of a connection
  std::function<void(const std::string&)> on_error = [](const std::string&) {};  // one line for the log
};

class Server {
 public:
  /// Binds and serves. Throws std::runtime_error with what was tried when the address cannot be had, or when
  /// the TLS files are none.
  /// `application` must outlive the server.
  Server(const ServerOptions& options, Application& application);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  /// "http://127.0.0.1:8080", with the actual port.
  [[nodiscard]] std::string url() const;
  [[nodiscard]] bool on_loopback() const;

  /// Reads certificate and key anew for the connections to come; nothing without TLS.
  void reload();
  /// Answers what has been read, closes all connections and returns when no thread is left. Idempotent.
  void stop();

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace rtcscope::api::http
