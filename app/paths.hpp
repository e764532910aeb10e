#pragma once
// Files and folders that stay within reach when privileges are given up.

#include <string>

#include "app/options.hpp"
#include "app/privileges.hpp"

namespace rtcscope::app {

/// What everybody needs: the resolver and its plug-ins, certificates of those who are asked, counters of
/// network cards.
AllowedPaths system_paths();
/// Adds a file that is read, or a folder with all below it that is; "" adds nothing.
void allow_reading(AllowedPaths& paths, const std::string& path);
/// Adds a folder below which everything may be written, and makes it: nothing can be made later below one
/// that may not be written. "" adds nothing.
void make_writable(AllowedPaths& paths, const std::string& folder);
/// Adds what store, exports and API need.
void allow_serving(AllowedPaths& paths, const ServeOptions& options);

}  // namespace rtcscope::app
