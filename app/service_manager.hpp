#pragma once
// What systemd is told (sd_notify(3)); nothing where no service manager asked for it.

#include <string>

namespace rtcscope::app {

/// Lines such as "READY=1" and "STATUS=text". Never waits and never fails: the program runs as well
/// without being heard.
void tell_service_manager(const std::string& state);

}  // namespace rtcscope::app
