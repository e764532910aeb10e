// Prints each DTLS-SRTP secret that the processes named on the command line export, in hex, until standard
// input ends: what a test compares an observer with.

#include <poll.h>
#include <unistd.h>

#include <iostream>

#include "capture/keys/key_probe.hpp"
#include "tests/support/hex.hpp"

int main(int argc, char** argv) {
  rtcscope::KeyProbeOptions options;
  for (int i = 1; i < argc; ++i) {
    const auto target = rtcscope::parse_key_target(argv[i]);
    if (!target) return 2;
    options.targets.push_back(*target);
  }
  auto probe = rtcscope::KeyProbe::open(options);
  if (!probe) {
    std::cerr << probe.error().message << "\n";
    return 1;
  }
  std::cout << "ready" << std::endl;
  pollfd input{STDIN_FILENO, POLLIN, 0};
  do {
    (*probe)->take([](const rtcscope::TakenSecret& secret) {
      std::cout << rtcscope::testing::hex_of(secret.octets) << std::endl;
    });
  } while (poll(&input, 1, 100) == 0);
}
