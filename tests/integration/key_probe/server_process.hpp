#pragma once
// A server's stand-in as a child process, driven through its standard input and output.

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <stdexcept>
#include <string>

namespace rtcscope::testing {

class ServerProcess {
 public:
  /// Returns when the process says that it is ready.
  explicit ServerProcess(const std::string& program) {
    std::array<int, 2> to{};
    std::array<int, 2> from{};
    if (pipe(to.data()) != 0 || pipe(from.data()) != 0) throw std::runtime_error("no pipe");
    pid_ = fork();
    if (pid_ == 0) {
      dup2(to[0], STDIN_FILENO);
      dup2(from[1], STDOUT_FILENO);
      for (const int fd : {to[0], to[1], from[0], from[1]}) close(fd);
      execl(program.c_str(), program.c_str(), nullptr);
      _exit(127);
    }
    close(to[0]);
    close(from[1]);
    in_ = fdopen(to[1], "w");
    out_ = fdopen(from[0], "r");
    if (line() != "ready") throw std::runtime_error(program + " does not start");
  }
  ~ServerProcess() {
    std::fclose(in_);
    std::fclose(out_);
    waitpid(pid_, nullptr, 0);
  }
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  /// The line that answers this one.
  std::string ask(const std::string& request) {
    std::fprintf(in_, "%s\n", request.c_str());
    std::fflush(in_);
    return line();
  }
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

 private:
  std::string line() {
    std::array<char, 4096> text{};
    if (std::fgets(text.data(), text.size(), out_) == nullptr) return {};
    std::string result(text.data());
    result.pop_back();
    return result;
  }

  pid_t pid_ = 0;
  std::FILE* in_ = nullptr;
  std::FILE* out_ = nullptr;
};

/// tls_exporter.
class ExporterProcess : public ServerProcess {
 public:
  using ServerProcess::ServerProcess;

  /// The secret in hex.
  std::string export_secret(const std::string& label, std::size_t size) {
    return ask(label + " " + std::to_string(size));
  }
};

}  // namespace rtcscope::testing
