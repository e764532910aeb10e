#pragma once
// What the running system tells about itself.

#include <cstdint>
#include <string>

namespace rtcscope::app {

/// gethostname(2); "localhost" when it gives nothing.
std::string host_name();
/// From the kernel's random source.
std::uint64_t random_seed();

}  // namespace rtcscope::app
