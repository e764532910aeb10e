#pragma once
// tls_exporter as a child process, driven through its standard input and output.

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <stdexcept>
#include <string>

namespace rtcscope::testing {

class ExporterProcess {
 public:
  /// Returns when the process has shaken hands with itself.
  explicit ExporterProcess(const std::string& program) {
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
  ~ExporterProcess() {
    std::fclose(in_);
    std::fclose(out_);
    waitpid(pid_, nullptr, 0);
  }
  ExporterProcess(const ExporterProcess&) = delete;
  ExporterProcess& operator=(const ExporterProcess&) = delete;

  /// The secret in hex.
  std::string export_secret(const std::string& label, std::size_t size) {
    std::fprintf(in_, "%s %zu\n", label.c_str(), size);
    std::fflush(in_);
    return line();
  }
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

 private:
  std::string line() {
    std::array<char, 1024> text{};
    if (std::fgets(text.data(), text.size(), out_) == nullptr) return {};
    std::string result(text.data());
    result.pop_back();
    return result;
  }

  pid_t pid_ = 0;
  std::FILE* in_ = nullptr;
  std::FILE* out_ = nullptr;
};

}  // namespace rtcscope::testing
