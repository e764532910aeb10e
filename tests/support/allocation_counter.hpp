#pragma once
// Counts every allocation of the program. It replaces the global operator new: one source of an executable
// includes it.

#include <cstdint>
#include <cstdlib>
#include <new>

namespace rtcscope::testing {

inline thread_local std::uint64_t allocations = 0;

}  // namespace rtcscope::testing

// Not inlined: GCC would see free() meet operator new and call it a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  rtcscope::testing::allocations += 1;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
// Of std::stable_sort's buffer: AddressSanitizer's own would meet free() below.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  rtcscope::testing::allocations += 1;
  return std::malloc(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
