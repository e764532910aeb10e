#pragma once

#include "app/options.hpp"

namespace rtcscope::app {

/// `rtcscope observe`: watches interfaces until a stop signal. Returns the exit code.
int observe(const ObserveOptions& options);

}  // namespace rtcscope::app
