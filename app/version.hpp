#pragma once

#include <string>

namespace rtcscope::app {

/// "0.1.0"
std::string version();

}  // namespace rtcscope::app
