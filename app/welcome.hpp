#pragma once

#include <iosfwd>
#include <string>

namespace rtcscope::app {

/// What a person needs after the start: where the dashboard is, and the lines that make Janus send its
/// events. The first line is "listening on URL"; programs wait for it.
void print_welcome(std::ostream& out, const std::string& url, const std::string& source,
                   const std::string& keys, bool credentials);

}  // namespace rtcscope::app
