#pragma once
// TLS above a connected socket that does not block, for a client that only sends.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

struct ssl_ctx_st;
struct ssl_st;

namespace rtcscope::export_hep {

/// What the sessions to all collectors share: TLS 1.2 or later, and whom to believe.
class TlsContext {
 public:
  /// `ca_file`: certificates in PEM; "" = the system's. Throws std::invalid_argument, one line that names the
  /// file, when it holds none that can be read.
  explicit TlsContext(const std::string& ca_file);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  [[nodiscard]] ssl_ctx_st* get() const noexcept { return context_; }

 private:
  ssl_ctx_st* context_;
};

/// kWantRead, kWantWrite: ask again when the socket is so. kEnded: the peer has closed it. After kFailed,
/// error() says why.
enum class TlsStep : std::uint8_t { kDone, kWantRead, kWantWrite, kEnded, kFailed };

class TlsSession {
 public:
  /// The socket stays the caller's. `host` is what the certificate must be for: a name (RFC 6125, 6.4) or a
  /// numeric address (RFC 2818, 3.1).
  TlsSession(const TlsContext& context, int socket, const std::string& host);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  TlsStep handshake();
  /// `taken`: how many of the octets went.
  TlsStep write(std::span<const std::byte> octets, std::size_t& taken);
  /// Reads a bounded part of what has come and throws it away: kWantRead when there is no more.
  TlsStep drain();
  /// Tells the peer that nothing more comes (RFC 8446, 6.1).
  void say_goodbye() noexcept;
  /// One line for people.
  [[nodiscard]] const std::string& error() const noexcept { return error_; }

 private:
  TlsStep step_of(int result);

  ssl_st* session_;
  std::string error_;
};

}  // namespace rtcscope::export_hep
