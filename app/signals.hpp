#pragma once
// SIGHUP as a flag; SIGINT and SIGTERM as a flag and a wake-up, so that no thread sleeps through a stop.

#include <atomic>
#include <chrono>

namespace rtcscope::app {

/// Installs the handlers once; call before threads start.
void install_stop_signals();
bool stop_requested() noexcept;
/// From now on SIGHUP asks to read files anew instead of ending the process.
void install_reload_signal();
/// Whether it did since the last call.
bool take_reload_request() noexcept;
/// Sleeps until `duration` has passed or a stop is requested; false on stop.
bool sleep_unless_stopped(std::chrono::nanoseconds duration);

}  // namespace rtcscope::app
