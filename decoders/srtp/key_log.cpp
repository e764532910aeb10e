#include "decoders/srtp/key_log.hpp"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include "base/free_with.hpp"

namespace rtcscope::srtp {
namespace {

constexpr std::string_view kLabel = "EXTRACTOR-dtls_srtp";

/// The suites of IANA's registry whose PRF is of SHA-384; that of all others in DTLS 1.2 is of SHA-256
/// (RFC 5246, 5; RFC 5288; RFC 5289).
constexpr std::uint16_t kSha384Suites[] = {0x009d, 0x009f, 0x00a1, 0x00a3, 0x00a5, 0x00a7, 0xc024,
                                           0xc026, 0xc028, 0xc02a, 0xc02c, 0xc02e, 0xc030, 0xc032};

std::size_t exported_octets(std::uint16_t profile) noexcept {
  return key_sizes(static_cast<Profile>(profile)).exported();
}

using Context = std::unique_ptr<EVP_KDF_CTX, FreeWith<EVP_KDF_CTX_free>>;

Context prf_context() {
  EVP_KDF* kdf = EVP_KDF_fetch(nullptr, "TLS1-PRF", nullptr);
  Context context{kdf == nullptr ? nullptr : EVP_KDF_CTX_new(kdf)};
  EVP_KDF_free(kdf);
  return context;
}

/// label + client random + server random: an exporter without a context (RFC 5705, 4).
std::string seed_of(const HandshakeFacts& handshake) {
  std::string seed{kLabel};
  for (const HelloRandom* random : {&handshake.client_random, &handshake.server_random}) {
    seed.append(reinterpret_cast<const char*>(random->data()), random->size());
  }
  return seed;
}

}  // namespace

KeyingMaterial export_keying_material(const KeyingMaterial& master_secret, const HandshakeFacts& handshake) {
  const std::size_t wanted = exported_octets(handshake.srtp_profile);
  const Context context = prf_context();
  if (wanted == 0 || !context) return KeyingMaterial{Bytes{}};
  const bool sha384 = std::ranges::count(kSha384Suites, handshake.cipher_suite) != 0;
  std::string digest = sha384 ? "SHA384" : "SHA256";
  std::string seed = seed_of(handshake);
  const auto secret = master_secret.octets();
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, const_cast<std::uint8_t*>(secret.data()),
                                        secret.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, seed.data(), seed.size()),
      OSSL_PARAM_construct_end()};
  Wiped<std::byte, KeyingMaterial::kMaxOctets> octets;
  const bool derived =
      EVP_KDF_derive(context.get(), reinterpret_cast<unsigned char*>(octets.data()), wanted, parameters) == 1;
  return KeyingMaterial{Bytes(octets.data(), derived ? wanted : 0)};
}

}  // namespace rtcscope::srtp
