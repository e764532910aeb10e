#pragma once
// Memory on the stack for what must not stay there: keys and the text of keys.

#include <string.h>

#include <array>
#include <cstddef>

namespace rtcscope {

/// An array that is zero at first and wiped when its scope ends, however it ends.
template <class T, std::size_t Size>
struct Wiped : std::array<T, Size> {
  Wiped() : std::array<T, Size>{} {}
  ~Wiped() { ::explicit_bzero(this->data(), sizeof(T) * Size); }
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
};

}  // namespace rtcscope
