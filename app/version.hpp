#pragma once

#include <string>

namespace rtcscope::app {

/// "0.1.0"
std::string version();
/// "rtcscope 0.1.0 (SQLite 3.40.1, Poco 1.11.0, ...)": the libraries it runs with, not those it was built
/// with.
std::string version_line();

}  // namespace rtcscope::app
