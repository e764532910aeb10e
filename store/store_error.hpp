#pragma once
// Why the store could not do what it was asked for.

#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace rtcscope::store {

enum class StoreErrc : std::uint8_t {
  kCannotOpen,    // the path, its folder or its rights
  kNotADatabase,  // the file is something else, or damaged
  kNewerSchema,   // written by a newer rtcscope
  kReadOnly,      // the file or file system takes no writes
  kBusy,          // another process holds the database; trying again helps
  kFull,          // no space left
  kIo,            // the disk failed
  kRejected,      // this change or question itself is refused: trying again does not help
  kBadCursor,     // the page cursor is not one of ours or of another list
  kInternal,      // a fault in rtcscope
};
const char* to_string(StoreErrc code) noexcept;  // "cannot_open", ...

struct StoreError {
  StoreErrc code = StoreErrc::kInternal;
  std::string message;  // one line: what was tried, what went wrong, what to do
};

template <class T>
using StoreResult = Result<T, StoreError>;

}  // namespace rtcscope::store
