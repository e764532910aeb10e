#pragma once

#include "app/options.hpp"

namespace rtcscope::app {

/// Serves what probes send over the bus, until SIGINT or SIGTERM; returns the exit code.
int serve(const CollectOptions& options);

}  // namespace rtcscope::app
