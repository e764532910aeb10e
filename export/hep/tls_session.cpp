#include "export/hep/tls_session.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cerrno>
#include <new>
#include <stdexcept>
#include <system_error>

#include "base/net.hpp"

namespace rtcscope::export_hep {
namespace {

constexpr int kMaxUnwantedReads = 16;

std::string openssl_reason() {
  const char* reason = ERR_reason_error_string(ERR_get_error());
  ERR_clear_error();
  return reason != nullptr ? reason : "unknown reason";
}

}  // namespace

TlsContext::TlsContext(const std::string& ca_file) : context_(SSL_CTX_new(TLS_client_method())) {
  if (context_ == nullptr) throw std::bad_alloc();
  ERR_clear_error();
  // RFC 9325, 3.1.1: nothing older.
  SSL_CTX_set_min_proto_version(context_, TLS1_2_VERSION);
  SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(context_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  const bool loaded = ca_file.empty()
                          ? SSL_CTX_set_default_verify_paths(context_) == 1
                          : SSL_CTX_load_verify_locations(context_, ca_file.c_str(), nullptr) == 1;
  if (loaded) return;
  SSL_CTX_free(context_);
  throw std::invalid_argument("--hep-ca " + ca_file + ": no certificates in PEM can be read from it (" +
                              openssl_reason() + ")");
}

TlsContext::~TlsContext() {
  SSL_CTX_free(context_);
}

TlsSession::TlsSession(const TlsContext& context, int socket, const std::string& host)
    : session_(SSL_new(context.get())) {
  if (session_ == nullptr || SSL_set_fd(session_, socket) != 1) throw std::bad_alloc();
  X509_VERIFY_PARAM* wanted = SSL_get0_param(session_);
  if (parse_ip_address(host)) {
    X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str());
  } else {
    X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    X509_VERIFY_PARAM_set1_host(wanted, host.c_str(), host.size());
    SSL_set_tlsext_host_name(session_, host.c_str());  // RFC 6066, 3: names only
  }
}

TlsSession::~TlsSession() {
  SSL_free(session_);
}

TlsStep TlsSession::step_of(int result) {
  const int system_error = errno;
  switch (SSL_get_error(session_, result)) {
    case SSL_ERROR_NONE:
      return TlsStep::kDone;
    case SSL_ERROR_WANT_READ:
      return TlsStep::kWantRead;
    case SSL_ERROR_WANT_WRITE:
      return TlsStep::kWantWrite;
    case SSL_ERROR_ZERO_RETURN:
      return TlsStep::kEnded;
    case SSL_ERROR_SYSCALL:
      error_ = "TLS: " + (system_error != 0 ? std::generic_category().message(system_error)
                                            : std::string("the connection ended"));
      return TlsStep::kFailed;
    default:
      break;
  }
  const long verdict = SSL_get_verify_result(session_);
  error_ = verdict != X509_V_OK
               ? std::string("TLS: the collector's certificate: ") + X509_verify_cert_error_string(verdict)
               : "TLS: " + openssl_reason();
  return TlsStep::kFailed;
}

TlsStep TlsSession::handshake() {
  ERR_clear_error();
  errno = 0;
  return step_of(SSL_connect(session_));
}

TlsStep TlsSession::write(std::span<const std::byte> octets, std::size_t& taken) {
  ERR_clear_error();
  errno = 0;
  return step_of(SSL_write_ex(session_, octets.data(), octets.size(), &taken));
}

TlsStep TlsSession::drain() {
  std::byte unwanted[512];
  // A collector that talks without end must not hold the sender.
  for (int reads = 0; reads < kMaxUnwantedReads; ++reads) {
    ERR_clear_error();
    errno = 0;
    std::size_t got = 0;
    const TlsStep step = step_of(SSL_read_ex(session_, unwanted, sizeof unwanted, &got));
    if (step != TlsStep::kDone) return step;
  }
  return TlsStep::kDone;
}

void TlsSession::say_goodbye() noexcept {
  ERR_clear_error();
  (void)SSL_shutdown(session_);
  ERR_clear_error();
}

}  // namespace rtcscope::export_hep
