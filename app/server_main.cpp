// `rtcscope-server`: every command, with all libraries loaded.

#include <openssl/crypto.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sqlite3.h>
#include <zlib.h>

#include <exception>
#include <iostream>
#include <string>

#include "app/analyze.hpp"
#include "app/capture.hpp"
#include "app/command_line.hpp"
#include "app/doctor.hpp"
#include "app/observe.hpp"
#include "app/replay.hpp"
#include "app/serve.hpp"
#include "app/signals.hpp"
#include "app/token.hpp"
#include "app/version.hpp"

namespace {

using namespace rtcscope::app;

/// The libraries it runs with, not those it was built with.
std::string version_line() {
  return "rtcscope " + version() + " (SQLite " + sqlite3_libversion() + ", " +
         OpenSSL_version(OPENSSL_VERSION) + ", zlib " + zlibVersion() + ")";
}

struct Runner {
  int operator()(const CommandLineDone& done) const { return done.exit_code; }
  int operator()(const ObserveOptions& options) const { return observe(options); }
  int operator()(const CaptureOptions& options) const { return capture(options); }
  int operator()(const CollectOptions& options) const { return serve(options); }
  int operator()(const ReplayOptions& options) const { return replay(options); }
  int operator()(const AnalyzeOptions& options) const { return analyze(options); }
  int operator()(const TokenOptions& options) const { return token(options); }
  int operator()(const DoctorOptions& options) const { return doctor(options); }
};

}  // namespace

int main(int argc, char** argv) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("rtcscope"));
  install_stop_signals();
  try {
    return std::visit(Runner{}, parse_command_line(argc, argv, version_line()));
  } catch (const std::exception& error) {
    // Set-up faults say themselves what was tried and what to do.
    std::cerr << "rtcscope: " << error.what() << "\n";
    return kExitFailure;
  }
}
