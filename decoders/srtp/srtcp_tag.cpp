#include "decoders/srtp/srtcp_tag.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/free_with.hpp"
#include "decoders/srtp/srtcp_context.hpp"

namespace rtcscope::srtp {
namespace {

constexpr std::size_t kHeader = 8;    // RFC 3711, 3.4: what is never enciphered
constexpr std::size_t kIndex = 4;     // E flag and SRTCP index
constexpr std::size_t kHmacTag = 10;  // of both profiles with SHA-1 (RFC 5764, 4.1.2)
constexpr std::size_t kGcmTag = 16;   // RFC 7714, 13.2
constexpr std::size_t kSalt = 12;     // RFC 7714, 12.1

// RFC 3711, 4.3.2
enum class Label : std::uint8_t { kEncryption = 3, kAuthentication = 4, kSalting = 5 };

using Cipher = std::unique_ptr<EVP_CIPHER, FreeWith<EVP_CIPHER_free>>;

Cipher fetch(const char* name) {
  return Cipher{EVP_CIPHER_fetch(nullptr, name, nullptr)};
}

const std::uint8_t* octets(Bytes bytes) noexcept {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

constexpr bool is_aead(Profile profile) noexcept {
  return profile == Profile::kAeadAes128Gcm || profile == Profile::kAeadAes256Gcm;
}

}  // namespace

/// Everything is fetched once, by the first that asks: OpenSSL's look-up costs more than the arithmetic.
struct SrtcpTag::OpenSsl {
  std::array<Cipher, 2> derivation{fetch("AES-128-CTR"), fetch("AES-256-CTR")};
  std::array<Cipher, 2> gcm{fetch("AES-128-GCM"), fetch("AES-256-GCM")};
  std::unique_ptr<EVP_MAC, FreeWith<EVP_MAC_free>> hmac{EVP_MAC_fetch(nullptr, "HMAC", nullptr)};
  std::unique_ptr<EVP_CIPHER_CTX, FreeWith<EVP_CIPHER_CTX_free>> cipher{EVP_CIPHER_CTX_new()};
  SrtcpContext::Scratch clear;  // what GCM deciphers on the way to its tag; nobody reads it

  /// A session key, as long as `out` (RFC 3711, 4.3.1 and 4.3.3, with a key derivation rate of 0).
  bool derive(const std::uint8_t* master, KeySizes sizes, Label label, std::span<std::uint8_t> out) {
    static constexpr std::array<std::uint8_t, 32> kZeros{};
    std::array<std::uint8_t, 16> counter{};
    std::copy_n(master + sizes.key, sizes.salt, counter.begin());
    counter[7] ^= static_cast<std::uint8_t>(label);
    int made = 0;
    return EVP_EncryptInit_ex2(cipher.get(), derivation[sizes.key == 32].get(), master, counter.data(),
                               nullptr) == 1 &&
           EVP_EncryptUpdate(cipher.get(), out.data(), &made, kZeros.data(), static_cast<int>(out.size())) ==
               1;
  }

  /// RFC 3711, 4.2: the tag is of everything before it.
  bool hmac_fits(const std::uint8_t* master, KeySizes sizes, Bytes packet) {
    Wiped<std::uint8_t, 20> key;
    if (!derive(master, sizes, Label::kAuthentication, key)) return false;
    std::array<std::uint8_t, 20> tag{};
    std::size_t size = 0;
    char sha1[] = "SHA1";
    const OSSL_PARAM digest[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, sha1, 0),
                                 OSSL_PARAM_construct_end()};
    const std::unique_ptr<EVP_MAC_CTX, FreeWith<EVP_MAC_CTX_free>> context{EVP_MAC_CTX_new(hmac.get())};
    const Bytes covered = packet.first(packet.size() - kHmacTag);
    return context && EVP_MAC_init(context.get(), key.data(), key.size(), digest) == 1 &&
           EVP_MAC_update(context.get(), octets(covered), covered.size()) == 1 &&
           EVP_MAC_final(context.get(), tag.data(), &size, tag.size()) == 1 &&
           CRYPTO_memcmp(tag.data(), packet.data() + covered.size(), kHmacTag) == 0;
  }

  /// RFC 7714, 9.1 and 9.2: header and index are the associated data, and the nonce is made of both.
  bool gcm_fits(const std::uint8_t* master, KeySizes sizes, Bytes packet) {
    Wiped<std::uint8_t, 32> key;
    Wiped<std::uint8_t, kSalt> nonce;
    if (!derive(master, sizes, Label::kEncryption, std::span(key).first(sizes.key)) ||
        !derive(master, sizes, Label::kSalting, nonce)) {
      return false;
    }
    const std::uint8_t* at = octets(packet);
    const std::uint8_t* index = at + packet.size() - kIndex;
    for (std::size_t i = 0; i < 4; ++i) {
      nonce[2 + i] ^= at[4 + i];  // SSRC
      nonce[8 + i] ^= static_cast<std::uint8_t>(i == 0 ? index[i] & 0x7f : index[i]);
    }
    const std::size_t enciphered = packet.size() - kHeader - kGcmTag - kIndex;
    std::array<std::uint8_t, kGcmTag> tag{};
    std::memcpy(tag.data(), index - kGcmTag, kGcmTag);
    auto* out = reinterpret_cast<std::uint8_t*>(clear.data());
    EVP_CIPHER_CTX* context = cipher.get();
    int made = 0;
    return EVP_DecryptInit_ex2(context, gcm[sizes.key == 32].get(), key.data(), nonce.data(), nullptr) == 1 &&
           EVP_DecryptUpdate(context, nullptr, &made, at, kHeader) == 1 &&
           EVP_DecryptUpdate(context, nullptr, &made, index, kIndex) == 1 &&
           EVP_DecryptUpdate(context, out, &made, at + kHeader, static_cast<int>(enciphered)) == 1 &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kGcmTag, tag.data()) == 1 &&
           EVP_DecryptFinal_ex(context, out, &made) == 1;
  }
};

SrtcpTag::SrtcpTag() = default;
SrtcpTag::~SrtcpTag() = default;

bool SrtcpTag::fits(const KeyingMaterial& material, Profile profile, Writer writer, Bytes packet) {
  const bool aead = is_aead(profile);
  const std::size_t trailer = kIndex + (aead ? kGcmTag : kHmacTag);
  if (packet.size() < kHeader + trailer || packet.size() > SrtcpContext::kMaxPacket) return false;
  const std::byte flag = packet[packet.size() - (aead ? kIndex : trailer)];
  if ((flag & std::byte{0x80}) == std::byte{0}) return false;
  const KeySizes sizes = key_sizes(profile);
  MasterKey master;
  if (!material.copy_key(sizes, writer, master)) return false;
  if (!openssl_) openssl_ = std::make_unique<OpenSsl>();
  const bool fits = aead ? openssl_->gcm_fits(master.data(), sizes, packet)
                         : openssl_->hmac_fits(master.data(), sizes, packet);
  EVP_CIPHER_CTX_reset(openssl_->cipher.get());  // wipes the key schedule
  return fits;
}

}  // namespace rtcscope::srtp
