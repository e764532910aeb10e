#pragma once
// ByteReader for fields in the byte order of whoever wrote the capture.

#include <cstddef>
#include <cstdint>

#include "base/byte_reader.hpp"

namespace rtcscope {

enum class ByteOrder : std::uint8_t { kBig, kLittle };

class FieldReader {
 public:
  constexpr FieldReader(Bytes bytes, ByteOrder order) noexcept
      : reader_(bytes), little_(order == ByteOrder::kLittle) {}

  constexpr std::uint16_t u16() noexcept {
    const std::uint16_t v = reader_.u16();
    return little_ ? __builtin_bswap16(v) : v;
  }
  constexpr std::uint32_t u32() noexcept {
    const std::uint32_t v = reader_.u32();
    return little_ ? __builtin_bswap32(v) : v;
  }
  constexpr std::uint64_t u64() noexcept {
    const std::uint64_t v = reader_.u64();
    return little_ ? __builtin_bswap64(v) : v;
  }
  constexpr Bytes take(std::size_t n) noexcept { return reader_.take(n); }
  constexpr void skip(std::size_t n) noexcept { reader_.skip(n); }
  [[nodiscard]] constexpr bool ok() const noexcept { return reader_.ok(); }
  [[nodiscard]] constexpr std::size_t remaining() const noexcept { return reader_.remaining(); }

 private:
  ByteReader reader_;
  bool little_;
};

}  // namespace rtcscope
