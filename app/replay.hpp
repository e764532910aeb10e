#pragma once

#include "app/options.hpp"

namespace rtcscope::app {

/// `rtcscope replay`: plays a recording through the same stages and serves it until a stop signal (or to its
/// end). Returns the exit code.
int replay(const ReplayOptions& options);

}  // namespace rtcscope::app
