#pragma once
// `rtcscope token`: works on the file alone, whether a daemon reads it or not.

#include "app/options.hpp"

namespace rtcscope::app {

/// Prints the new token, the list, or nothing, on standard output; returns an ExitCode. Throws
/// std::exception with what is wrong with the file or the name.
int token(const TokenOptions& options);

}  // namespace rtcscope::app
