#pragma once
// Two ends of a TLS connection in one process, as a media server is one of them.

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <vector>

namespace rtcscope::testing {

struct FreeTls {
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
};

inline std::unique_ptr<SSL_CTX, FreeTls> tls_context() {
  std::unique_ptr<SSL_CTX, FreeTls> made(SSL_CTX_new(TLS_method()));
  // No certificate is needed for an anonymous cipher; TLS 1.3 has none.
  SSL_CTX_set_max_proto_version(made.get(), TLS1_2_VERSION);
  if (SSL_CTX_set_cipher_list(made.get(), "aNULL:@SECLEVEL=0") != 1) return nullptr;
  return made;
}

inline bool shake_hands(SSL* client, SSL* server) {
  BIO* near = nullptr;
  BIO* far = nullptr;
  if (BIO_new_bio_pair(&near, 0, &far, 0) != 1) return false;
  SSL_set_bio(client, near, near);
  SSL_set_bio(server, far, far);
  SSL_set_connect_state(client);
  SSL_set_accept_state(server);
  for (int i = 0; i < 10 && !(SSL_is_init_finished(client) && SSL_is_init_finished(server)); ++i) {
    SSL_do_handshake(client);
    SSL_do_handshake(server);
  }
  return SSL_is_init_finished(client) && SSL_is_init_finished(server);
}

/// Throws nothing: ready() says whether the handshake was done.
class TlsPair {
 public:
  TlsPair() : context_(tls_context()) {
    if (!context_) return;
    client_.reset(SSL_new(context_.get()));
    server_.reset(SSL_new(context_.get()));
    ready_ = shake_hands(client_.get(), server_.get());
  }
  [[nodiscard]] bool ready() const noexcept { return ready_; }
  /// Empty if OpenSSL refuses.
  std::vector<unsigned char> export_secret(const std::string& label, std::size_t size) {
    std::vector<unsigned char> secret(size);
    const bool made = SSL_export_keying_material(server_.get(), secret.data(), size, label.data(),
                                                 label.size(), nullptr, 0, 0) == 1;
    return made ? secret : std::vector<unsigned char>{};
  }

 private:
  std::unique_ptr<SSL_CTX, FreeTls> context_;
  std::unique_ptr<SSL, FreeTls> client_, server_;
  bool ready_ = false;
};

}  // namespace rtcscope::testing
