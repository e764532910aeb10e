#pragma once
// Network namespaces without a name: they are gone with the process, however it ends.

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>

namespace rtcscope::testing {

class NetworkNamespace {
 public:
  /// A new one with nothing but a loopback that is down. Throws where that is not allowed.
  NetworkNamespace() {
    const int before = opened();
    const bool made = unshare(CLONE_NEWNET) == 0;
    if (made) fd_ = opened();
    if (setns(before, CLONE_NEWNET) != 0) throw std::runtime_error("cannot go back to the first namespace");
    close(before);
    if (!made) throw std::runtime_error("cannot make a network namespace");
  }
  ~NetworkNamespace() { close(fd_); }
  NetworkNamespace(const NetworkNamespace&) = delete;
  NetworkNamespace& operator=(const NetworkNamespace&) = delete;

  /// For `ip link ... netns PATH`.
  [[nodiscard]] std::string path() const {
    return "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(fd_);
  }

  /// Runs `work` inside. Sockets that it opens stay here for good.
  template <class Work>
  auto within(Work work) const {
    const Visit visit(fd_);
    return work();
  }

  /// One call of ip(8) inside; throws with the command when it fails.
  void ip(const std::string& arguments) const {
    const std::string command = "ip " + arguments;
    if (within([&] { return std::system(command.c_str()); }) != 0)
      throw std::runtime_error(command + " failed");
  }

 private:
  static int opened() { return open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC); }

  /// This thread in another namespace, until it leaves the scope.
  class Visit {
   public:
    explicit Visit(int fd) : before_(opened()) {
      if (setns(fd, CLONE_NEWNET) != 0) throw std::runtime_error("cannot enter the namespace");
    }
    ~Visit() {
      if (setns(before_, CLONE_NEWNET) != 0) std::abort();
      close(before_);
    }
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;

   private:
    int before_;
  };

  int fd_ = -1;
};

}  // namespace rtcscope::testing
