#pragma once

#include "app/options.hpp"

namespace rtcscope::app {

/// `rtcscope doctor`: prints what this host can do and what each missing piece costs. Returns kExitOk, or
/// kExitFailure where packets cannot be seen at all.
int doctor(const DoctorOptions& options);

}  // namespace rtcscope::app
