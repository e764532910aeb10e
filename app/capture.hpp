#pragma once

#include "app/options.hpp"

namespace rtcscope::app {

/// Watches this host until SIGINT or SIGTERM and sends what it finds over the bus; returns the exit code.
int capture(const CaptureOptions& options);

}  // namespace rtcscope::app
