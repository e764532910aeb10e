#pragma once
// Attaching a program to a function of a file, in every process that maps it.

#include <cstdint>

#include "base/owned_fd.hpp"

namespace rtcscope {

/// BPF_TRACE_UPROBE_MULTI (Linux 6.6), the attach type that such programs are loaded with; Debian 12's
/// headers are older.
inline constexpr std::uint32_t kUprobeMultiAttachType = 48;

/// A multi-uprobe link; not valid() and errno set when the kernel refuses. `file` is the probed file,
/// `offset` that of the function in it. The probe is gone when the descriptor is closed.
OwnedFd link_uprobe_multi(int program, int file, std::uint64_t offset, bool on_return);

}  // namespace rtcscope
