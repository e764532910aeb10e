#include "app/version.hpp"

namespace rtcscope::app {

std::string version() {
  return RTCSCOPE_VERSION;
}

}  // namespace rtcscope::app
