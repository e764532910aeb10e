#pragma once
// The options about HEP.

#include <CLI/App.hpp>

#include "app/options.hpp"

namespace rtcscope::app {

/// What is sent to collectors, and how.
void add_hep_options(CLI::App& command, ServeOptions& options);
/// What is taken from other agents; of observe only.
void add_hep_listen_options(CLI::App& observe, ServeOptions& options);

}  // namespace rtcscope::app
