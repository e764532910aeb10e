#include "decoders/srtp/keying.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <utility>

namespace rtcscope::srtp {
namespace {

std::size_t page_size() noexcept {
  static const auto size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

/// The key of all fingerprints of this process; nullptr where OpenSSL has no random octets.
const std::array<unsigned char, 32>* fingerprint_key() {
  static std::array<unsigned char, 32> key{};
  static const bool made = RAND_priv_bytes(key.data(), static_cast<int>(key.size())) == 1;
  return made ? &key : nullptr;
}

}  // namespace

std::optional<Profile> srtcp_profile_of_length(std::size_t octets) noexcept {
  for (const Profile profile :
       {Profile::kAes128CmSha1_80, Profile::kAeadAes128Gcm, Profile::kAeadAes256Gcm}) {
    const KeySizes sizes = key_sizes(profile);
    if (octets == sizes.one_writer() || octets == sizes.exported()) return profile;
  }
  return std::nullopt;
}

KeyingMaterial::KeyingMaterial(Bytes exported) {
  if (exported.empty() || exported.size() > kMaxOctets) return;
  void* page = mmap(nullptr, page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return;
  // A key that could reach swap or a core dump is not taken at all.
  if (mlock(page, page_size()) != 0 || madvise(page, page_size(), MADV_DONTDUMP) != 0) {
    munmap(page, page_size());
    return;
  }
  (void)madvise(page, page_size(), MADV_WIPEONFORK);
  page_ = static_cast<std::uint8_t*>(page);
  size_ = exported.size();
  std::memcpy(page_, exported.data(), size_);
}

KeyingMaterial::~KeyingMaterial() {
  if (page_ == nullptr) return;
  OPENSSL_cleanse(page_, page_size());
  munmap(page_, page_size());
}

KeyingMaterial::KeyingMaterial(KeyingMaterial&& other) noexcept
    : page_(std::exchange(other.page_, nullptr)), size_(std::exchange(other.size_, 0)) {}

bool KeyingMaterial::one_writer() const noexcept {
  const auto profile = srtcp_profile_of_length(size_);
  return profile && size_ == key_sizes(*profile).one_writer();
}

bool KeyingMaterial::copy_key(KeySizes sizes, Writer writer, MasterKey& key) const noexcept {
  if (size_ == 0) return false;
  if (size_ == sizes.one_writer()) {
    std::memcpy(key.data(), page_, size_);
    return true;
  }
  if (size_ != sizes.exported()) return false;
  const std::size_t side = writer == Writer::kDtlsClient ? 0 : 1;
  std::memcpy(key.data(), page_ + side * sizes.key, sizes.key);
  std::memcpy(key.data() + sizes.key, page_ + 2 * sizes.key + side * sizes.salt, sizes.salt);
  return true;
}

std::optional<Fingerprint> KeyingMaterial::fingerprint() const {
  const auto* key = fingerprint_key();
  if (key == nullptr) return std::nullopt;
  Fingerprint print{};
  const unsigned char* made = HMAC(EVP_sha256(), key->data(), static_cast<int>(key->size()), page_, size_,
                                   reinterpret_cast<unsigned char*>(print.data()), nullptr);
  return made != nullptr ? std::optional(print) : std::nullopt;
}

KeyingMaterial& KeyingMaterial::operator=(KeyingMaterial&& other) noexcept {
  std::swap(page_, other.page_);
  std::swap(size_, other.size_);
  return *this;
}

}  // namespace rtcscope::srtp
