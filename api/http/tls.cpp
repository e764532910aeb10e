#include "api/http/tls.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/NetException.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <poll.h>

#include <stdexcept>

namespace rtcscope::api::http {
namespace {

constexpr auto kLookEvery = std::chrono::seconds{1};

[[noreturn]] void fail(const std::string& what, const std::string& file) {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  ERR_clear_error();
  throw std::runtime_error(what + ' ' + file + (reason != nullptr ? std::string(": ") + reason : ""));
}

/// A key with a passphrase would ask the terminal.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

}  // namespace

TlsContext::TlsContext(TlsFiles files, Log log)
    : files_(std::move(files)),
      log_(std::move(log)),
      certificate_stamp_(stamp_of(files_.certificate)),
      key_stamp_(stamp_of(files_.key)),
      next_look_(std::chrono::steady_clock::now() + kLookEvery),
      context_(load()) {}

TlsContext::ContextPtr TlsContext::load() const {
  ERR_clear_error();
  ContextPtr context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!context) fail("OpenSSL has no TLS for", files_.certificate);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // For TLS 1.2: forward secrecy and AEAD only (RFC 9325, 4.2).
  SSL_CTX_set_cipher_list(context.get(), "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_default_passwd_cb(context.get(), no_passphrase);
  if (SSL_CTX_use_certificate_chain_file(context.get(), files_.certificate.c_str()) != 1) {
    fail("--tls-cert: no certificate can be read from", files_.certificate);
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), files_.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    fail("--tls-key: no key of the certificate can be read from", files_.key);
  }
  if (SSL_CTX_check_private_key(context.get()) != 1) {
    fail("--tls-key: this is not the key of the certificate:", files_.key);
  }
  return context;
}

void TlsContext::refresh() {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_look_) return;
  next_look_ = now + kLookEvery;
  const FileStamp certificate = stamp_of(files_.certificate);
  const FileStamp key = stamp_of(files_.key);
  if (certificate == certificate_stamp_ && key == key_stamp_) return;
  certificate_stamp_ = certificate;
  key_stamp_ = key;
  try {
    context_ = load();
    log_("the TLS certificate was read anew");
  } catch (const std::runtime_error& error) {
    log_(std::string(error.what()) + "; the certificate read before serves on");
  }
}

void TlsContext::reload() {
  const std::lock_guard lock(mutex_);
  next_look_ = {};
  certificate_stamp_ = {};
  refresh();
}

std::unique_ptr<SSL, void (*)(SSL*)> TlsContext::new_session(int descriptor) {
  const std::lock_guard lock(mutex_);
  refresh();
  std::unique_ptr<SSL, void (*)(SSL*)> session(SSL_new(context_.get()), SSL_free);
  if (!session || SSL_set_fd(session.get(), descriptor) != 1) {
    throw Poco::Net::NetException("no TLS session can be made");
  }
  SSL_set_accept_state(session.get());
  return session;
}

TlsSocket::TlsSocket(int descriptor, const StopSignal& stop, TlsContext& context)
    : GuardedSocket(descriptor, stop), session_(context.new_session(descriptor)) {
  ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
}

short TlsSocket::wanted(int result) const {
  switch (SSL_get_error(session_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return POLLIN;
    case SSL_ERROR_WANT_WRITE:
      return POLLOUT;
    default:
      return 0;
  }
}

int TlsSocket::receiveBytes(void* buffer, int length, int /*flags*/) {
  while (true) {
    ERR_clear_error();
    const int received = SSL_read(session_.get(), buffer, length);
    if (received > 0) return received;
    if (SSL_get_error(session_.get(), received) == SSL_ERROR_ZERO_RETURN) return 0;
    const short events = wanted(received);
    if (events == 0) throw Poco::Net::ConnectionResetException("the TLS connection broke");
    if (!wait(events)) throw Poco::TimeoutException("the client did not send in time");
  }
}

int TlsSocket::sendBytes(const void* buffer, int length, int /*flags*/) {
  const char* next = static_cast<const char*>(buffer);
  int left = length;
  while (left > 0) {
    ERR_clear_error();
    const int sent = SSL_write(session_.get(), next, left);
    if (sent > 0) {
      next += sent;
      left -= sent;
      continue;
    }
    const short events = wanted(sent);
    if (events == 0) throw Poco::Net::ConnectionResetException("the TLS connection broke");
    if (!wait(events)) throw Poco::TimeoutException("the client did not read in time");
  }
  return length;
}

bool TlsSocket::poll(const Poco::Timespan& timeout, int mode) {
  // What was decrypted already is not in the system's buffer any more.
  if ((mode & SELECT_READ) != 0 && SSL_pending(session_.get()) > 0) return true;
  return GuardedSocket::poll(timeout, mode);
}

void TlsSocket::shutdownSend() {
  ERR_clear_error();
  SSL_shutdown(session_.get());  // close_notify (RFC 8446, 6.1), if it can go at once
  GuardedSocket::shutdownSend();
}

long TlsSocket::try_send(std::string_view octets) {
  ERR_clear_error();
  const int sent = SSL_write(session_.get(), octets.data(), static_cast<int>(octets.size()));
  if (sent > 0) return sent;
  return wanted(sent) != 0 ? 0 : -1;
}

long TlsSocket::try_receive(char* octets, std::size_t size) {
  ERR_clear_error();
  const int received = SSL_read(session_.get(), octets, static_cast<int>(size));
  if (received > 0) return received;
  return wanted(received) != 0 ? 0 : -1;
}

}  // namespace rtcscope::api::http
