// A process with TLS, as a media server is one: each line "LABEL SIZE" on standard input makes it call
// SSL_export_keying_material, and print the secret in hex.

#include <iostream>
#include <string>

#include "tests/integration/key_probe/hex_line.hpp"
#include "tests/integration/key_probe/tls_pair.hpp"

int main() {
  rtcscope::testing::TlsPair pair;
  if (!pair.ready()) return 1;
  std::cout << "ready" << std::endl;
  std::string label;
  std::size_t size = 0;
  while (std::cin >> label >> size) {
    const auto secret = pair.export_secret(label, size);
    if (secret.size() != size) return 1;
    std::cout << rtcscope::testing::to_hex(secret) << std::endl;
  }
}
