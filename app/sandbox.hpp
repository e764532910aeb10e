#pragma once
// The two filters of Linux that a process puts on itself: system calls (seccomp) and files (Landlock).

#include "app/privileges.hpp"

namespace rtcscope::app {

/// Blocks the system calls that an observer never makes, with EPERM, in every thread. Throws
/// std::runtime_error when the kernel has no seccomp filters.
void block_system_calls();

/// Only `paths` can be opened from here on. False where the kernel has no Landlock. Throws std::system_error
/// when the kernel refuses the rules.
bool confine_to(const AllowedPaths& paths);

}  // namespace rtcscope::app
