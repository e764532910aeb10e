#pragma once
// What every fuzz target needs: the input as Bytes and a check that ends the program.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string_view>

#include "base/byte_reader.hpp"

namespace rtcscope::fuzz {

inline Bytes bytes_of(const std::uint8_t* data, std::size_t size) noexcept {
  return std::as_bytes(std::span(data, size));
}

/// Aborts, with the invariant in words, when it does not hold; unlike assert() in every build type.
inline void check(bool holds, const char* invariant) noexcept {
  if (holds) return;
  std::fprintf(stderr, "broken invariant: %s\n", invariant);
  std::abort();
}

/// A view that a parser returned lies within its input. An empty one may lie anywhere.
inline bool inside(Bytes part, Bytes whole) noexcept {
  const std::less_equal<const std::byte*> not_after;
  return part.empty() || (not_after(whole.data(), part.data()) &&
                          not_after(part.data() + part.size(), whole.data() + whole.size()));
}
inline bool inside(std::string_view part, Bytes whole) noexcept {
  return inside(std::as_bytes(std::span(part)), whole);
}

}  // namespace rtcscope::fuzz
