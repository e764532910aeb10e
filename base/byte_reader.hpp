#pragma once
// A cursor over untrusted octets with sticky failure: after the first read past the end every read
// yields zero or an empty span and ok() stays false, so a parser checks once per fixed block.

#include <cstddef>
#include <cstdint>
#include <span>

namespace rtcscope {

using Bytes = std::span<const std::byte>;

class ByteReader {
 public:
  constexpr explicit ByteReader(Bytes bytes) noexcept : bytes_(bytes) {}

  [[nodiscard]] constexpr bool ok() const noexcept { return ok_; }
  /// Octets consumed so far; on failure, where the failing read began.
  [[nodiscard]] constexpr std::size_t offset() const noexcept { return offset_; }
  [[nodiscard]] constexpr std::uint32_t offset32() const noexcept {
    return static_cast<std::uint32_t>(offset_);
  }
  [[nodiscard]] constexpr std::size_t remaining() const noexcept { return ok_ ? bytes_.size() - offset_ : 0; }
  [[nodiscard]] constexpr bool empty() const noexcept { return remaining() == 0; }

  constexpr std::uint8_t u8() noexcept {
    const Bytes b = take(1);
    return b.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(b[0]);
  }
  constexpr std::uint16_t u16() noexcept {
    const Bytes b = take(2);
    if (b.empty()) return 0;
    return static_cast<std::uint16_t>(at(b, 0) << 8 | at(b, 1));
  }
  constexpr std::uint32_t u24() noexcept {
    const Bytes b = take(3);
    if (b.empty()) return 0;
    return at(b, 0) << 16 | at(b, 1) << 8 | at(b, 2);
  }
  constexpr std::uint32_t u32() noexcept {
    const Bytes b = take(4);
    return b.empty() ? 0 : be32(b);
  }
  constexpr std::uint64_t u48() noexcept {
    const Bytes b = take(6);
    if (b.empty()) return 0;
    return std::uint64_t{at(b, 0) << 8 | at(b, 1)} << 32 | be32(b.subspan(2));
  }
  constexpr std::uint64_t u64() noexcept {
    const Bytes b = take(8);
    if (b.empty()) return 0;
    return std::uint64_t{be32(b)} << 32 | be32(b.subspan(4));
  }

  /// The next n octets as a view into the input, or an empty span and failure.
  constexpr Bytes take(std::size_t n) noexcept {
    if (!ok_ || n > bytes_.size() - offset_) {
      ok_ = false;
      return {};
    }
    const Bytes out = bytes_.subspan(offset_, n);
    offset_ += n;
    return out;
  }
  constexpr void skip(std::size_t n) noexcept { (void)take(n); }
  /// All that is left, without consuming it.
  [[nodiscard]] constexpr Bytes rest() const noexcept { return ok_ ? bytes_.subspan(offset_) : Bytes{}; }

 private:
  static constexpr std::uint32_t at(Bytes b, std::size_t i) noexcept {
    return static_cast<std::uint32_t>(b[i]);
  }
  // Explicit shifts: g++ 12 turns these, but not a loop, into one bswap.
  static constexpr std::uint32_t be32(Bytes b) noexcept {
    return at(b, 0) << 24 | at(b, 1) << 16 | at(b, 2) << 8 | at(b, 3);
  }

  Bytes bytes_;
  std::size_t offset_ = 0;
  bool ok_ = true;
};

}  // namespace rtcscope
