#pragma once
// TLS (RFC 8446, RFC 5246) below the server's sockets. OpenSSL is used directly: what waits is the guarded
// socket, so that its deadlines hold for a handshake too.

#include <openssl/ssl.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "api/http/file_stamp.hpp"
#include "api/http/guarded_socket.hpp"

namespace rtcscope::api::http {

/// PEM files: a certificate with its chain, and its key.
struct TlsFiles {
  std::string certificate;
  std::string key;
};

/// What new connections are served with; read anew when a file changes.
class TlsContext {
 public:
  using Log = std::function<void(const std::string&)>;

  /// Throws std::runtime_error, one line that names the file and what is wrong with it.
  TlsContext(TlsFiles files, Log log);

  /// A session for an accepted connection. Files that changed are read first, looked at once a second at
  /// most; when they are no pair, what was read before serves on and the log says why.
  std::unique_ptr<SSL, void (*)(SSL*)> new_session(int descriptor);

  /// Reads the files now, changed or not; when they are no pair, as above.
  void reload();

 private:
  using ContextPtr = std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)>;
  [[nodiscard]] ContextPtr load() const;
  void refresh();  // the caller holds the lock

  const TlsFiles files_;
  const Log log_;
  std::mutex mutex_;
  FileStamp certificate_stamp_, key_stamp_;
  std::chrono::steady_clock::time_point next_look_;
  ContextPtr context_;
};

class TlsSocket : public GuardedSocket {
 public:
  TlsSocket(int descriptor, const StopSignal& stop, TlsContext& context);

  using GuardedSocket::receiveBytes;
  using GuardedSocket::sendBytes;
  int receiveBytes(void* buffer, int length, int flags) override;
  int sendBytes(const void* buffer, int length, int flags) override;
  bool poll(const Poco::Timespan& timeout, int mode) override;
  void shutdownSend() override;
  [[nodiscard]] bool secure() const override { return true; }
  long try_send(std::string_view octets) override;
  long try_receive(char* octets, std::size_t size) override;

 protected:
  ~TlsSocket() override = default;

 private:
  /// After a call gave `result` <= 0: what to poll for, or 0 when the connection is over.
  [[nodiscard]] short wanted(int result) const;

  std::unique_ptr<SSL, void (*)(SSL*)> session_;
};

}  // namespace rtcscope::api::http
