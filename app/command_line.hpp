#pragma once
// argv to options.

#include <string>
#include <variant>

#include "app/options.hpp"

namespace rtcscope::app {

/// The command line was answered already (help, version) or is wrong; `exit_code` is what main returns.
struct CommandLineDone {
  int exit_code = kExitOk;
};

using Command = std::variant<CommandLineDone, ObserveOptions, CaptureOptions, CollectOptions, ReplayOptions,
                             AnalyzeOptions, TokenOptions, DoctorOptions>;

/// Prints help, the version or the fault itself (faults to stderr).
/// `version` is what --version prints.
Command parse_command_line(int argc, char** argv, const std::string& version);

}  // namespace rtcscope::app
