#pragma once
// SRTP keying material in memory that is locked, left out of core dumps, and wiped. Of both ends of a DTLS
// association, as exported (RFC 5764, 4.2):
//
//   client_write_key | server_write_key | client_write_salt | server_write_salt
//
// or of one of them, as SRTP libraries take it (RFC 3711, 8.2; RFC 7714, 12):
//
//   master_key | master_salt

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "base/byte_reader.hpp"
#include "base/wiped.hpp"

namespace rtcscope::srtp {

/// IANA DTLS-SRTP protection profiles that we can open.
enum class Profile : std::uint16_t {
  kAes128CmSha1_80 = 0x0001,
  kAes128CmSha1_32 = 0x0002,
  kAeadAes128Gcm = 0x0007,
  kAeadAes256Gcm = 0x0008,
};

struct KeySizes {
  std::size_t key = 0;
  std::size_t salt = 0;
  [[nodiscard]] constexpr std::size_t one_writer() const noexcept { return key + salt; }
  [[nodiscard]] constexpr std::size_t exported() const noexcept { return 2 * one_writer(); }
};
constexpr KeySizes key_sizes(Profile profile) noexcept {
  switch (profile) {
    case Profile::kAes128CmSha1_80:
    case Profile::kAes128CmSha1_32:
      return {16, 14};
    case Profile::kAeadAes128Gcm:
      return {16, 12};
    case Profile::kAeadAes256Gcm:
      return {32, 12};
  }
  return {};
}

/// The profile of SRTCP that the length names: 60, 56 and 88 octets of both writers; 30, 28 and 44 of one.
/// Of the two with SHA-1, which differ in RTP's tag only, the first one (RFC 5764, 4.1.2).
std::optional<Profile> srtcp_profile_of_length(std::size_t octets) noexcept;

/// One writer's master key, then the master salt; longer than any profile needs.
using MasterKey = Wiped<std::uint8_t, 64>;

struct HandshakeFacts;

/// Which side of the DTLS association writes with a key.
enum class Writer : std::uint8_t { kDtlsClient, kDtlsServer };

/// Tells secrets apart without telling them: HMAC-SHA256 under a random key of this process's own.
using Fingerprint = std::array<std::byte, 32>;

/// One exported secret, the key of one writer, or the master secret that one is exported from. Move-only; its
/// octets never leave it but into a crypto context or what is exported from it.
class KeyingMaterial {
 public:
  static constexpr std::size_t kMaxOctets = 88;

  /// Copies the octets into locked memory; empty() when there are more than kMaxOctets or no memory
  /// could be locked. The caller wipes its own copy.
  explicit KeyingMaterial(Bytes exported);
  ~KeyingMaterial();
  KeyingMaterial(KeyingMaterial&& other) noexcept;
  KeyingMaterial& operator=(KeyingMaterial&& other) noexcept;
  KeyingMaterial(const KeyingMaterial&) = delete;
  KeyingMaterial& operator=(const KeyingMaterial&) = delete;

  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// Whether the length is that of one writer's key.
  [[nodiscard]] bool one_writer() const noexcept;
  /// nullopt where OpenSSL has no random octets or no HMAC.
  [[nodiscard]] std::optional<Fingerprint> fingerprint() const;

 private:
  friend class SrtcpContext;
  friend class SrtcpTag;
  friend KeyingMaterial export_keying_material(const KeyingMaterial&, const HandshakeFacts&);
  [[nodiscard]] std::span<const std::uint8_t> octets() const noexcept { return {page_, size_}; }
  /// False for a length that the profile does not have. Of one writer's key `writer` chooses nothing.
  bool copy_key(KeySizes sizes, Writer writer, MasterKey& key) const noexcept;

  std::uint8_t* page_ = nullptr;  // one locked page of its own: wiping and unlocking concern no neighbour
  std::size_t size_ = 0;
};

}  // namespace rtcscope::srtp
