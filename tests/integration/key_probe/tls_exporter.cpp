// A process with TLS, as a media server is one: each line "LABEL SIZE" on standard input makes it call
// SSL_export_keying_material, and print the secret in hex.

#include <openssl/ssl.h>

#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace {

struct Free {
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
};

std::unique_ptr<SSL_CTX, Free> context() {
  std::unique_ptr<SSL_CTX, Free> made(SSL_CTX_new(TLS_method()));
  // No certificate is needed for an anonymous cipher; TLS 1.3 has none.
  SSL_CTX_set_max_proto_version(made.get(), TLS1_2_VERSION);
  if (SSL_CTX_set_cipher_list(made.get(), "aNULL:@SECLEVEL=0") != 1) return nullptr;
  return made;
}

bool shake_hands(SSL* client, SSL* server) {
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

void print_hex(const std::vector<unsigned char>& octets) {
  constexpr char kDigits[] = "0123456789abcdef";
  for (const unsigned char octet : octets) std::cout << kDigits[octet >> 4] << kDigits[octet & 15];
  std::cout << std::endl;
}

}  // namespace

int main() {
  const auto shared = context();
  if (!shared) return 1;
  const std::unique_ptr<SSL, Free> client(SSL_new(shared.get()));
  const std::unique_ptr<SSL, Free> server(SSL_new(shared.get()));
  if (!shake_hands(client.get(), server.get())) return 1;
  std::cout << "ready" << std::endl;
  std::string label;
  std::size_t size = 0;
  while (std::cin >> label >> size) {
    std::vector<unsigned char> secret(size);
    if (SSL_export_keying_material(server.get(), secret.data(), size, label.data(), label.size(), nullptr, 0,
                                   0) != 1) {
      return 1;
    }
    print_hex(secret);
  }
}
