#pragma once

#include "app/options.hpp"

namespace rtcscope::app {

/// Reads a capture to its end and prints the report to stdout, faults to stderr. Returns the exit code.
/// Throws std::runtime_error, one line, when the event log or the key file cannot be read.
int analyze(const AnalyzeOptions& options);

}  // namespace rtcscope::app
