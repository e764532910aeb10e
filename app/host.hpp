#pragma once
// What the running system tells about itself.

#include <cstdint>
#include <string>

#include "base/time.hpp"

namespace rtcscope::app {

/// `chosen`, or when that is empty gethostname(2), or "localhost" when that gives nothing.
std::string host_name(const std::string& chosen = {});
/// The wall clock.
UtcTime utc_now();
/// From the kernel's random source.
std::uint64_t random_seed();

}  // namespace rtcscope::app
