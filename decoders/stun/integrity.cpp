#include "decoders/stun/integrity.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <memory>
#include <optional>

namespace rtcscope::stun {
namespace {

constexpr std::size_t kHeaderSize = 20;
constexpr std::size_t kAttributeHeaderSize = 4;
constexpr std::size_t kSha1Size = 20;
constexpr std::size_t kSha256Size = 32;
constexpr std::size_t kShortestSha256 = 16;
constexpr std::size_t kGoogSize = 4;

struct MacDeleter {
  void operator()(EVP_MAC* mac) const noexcept { EVP_MAC_free(mac); }
  void operator()(EVP_MAC_CTX* context) const noexcept { EVP_MAC_CTX_free(context); }
};

const unsigned char* octets(Bytes bytes) noexcept {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

using Digest = std::array<unsigned char, kSha256Size>;

// HMAC of `covered` with the header's length field (octets 2 and 3) set to `length`.
std::optional<Digest> hmac(const char* hash, Bytes key, Bytes covered, std::size_t length) {
  static const std::unique_ptr<EVP_MAC, MacDeleter> algorithm(
      EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr));
  const std::unique_ptr<EVP_MAC_CTX, MacDeleter> context(EVP_MAC_CTX_new(algorithm.get()));
  if (!context) return std::nullopt;
  // OpenSSL reads the name, but its parameters are of one kind for both ways.
  const std::array parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(hash), 0),
      OSSL_PARAM_construct_end()};
  // A null key would mean "the key of before": an empty one is a key too.
  const unsigned char* key_octets = key.empty() ? reinterpret_cast<const unsigned char*>("") : octets(key);
  const std::array<unsigned char, 2> length_field{static_cast<unsigned char>(length >> 8),
                                                  static_cast<unsigned char>(length)};
  const Bytes behind = covered.subspan(4);
  Digest digest{};
  std::size_t size = 0;
  const bool made = EVP_MAC_init(context.get(), key_octets, key.size(), parameters.data()) == 1 &&
                    EVP_MAC_update(context.get(), octets(covered), 2) == 1 &&
                    EVP_MAC_update(context.get(), length_field.data(), length_field.size()) == 1 &&
                    EVP_MAC_update(context.get(), octets(behind), behind.size()) == 1 &&
                    EVP_MAC_final(context.get(), digest.data(), &size, digest.size()) == 1;
  if (!made) return std::nullopt;
  return digest;
}

IntegrityStatus compare(const MessageView& message, const AttributeView& attribute, const char* hash,
                        Bytes key) {
  const Bytes covered = message.bytes.first(attribute.offset);
  const std::size_t length = covered.size() - kHeaderSize + kAttributeHeaderSize + attribute.value.size();
  const auto digest = hmac(hash, key, covered, length);
  if (!digest) return IntegrityStatus::kFailed;
  const bool equal = CRYPTO_memcmp(digest->data(), attribute.value.data(), attribute.value.size()) == 0;
  return equal ? IntegrityStatus::kValid : IntegrityStatus::kMismatch;
}

}  // namespace

const char* to_string(IntegrityStatus status) noexcept {
  switch (status) {
    case IntegrityStatus::kValid:
      return "valid";
    case IntegrityStatus::kAbsent:
      return "absent";
    case IntegrityStatus::kBadLength:
      return "bad_length";
    case IntegrityStatus::kMismatch:
      return "mismatch";
    case IntegrityStatus::kFailed:
      return "failed";
  }
  return "unknown";
}

IntegrityStatus check_message_integrity(const MessageView& message, Bytes key) {
  const AttributeView* attribute = message.find(AttributeType::kMessageIntegrity);
  if (attribute == nullptr) return IntegrityStatus::kAbsent;
  if (attribute->value.size() != kSha1Size) return IntegrityStatus::kBadLength;
  return compare(message, *attribute, "SHA1", key);
}

IntegrityStatus check_goog_message_integrity_32(const MessageView& message, Bytes key) {
  const AttributeView* attribute = message.find(AttributeType::kGoogMessageIntegrity32);
  if (attribute == nullptr) return IntegrityStatus::kAbsent;
  if (attribute->value.size() != kGoogSize) return IntegrityStatus::kBadLength;
  return compare(message, *attribute, "SHA1", key);
}

IntegrityStatus check_message_integrity_sha256(const MessageView& message, Bytes key) {
  const AttributeView* attribute = message.find(AttributeType::kMessageIntegritySha256);
  if (attribute == nullptr) return IntegrityStatus::kAbsent;
  const std::size_t size = attribute->value.size();
  if (size < kShortestSha256 || size > kSha256Size || size % 4 != 0) return IntegrityStatus::kBadLength;
  return compare(message, *attribute, "SHA256", key);
}

}  // namespace rtcscope::stun
