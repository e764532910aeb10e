#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <exception>
#include <iostream>

#include "app/analyze.hpp"
#include "app/command_line.hpp"
#include "app/signals.hpp"

namespace {

using namespace rtcscope::app;

struct Runner {
  int operator()(const CommandLineDone& done) const { return done.exit_code; }
  int operator()(const ObserveOptions&) const { return kExitFailure; }
  int operator()(const ReplayOptions&) const { return kExitFailure; }
  int operator()(const AnalyzeOptions& options) const { return analyze(options); }
};

}  // namespace

int main(int argc, char** argv) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("rtcscope"));
  install_stop_signals();
  try {
    return std::visit(Runner{}, parse_command_line(argc, argv));
  } catch (const std::exception& error) {
    // Nothing below throws on purpose: out of memory, or a library's surprise.
    std::cerr << "rtcscope: stopped by an unexpected error: " << error.what() << "\n";
    return kExitFailure;
  }
}
