#include "app/signals.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace rtcscope::app {
namespace {

std::atomic<bool> stop{false};
std::atomic<bool> reload{false};
int wake_read = -1;
int wake_write = -1;

void request_stop() noexcept {
  stop.store(true, std::memory_order_release);
  // The octet stays in the pipe: every poll from now on returns at once.
  if (wake_write >= 0) (void)!write(wake_write, "x", 1);
}

void on_signal(int) {
  const int saved = errno;
  request_stop();
  errno = saved;
}

}  // namespace

void install_stop_signals() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
    throw std::system_error(errno, std::generic_category(),
                            "creating the pipe that wakes threads on a stop signal");
  }
  wake_read = ends[0];
  wake_write = ends[1];
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  // A reader of our output or a HEP collector that goes away is an error of that write, not our end.
  signal(SIGPIPE, SIG_IGN);
}

void install_reload_signal() {
  struct sigaction action {};
  action.sa_handler = [](int) { reload.store(true, std::memory_order_release); };
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  sigaction(SIGHUP, &action, nullptr);
}

bool take_reload_request() noexcept {
  return reload.exchange(false, std::memory_order_acq_rel);
}

bool stop_requested() noexcept {
  return stop.load(std::memory_order_acquire);
}

bool sleep_unless_stopped(std::chrono::nanoseconds duration) {
  const auto until = std::chrono::steady_clock::now() + duration;
  while (!stop_requested()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) return true;
    pollfd wake{wake_read, POLLIN, 0};
    (void)poll(&wake, 1, static_cast<int>(std::min<long>(left.count(), 60'000)));
  }
  return false;
}

}  // namespace rtcscope::app
