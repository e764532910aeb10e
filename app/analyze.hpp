#pragma once

#include "app/options.hpp"

namespace rtcscope::app {

/// Reads a capture to its end and prints the report to stdout, faults to stderr. Returns the exit code.
int analyze(const AnalyzeOptions& options);

}  // namespace rtcscope::app
