// `rtcscope`: analyzes a capture itself, and becomes rtcscope-server for whatever else is asked for.

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string_view>

#include "app/analyze.hpp"
#include "app/command_line.hpp"
#include "app/signals.hpp"
#include "app/version.hpp"

namespace {

using namespace rtcscope::app;

/// The same process and arguments, with the libraries that serving takes. Returns only when that failed.
int become_server(char** argv) {
  const std::filesystem::path server =
      std::filesystem::read_symlink("/proc/self/exe").replace_filename("rtcscope-server");
  execv(server.c_str(), argv);
  std::cerr << "rtcscope: cannot start " << server.string() << ": " << std::strerror(errno)
            << "; all commands but analyze are its: install it beside rtcscope\n";
  return kExitFailure;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc < 2 || std::string_view(argv[1]) != "analyze") return become_server(argv);
    install_stop_signals();
    const Command command = parse_command_line(argc, argv, version());
    if (const auto* done = std::get_if<CommandLineDone>(&command)) return done->exit_code;
    return analyze(std::get<AnalyzeOptions>(command));
  } catch (const std::exception& error) {
    std::cerr << "rtcscope: " << error.what() << "\n";
    return kExitFailure;
  }
}
