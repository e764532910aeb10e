#include "app/service_manager.hpp"

#include <systemd/sd-daemon.h>

namespace rtcscope::app {

void tell_service_manager(const std::string& state) {
  (void)sd_notify(0, state.c_str());
}

}  // namespace rtcscope::app
